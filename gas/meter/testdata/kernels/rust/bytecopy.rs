// Copies 4,096 bytes one at a time, n times.
#![no_std]
include!("lib/panic.rs");

static mut MEMORY: [u8; 8192] = [0; 8192];

#[inline(never)]
fn copy(to: &mut [u8], from: &[u8]) {
    for i in 0..from.len() {
        unsafe { core::ptr::write_volatile(&mut to[i], from[i]) }
    }
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> i32 {
    let (from, to) = unsafe { MEMORY.split_at_mut(4096) };
    for t in 0..n {
        from[5] = t as u8;
        copy(to, from);
    }
    to[5] as i32
}
