// Products of two numbers of 32 words, n times, by the school method.
#![no_std]
include!("lib/panic.rs");

static mut A: [u32; 32] = [0; 32];
static mut B: [u32; 32] = [0; 32];
static mut PRODUCT: [u32; 64] = [0; 64];

#[inline(never)]
fn multiply(to: &mut [u32], x: &[u32], y: &[u32]) {
    for word in to.iter_mut() {
        *word = 0;
    }
    for i in 0..x.len() {
        let mut carry = 0u64;
        for j in 0..y.len() {
            carry += x[i] as u64 * y[j] as u64 + to[i + j] as u64;
            to[i + j] = carry as u32;
            carry >>= 32;
        }
        to[i + y.len()] = carry as u32;
    }
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> u32 {
    let (a, b, product) = unsafe { (&mut A, &mut B, &mut PRODUCT) };
    for i in 0..32 {
        a[i] = (i as u32).wrapping_mul(2654435761);
        b[i] = !a[i];
    }
    for _ in 0..n {
        multiply(product, a, b);
        a.copy_from_slice(&product[16..48]);
    }
    product[40]
}
