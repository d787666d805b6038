// How many ways there are to place n queens: a recursion from within a loop.
#![no_std]
include!("lib/panic.rs");

fn place(all: u32, columns: u32, left: u32, right: u32) -> u32 {
    if columns == all {
        return 1;
    }
    let mut count = 0;
    let mut free = all & !(columns | left | right);
    while free != 0 {
        let bit = free & free.wrapping_neg();
        count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
        free &= free - 1;
    }
    count
}

#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    place((1 << n) - 1, 0, 0, 0)
}
