// Multiplication of two 60 x 60 matrices, n times.
const a = new StaticArray<i32>(3600)
const b = new StaticArray<i32>(3600)
const c = new StaticArray<i32>(3600)

export function run(n: i32): i32 {
  for (let i = 0; i < 60; i++) {
    for (let j = 0; j < 60; j++) {
      a[60 * i + j] = i + j
      b[60 * i + j] = i - j
    }
  }
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < 60; i++) {
      for (let j = 0; j < 60; j++) {
        let s = t
        for (let k = 0; k < 60; k++) s += a[60 * i + k] * b[60 * k + j]
        c[60 * i + j] = s
      }
    }
    a[60 * (t % 60) + t % 59] = c[60 * (t % 58) + t % 57]
  }
  return c[30 * 60 + 31]
}
