// 256-bit modular multiplication by double and add over four 64-bit limbs, n times.
type u256 = StaticArray<u64>
const m: u256 = [0xfffffffefffffc2f, ~0, ~0, ~0]
const a: u256 = [3, 5, 7, 9]
const b: u256 = [11, 13, 17, 0x1234567890abcdef]
const r: u256 = [0, 0, 0, 0]
const base: u256 = [0, 0, 0, 0]
const twice: u256 = [0, 0, 0, 0]

function less(x: u256, y: u256): bool {
  for (let i = 3; i >= 0; i--) {
    if (x[i] != y[i]) return x[i] < y[i]
  }
  return false
}

function add(x: u256, y: u256): bool {
  let carry: u64 = 0
  for (let i = 0; i < 4; i++) {
    const s = x[i] + carry, c = u64(s < carry)
    x[i] = s + y[i]
    carry = c | u64(x[i] < s)
  }
  return carry != 0
}

function sub(x: u256, y: u256): void {
  let borrow: u64 = 0
  for (let i = 0; i < 4; i++) {
    const d = x[i] - y[i], c = u64(x[i] < y[i])
    x[i] = d - borrow
    borrow = c | u64(d < borrow)
  }
}

function addmod(x: u256, y: u256): void {
  if (add(x, y) || !less(x, m)) sub(x, m)
}

function copy(to: u256, from: u256): void {
  for (let i = 0; i < 4; i++) to[i] = from[i]
}

export function run(n: i32): u32 {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 4; k++) r[k] = 0
    copy(base, a)
    for (let bit = 0; bit < 256; bit++) {
      if ((b[bit / 64] >> (bit % 64)) & 1) addmod(r, base)
      copy(twice, base)
      addmod(base, twice)
    }
    copy(a, r)
  }
  return <u32>a[0]
}
