// Classes, interfaces and dynamic dispatch.
interface Visitor { number(n: i64): void; pair(a: Node, b: Node, op: i32): void }
abstract class Node { abstract accept(v: Visitor): void; depth(): i32 { return 1 } }
class Num extends Node { constructor(public n: i64) { super() } accept(v: Visitor): void { v.number(this.n) } }
class Pair extends Node {
  constructor(public a: Node, public b: Node, public op: i32) { super() }
  accept(v: Visitor): void { v.pair(this.a, this.b, this.op) }
  depth(): i32 { return 1 + max(this.a.depth(), this.b.depth()) }
}
class Evaluate implements Visitor {
  stack: Array<i64> = []
  number(n: i64): void { this.stack.push(n) }
  pair(a: Node, b: Node, op: i32): void {
    a.accept(this); b.accept(this)
    const y = this.stack.pop(), x = this.stack.pop()
    switch (op) {
      case 0: this.stack.push(x + y); break
      case 1: this.stack.push(x - y); break
      case 2: this.stack.push(x * y); break
      case 3: this.stack.push(y ? x / y : 0); break
      default: this.stack.push(x < y ? x : y)
    }
  }
}
class Print implements Visitor {
  out: string = ''
  number(n: i64): void { this.out += n.toString() }
  pair(a: Node, b: Node, op: i32): void { this.out += '('; a.accept(this); this.out += '+-*/<'.charAt(op); b.accept(this); this.out += ')' }
}
export function run(n: i32): i64 {
  let tree: Node = new Num(n)
  for (let i = 0; i < n; i++) tree = i % 3 ? new Pair(tree, new Num(i), i % 5) : new Pair(new Num(i), tree, i % 5)
  const e = new Evaluate(), p = new Print()
  tree.accept(e); tree.accept(p)
  return e.stack[0] ^ p.out.length ^ tree.depth()
}
