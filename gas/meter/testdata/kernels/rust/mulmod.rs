// 256-bit modular multiplication by double and add over four 64-bit limbs, n times.
#![no_std]
include!("lib/panic.rs");

type U256 = [u64; 4];
static M: U256 = [0xfffffffefffffc2f, !0, !0, !0];
static mut A: U256 = [3, 5, 7, 9];
static mut B: U256 = [11, 13, 17, 0x1234567890abcdef];

fn less(x: &U256, y: &U256) -> bool {
    for i in (0..4).rev() {
        if x[i] != y[i] {
            return x[i] < y[i];
        }
    }
    false
}

fn add(x: &mut U256, y: &U256) -> bool {
    let mut carry = false;
    for i in 0..4 {
        let (s, c) = x[i].overflowing_add(carry as u64);
        let (s, d) = s.overflowing_add(y[i]);
        x[i] = s;
        carry = c | d;
    }
    carry
}

fn sub(x: &mut U256, y: &U256) {
    let mut borrow = false;
    for i in 0..4 {
        let (d, c) = x[i].overflowing_sub(y[i]);
        let (d, e) = d.overflowing_sub(borrow as u64);
        x[i] = d;
        borrow = c | e;
    }
}

fn addmod(x: &mut U256, y: &U256) {
    if add(x, y) || !less(x, &M) {
        sub(x, &M);
    }
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> u32 {
    let (a, b) = unsafe { (&mut A, &B) };
    for _ in 0..n {
        let (mut r, mut base) = ([0; 4], *a);
        for bit in 0..256 {
            if b[bit / 64] >> (bit % 64) & 1 != 0 {
                addmod(&mut r, &base);
            }
            let twice = base;
            addmod(&mut base, &twice);
        }
        *a = r;
    }
    a[0] as u32
}
