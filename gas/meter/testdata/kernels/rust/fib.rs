// The naive recursion.
#![no_std]
include!("lib/panic.rs");

fn fib(n: u32) -> u32 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    fib(n)
}
