// The naive recursion.
function fib(n: u32): u32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}

export function run(n: u32): u32 {
  return fib(n)
}
