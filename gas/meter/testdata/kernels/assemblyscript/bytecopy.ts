// Copies 4,096 bytes one at a time, n times.
const source = new StaticArray<u8>(4096)
const target = new StaticArray<u8>(4096)

function copy(to: StaticArray<u8>, from: StaticArray<u8>): void {
  for (let i = 0, size = from.length; i < size; i++) to[i] = from[i]
}

export function run(n: i32): i32 {
  for (let t = 0; t < n; t++) {
    source[5] = <u8>t
    copy(target, source)
  }
  return target[5]
}
