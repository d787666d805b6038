// Products of two numbers of 32 words, n times, by the school method.
const a = new StaticArray<u32>(32)
const b = new StaticArray<u32>(32)
const product = new StaticArray<u32>(64)

function multiply(to: StaticArray<u32>, x: StaticArray<u32>, y: StaticArray<u32>): void {
  const size = x.length
  for (let i = 0; i < 2 * size; i++) to[i] = 0
  for (let i = 0; i < size; i++) {
    let carry: u64 = 0
    for (let j = 0; j < size; j++) {
      carry += <u64>x[i] * y[j] + to[i + j]
      to[i + j] = <u32>carry
      carry >>= 32
    }
    to[i + size] = <u32>carry
  }
}

export function run(n: i32): u32 {
  for (let i = 0; i < 32; i++) {
    a[i] = i * 2654435761
    b[i] = ~a[i]
  }
  for (let t = 0; t < n; t++) {
    multiply(product, a, b)
    for (let i = 0; i < 32; i++) a[i] = product[i + 16]
  }
  return product[40]
}
