// Quicksort of 1,000 numbers with insertion sort for short runs, n times.
const v = new StaticArray<i32>(1000)

function quick(lo: i32, hi: i32): void {
  while (hi - lo > 12) {
    const p = v[(lo + hi) / 2]
    let i = lo, j = hi
    while (i <= j) {
      while (v[i] < p) i++
      while (v[j] > p) j--
      if (i <= j) {
        const t = v[i]
        v[i++] = v[j]
        v[j--] = t
      }
    }
    if (j - lo < hi - i) {
      quick(lo, j)
      lo = i
    } else {
      quick(i, hi)
      hi = j
    }
  }
  for (let i = lo + 1; i <= hi; i++) {
    const x = v[i]
    let j = i - 1
    for (; j >= lo && v[j] > x; j--) v[j + 1] = v[j]
    v[j + 1] = x
  }
}

export function run(n: i32): i32 {
  let seed: u32 = 1
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < 1000; i++) {
      seed = seed * 1664525 + 1013904223
      v[i] = seed >> 8
    }
    quick(0, 999)
  }
  return v[500]
}
