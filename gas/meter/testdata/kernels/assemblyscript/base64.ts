// Encodes 999 bytes and decodes them again, n times.
const digits = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
  97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119,
  120, 121, 122, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47
])
const data = new StaticArray<u8>(1000)
const text = new StaticArray<u8>(1400)

function digit(at: u32): u8 {
  return load<u8>(digits + at)
}

function encode(to: StaticArray<u8>, from: StaticArray<u8>, size: i32): i32 {
  let n = 0
  for (let i = 0; i + 2 < size; i += 3) {
    const v = (<u32>from[i] << 16) | (<u32>from[i + 1] << 8) | from[i + 2]
    to[n++] = digit(v >> 18)
    to[n++] = digit((v >> 12) & 63)
    to[n++] = digit((v >> 6) & 63)
    to[n++] = digit(v & 63)
  }
  return n
}

function value(c: i32): i32 {
  if (c >= 65 && c <= 90) return c - 65
  if (c >= 97 && c <= 122) return c - 71
  if (c >= 48 && c <= 57) return c + 4
  return c == 43 ? 62 : c == 47 ? 63 : -1
}

function decode(to: StaticArray<u8>, from: StaticArray<u8>, size: i32): i32 {
  let bits: u32 = 0, have = 0, n = 0
  for (let i = 0; i < size; i++) {
    const v = value(from[i])
    if (v < 0) return -1
    bits = (bits << 6) | v
    have += 6
    if (have >= 8) {
      have -= 8
      to[n++] = <u8>(bits >> have)
    }
  }
  return n
}

export function run(n: i32): i32 {
  let sum = 0
  for (let i = 0; i < 999; i++) data[i] = <u8>(i * 7)
  for (let t = 0; t < n; t++) {
    data[t % 999] = <u8>t
    sum += decode(data, text, encode(text, data, 999)) + data[t % 100]
  }
  return sum
}
