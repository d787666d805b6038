// Breadth first search, shortest paths with a heap, and union-find.
class Edge { constructor(public to: i32, public weight: i32) {} }
class Heap {
  nodes: i32[] = []
  keys: i64[] = []
  push(node: i32, key: i64): void {
    let i = this.nodes.length
    this.nodes.push(node); this.keys.push(key)
    while (i > 0 && this.keys[i] < this.keys[(i - 1) >> 1]) { this.swap(i, (i - 1) >> 1); i = (i - 1) >> 1 }
  }
  pop(): i32 {
    const top = this.nodes[0], n = this.nodes.length - 1
    this.swap(0, n); this.nodes.pop(); this.keys.pop()
    for (let i = 0, c = 1; c < n; i = c, c = 2 * i + 1) {
      if (c + 1 < n && this.keys[c + 1] < this.keys[c]) c++
      if (this.keys[i] <= this.keys[c]) break
      this.swap(i, c)
    }
    return top
  }
  swap(i: i32, j: i32): void { const a = this.nodes[i]; this.nodes[i] = this.nodes[j]; this.nodes[j] = a; const b = this.keys[i]; this.keys[i] = this.keys[j]; this.keys[j] = b }
}
function root(parent: StaticArray<i32>, x: i32): i32 { while (parent[x] != x) { parent[x] = parent[parent[x]]; x = parent[x] } return x }
export function run(n: i32): i64 {
  const edges = new Array<Array<Edge>>(n), parent = new StaticArray<i32>(n)
  for (let i = 0; i < n; i++) { edges[i] = []; parent[i] = i }
  for (let i = 0; i < n; i++) for (let j = 1; j < 4; j++) { const to = (i * j + 7) % n; edges[i].push(new Edge(to, (i ^ j) & 15)); parent[root(parent, i)] = root(parent, to) }
  const dist = new StaticArray<i64>(n).fill(i64.MAX_VALUE), heap = new Heap()
  dist[0] = 0; heap.push(0, 0)
  while (heap.nodes.length) {
    const u = heap.pop(), list = edges[u]
    for (let k = 0; k < list.length; k++) { const e = list[k], d = dist[u] + e.weight; if (d < dist[e.to]) { dist[e.to] = d; heap.push(e.to, d) } }
  }
  let sum: i64 = 0
  for (let i = 0; i < n; i++) sum = sum * 31 + dist[i] + root(parent, i)
  return sum
}
