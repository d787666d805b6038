// Walks a list of 1,024 nodes, n times: every load waits for the one before.
class Node {
  next: Node | null = null
  value: i32 = 0
}

const nodes = new StaticArray<Node>(1024)
for (let i = 0; i < 1024; i++) nodes[i] = new Node()

function total(first: Node | null): i32 {
  let sum = 0
  let at = first
  while (at) {
    sum += at.value
    at = at.next
  }
  return sum
}

export function run(n: i32): i32 {
  for (let i = 0; i < 1024; i++) {
    const next = (i * 5 + 1) & 1023
    nodes[i].value = i
    nodes[i].next = next ? nodes[next] : null
  }
  let sum = 0
  for (let t = 0; t < n; t++) sum += total(nodes[0])
  return sum
}
