// The length of a string of 4,096 bytes, n times.
const text = memory.data(4100)

function length(s: usize): i32 {
  let n = 0
  while (load<u8>(s + n)) n++
  return n
}

export function run(n: i32): i32 {
  let sum = 0
  for (let i = 0; i < 4096; i++) store<u8>(text + i, 97 + i % 26)
  for (let t = 0; t < n; t++) sum += length(text + t % 16)
  return sum
}
