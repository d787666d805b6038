// The primes below 8,192, n times, and steps of a sequence through pointers to functions.
#![no_std]
include!("lib/panic.rs");

static mut COMPOSITE: [bool; 8192] = [false; 8192];

fn half(x: u32) -> u32 {
    x >> 1
}
fn more(x: u32) -> u32 {
    3 * x + 1
}
static STEPS: [fn(u32) -> u32; 2] = [half, more];

#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let composite = unsafe { &mut COMPOSITE };
    let mut count = 0;
    for t in 0..n {
        for mark in composite.iter_mut() {
            *mark = false;
        }
        count = 0;
        for i in 2..8192 {
            if composite[i] {
                continue;
            }
            count += 1;
            for j in (2 * i..8192).step_by(i) {
                composite[j] = true;
            }
        }
        let mut x = 27 + t % 5;
        while x != 1 {
            x = STEPS[(x & 1) as usize](x);
            count += 1;
        }
    }
    count
}
