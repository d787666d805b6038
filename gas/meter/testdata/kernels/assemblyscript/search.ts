// Looks for eight short words in 2,048 letters, n times, letter by letter.
const text = memory.data(2049)
const words = memory.data<u8>([
  97, 98, 99, 97, 98, 0, 122, 122, 122, 122, 122, 0, 99, 97, 98, 98, 97, 0, 97, 99, 97, 98, 99, 0,
  98, 98, 98, 98, 97, 0, 97, 97, 97, 99, 97, 0, 98, 97, 99, 97, 98, 0, 99, 99, 99, 99, 99, 0
])

function find(within: usize, word: usize): i32 {
  for (let i = 0; load<u8>(within + i); i++) {
    let k = 0
    while (load<u8>(word + k) && load<u8>(within + i + k) == load<u8>(word + k)) k++
    if (!load<u8>(word + k)) return i
  }
  return -1
}

export function run(n: i32): i32 {
  let seed: u32 = 7
  for (let i = 0; i < 2048; i++) {
    seed = seed * 1664525 + 1013904223
    store<u8>(text + i, 97 + (seed >> 24) % 3)
  }
  let sum = 0
  for (let t = 0; t < n; t++) {
    for (let w = 0; w < 8; w++) sum += find(text + t % 64, words + 6 * w)
  }
  return sum
}
