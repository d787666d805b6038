// keccak-f[1600], n permutations.
const rc: StaticArray<u64> = [
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
  0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
  0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
  0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008
]
const rot: StaticArray<u8> = [
  1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44
]
const lane: StaticArray<u8> = [
  10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1
]
const s = new StaticArray<u64>(25)
const bc = new StaticArray<u64>(5)

function permute(): void {
  for (let r = 0; r < 24; r++) {
    for (let i = 0; i < 5; i++) bc[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^ s[i + 20]
    for (let i = 0; i < 5; i++) {
      const t = bc[(i + 4) % 5] ^ rotl(bc[(i + 1) % 5], 1)
      for (let j = 0; j < 25; j += 5) s[i + j] ^= t
    }
    let t = s[1]
    for (let i = 0; i < 24; i++) {
      const next = s[lane[i]]
      s[lane[i]] = rotl(t, rot[i])
      t = next
    }
    for (let j = 0; j < 25; j += 5) {
      for (let i = 0; i < 5; i++) bc[i] = s[j + i]
      for (let i = 0; i < 5; i++) s[j + i] ^= ~bc[(i + 1) % 5] & bc[(i + 2) % 5]
    }
    s[0] ^= rc[r]
  }
}

export function run(n: i32): i32 {
  for (let i = 0; i < n; i++) permute()
  return <i32>s[0]
}
