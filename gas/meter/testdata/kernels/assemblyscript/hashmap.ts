// Counts 1,000 numbers in a table with open addressing, n times.
const keys = new StaticArray<u32>(1024)
const counts = new StaticArray<u32>(1024)

function count(key: u32): void {
  let at: u32 = (key * 2654435761) >> 22
  while (keys[at] && keys[at] != key) at = (at + 1) & 1023
  keys[at] = key
  counts[at]++
}

export function run(n: i32): u32 {
  let seed: u32 = 1
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < 1024; i++) keys[i] = counts[i] = 0
    for (let i = 0; i < 1000; i++) {
      seed = seed * 1664525 + 1013904223
      count(1 + (seed >> 16) % 700)
    }
  }
  let most: u32 = 0
  for (let i = 0; i < 1024; i++) most = max(most, counts[i])
  return most
}
