// The CRC-32 of 1,024 bytes by a table, n times.
const table = new StaticArray<u32>(256)
const data = new StaticArray<u8>(1024)

function crc(bytes: StaticArray<u8>): u32 {
  let c: u32 = ~0
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 255] ^ (c >> 8)
  return ~c
}

export function run(n: i32): u32 {
  for (let i: u32 = 0; i < 256; i++) {
    let c = i
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1
    table[i] = c
  }
  let sum: u32 = 0
  for (let t = 0; t < n; t++) {
    data[t & 1023] = <u8>sum
    sum += crc(data)
  }
  return sum
}
