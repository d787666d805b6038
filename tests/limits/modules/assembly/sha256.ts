// SHA-256 over static arrays.
const k: StaticArray<u32> = new StaticArray<u32>(64)
for (let i = 0; i < 64; i++) k[i] = (i + 1) * 2654435761 ^ (i + 7) * 2246822519
export function run(data: Uint8Array): u32 {
  const h = StaticArray.fromArray<u32>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19])
  const w = new StaticArray<u32>(64)
  for (let at = 0; at + 64 <= data.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = bswap<u32>(load<u32>(data.dataStart + at + 4 * i))
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2]
      w[i] = w[i - 16] + (rotr(x, 7) ^ rotr(x, 18) ^ x >> 3) + w[i - 7] + (rotr(y, 17) ^ rotr(y, 19) ^ y >> 10)
    }
    let a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], z = h[7]
    for (let i = 0; i < 64; i++) {
      const t = z + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (e & f ^ ~e & g) + k[i] + w[i]
      const s = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + (a & b ^ a & c ^ b & c)
      z = g; g = f; f = e; e = d + t; d = c; c = b; b = a; a = t + s
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += z
  }
  return h[0] ^ h[7]
}
