// How many ways there are to place n queens: a recursion from within a loop.
function place(all: u32, columns: u32, left: u32, right: u32): u32 {
  if (columns == all) return 1
  let count: u32 = 0
  for (let free = all & ~(columns | left | right); free; free &= free - 1) {
    const bit = free & -free
    count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1)
  }
  return count
}

export function run(n: u32): u32 {
  return place((1 << n) - 1, 0, 0, 0)
}
