// A token: balances by address, allowances, events as bytes.
class Address { constructor(public a: u64, public b: u64, public c: u32) {} key(): string { return this.a.toString(16) + this.b.toString(16) + this.c.toString(16) } }
const balances = new Map<string, u64>(), allowances = new Map<string, Map<string, u64>>()
const events: Array<Uint8Array> = []
function balance(a: Address): u64 { const k = a.key(); return balances.has(k) ? balances.get(k) : 0 }
function emit(topic: u32, from: Address, to: Address, value: u64): void {
  const e = new Uint8Array(52), v = new DataView(e.buffer)
  v.setUint32(0, topic)
  v.setUint64(4, from.a); v.setUint64(12, from.b); v.setUint32(20, from.c)
  v.setUint64(24, to.a); v.setUint64(32, to.b); v.setUint32(40, to.c)
  v.setUint64(44, value)
  events.push(e)
}
function transfer(from: Address, to: Address, value: u64): bool {
  if (balance(from) < value) return false
  balances.set(from.key(), balance(from) - value)
  balances.set(to.key(), balance(to) + value)
  emit(1, from, to, value)
  return true
}
export function run(op: i32, x: u64, y: u64, value: u64): i32 {
  const from = new Address(x, ~x, u32(x)), to = new Address(y, ~y, u32(y))
  switch (op) {
    case 0: return i32(transfer(from, to, value))
    case 1: balances.set(to.key(), balance(to) + value); return 1
    case 2: {
      if (!allowances.has(from.key())) allowances.set(from.key(), new Map())
      allowances.get(from.key()).set(to.key(), value)
      emit(2, from, to, value)
      return 1
    }
    case 3: {
      const all = allowances.get(from.key())
      if (!all.has(to.key()) || all.get(to.key()) < value || !transfer(from, to, value)) throw new Error('not allowed')
      all.set(to.key(), all.get(to.key()) - value)
      return 1
    }
    default: return events.length
  }
}
