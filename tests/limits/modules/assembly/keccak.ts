// Keccak-f in memory, by pointers.
const state = memory.data(200), spare = memory.data(200)
export function run(rounds: i32): u64 {
  for (let r = 0; r < rounds; r++) {
    for (let x = 0; x < 5; x++) {
      let c: u64 = 0, d: u64 = 0
      for (let y = 0; y < 25; y += 5) {
        c ^= load<u64>(state + 8 * (y + (x + 4) % 5))
        d ^= load<u64>(state + 8 * (y + (x + 1) % 5))
      }
      for (let y = 0; y < 25; y += 5) store<u64>(spare + 8 * (y + x), load<u64>(state + 8 * (y + x)) ^ c ^ rotl(d, 1))
    }
    for (let i = 0; i < 25; i++) {
      const at = (i * 10 + i / 5 * 3) % 25
      store<u64>(state + 8 * at, rotl(load<u64>(spare + 8 * i), 1 + i * 11 % 63))
    }
    for (let y = 0; y < 25; y += 5) {
      const a = load<u64>(state + 8 * y), b = load<u64>(state + 8 * y, 8), c = load<u64>(state + 8 * y, 16)
      const d = load<u64>(state + 8 * y, 24), e = load<u64>(state + 8 * y, 32)
      store<u64>(state + 8 * y, a ^ ~b & c)
      store<u64>(state + 8 * y, b ^ ~c & d, 8)
      store<u64>(state + 8 * y, c ^ ~d & e, 16)
      store<u64>(state + 8 * y, d ^ ~e & a, 24)
      store<u64>(state + 8 * y, e ^ ~a & b, 32)
    }
  }
  return load<u64>(state)
}
