// Generic sorts with comparators.
class Item { constructor(public key: u32, public name: string) {} }
function quick<T>(a: Array<T>, low: i32, high: i32, less: (x: T, y: T) => bool): void {
  while (low < high) {
    const p = a[(low + high) >> 1]
    let i = low, j = high
    while (i <= j) {
      while (less(a[i], p)) i++
      while (less(p, a[j])) j--
      if (i <= j) { const t = a[i]; a[i++] = a[j]; a[j--] = t }
    }
    if (j - low < high - i) { quick<T>(a, low, j, less); low = i } else { quick<T>(a, i, high, less); high = j }
  }
}
function merge<T>(a: Array<T>, less: (x: T, y: T) => bool): Array<T> {
  if (a.length < 2) return a
  const m = a.length >> 1, x = merge<T>(a.slice(0, m), less), y = merge<T>(a.slice(m), less), r = new Array<T>()
  let i = 0, j = 0
  while (i < x.length || j < y.length) r.push(j == y.length || i < x.length && !less(y[j], x[i]) ? x[i++] : y[j++])
  return r
}
export function run(n: i32): u32 {
  const numbers = new Array<u64>(), items = new Array<Item>()
  let s: u32 = 12345
  for (let i = 0; i < n; i++) { s = s * 1103515245 + 12345; numbers.push(u64(s) << 7); items.push(new Item(s % 64, s.toString())) }
  quick<u64>(numbers, 0, n - 1, (x, y) => x < y)
  const sorted = merge<Item>(items, (x, y) => x.key < y.key || x.key == y.key && x.name < y.name)
  let sum: u32 = 0
  for (let i = 0; i < n; i++) sum = sum * 31 + u32(numbers[i]) + sorted[i].key
  return sum
}
