// Maps, sets and arrays of AssemblyScript's library.
export function run(n: i32): i32 {
  const byKey = new Map<string, Array<i32>>(), seen = new Set<u64>()
  let state: u64 = 88172645463325252
  for (let i = 0; i < n; i++) {
    state ^= state << 13; state ^= state >> 7; state ^= state << 17
    const key = (state % 97).toString(16)
    if (!byKey.has(key)) byKey.set(key, [])
    byKey.get(key).push(i)
    if (seen.has(state % 31)) seen.delete(state % 31)
    else seen.add(state % 31)
  }
  let sum = seen.size
  const keys = byKey.keys().sort()
  for (let i = 0; i < keys.length; i++) {
    const list = byKey.get(keys[i]).filter((x) => (x & 1) == 0).map<i32>((x) => x * 3)
    sum = sum * 31 + list.reduce<i32>((a, b) => a ^ b, 0) + keys[i].length
  }
  return sum
}
