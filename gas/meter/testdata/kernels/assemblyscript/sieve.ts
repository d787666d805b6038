// The primes below 8,192, n times, and steps of a sequence through references to functions.
const composite = new StaticArray<bool>(8192)
const half = (x: u32): u32 => x >> 1
const more = (x: u32): u32 => 3 * x + 1

export function run(n: u32): u32 {
  let count: u32 = 0
  for (let t: u32 = 0; t < n; t++) {
    for (let i = 0; i < 8192; i++) composite[i] = false
    count = 0
    for (let i = 2; i < 8192; i++) {
      if (composite[i]) continue
      count++
      for (let j = 2 * i; j < 8192; j += i) composite[j] = true
    }
    for (let x: u32 = 27 + t % 5; x != 1; count++) {
      const step = x & 1 ? more : half
      x = step(x)
    }
  }
  return count
}
