// 256-bit numbers as classes with operators.
class U256 {
  constructor(public a: u64, public b: u64, public c: u64, public d: u64) {}
  @operator('+') add(o: U256): U256 {
    const a = this.a + o.a, x = u64(a < o.a), b0 = this.b + o.b, b = b0 + x
    const y = u64(b0 < o.b) | u64(b < x), c0 = this.c + o.c, c = c0 + y, z = u64(c0 < o.c) | u64(c < y)
    return new U256(a, b, c, this.d + o.d + z)
  }
  @operator('-') sub(o: U256): U256 { return this + ~o + new U256(1, 0, 0, 0) }
  @operator.prefix('~') not(): U256 { return new U256(~this.a, ~this.b, ~this.c, ~this.d) }
  @operator('<<') shl(n: i32): U256 {
    let r = this as U256
    for (; n >= 64; n -= 64) r = new U256(0, r.a, r.b, r.c)
    if (!n) return r
    return new U256(r.a << n, r.b << n | r.a >> (64 - n), r.c << n | r.b >> (64 - n), r.d << n | r.c >> (64 - n))
  }
  @operator('*') mul(o: U256): U256 {
    let r = new U256(0, 0, 0, 0)
    for (let i = 0; i < 256; i++) {
      const limb = i < 64 ? o.a : i < 128 ? o.b : i < 192 ? o.c : o.d
      if (limb >> (i & 63) & 1) r = r + (this << i)
    }
    return r
  }
  @operator('<') less(o: U256): bool {
    return this.d != o.d ? this.d < o.d : this.c != o.c ? this.c < o.c : this.b != o.b ? this.b < o.b : this.a < o.a
  }
}
export function run(n: u64): u64 {
  let x = new U256(n, ~n, n * 3, n / 5), y = new U256(1, n, 0, 0)
  for (let i = 0; i < 10; i++) { y = y * x + (x << i); if (y < x) y = y - x }
  return y.a ^ y.b ^ y.c ^ y.d
}
