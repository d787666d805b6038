// The edit distance of two strings of 64 letters, n times.
const x = new StaticArray<u8>(64)
const y = new StaticArray<u8>(64)
const row = new StaticArray<i32>(65)

function distance(s: StaticArray<u8>, t: StaticArray<u8>): i32 {
  const m = s.length, n = t.length
  for (let j = 0; j <= n; j++) row[j] = j
  for (let i = 1; i <= m; i++) {
    let corner = row[0]
    row[0] = i
    for (let j = 1; j <= n; j++) {
      const above = row[j]
      row[j] = s[i - 1] == t[j - 1] ? corner : 1 + min(corner, min(above, row[j - 1]))
      corner = above
    }
  }
  return row[n]
}

export function run(n: i32): i32 {
  let sum = 0
  for (let i = 0; i < 64; i++) {
    x[i] = <u8>(i * i % 7)
    y[i] = <u8>(i * 3 % 11)
  }
  for (let t = 0; t < n; t++) {
    x[t & 63] = <u8>(t % 7)
    sum += distance(x, y)
  }
  return sum
}
