// Takeuchi's function: four calls, three of them arguments of the fourth.
#![no_std]
include!("lib/panic.rs");

fn tak(x: i32, y: i32, z: i32) -> i32 {
    if y >= x {
        return z;
    }
    tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> i32 {
    tak(n, n / 2, n / 4)
}
