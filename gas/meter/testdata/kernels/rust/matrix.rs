// Multiplication of two 60 x 60 matrices, n times.
#![no_std]
include!("lib/panic.rs");

type Matrix = [[i32; 60]; 60];
static mut A: Matrix = [[0; 60]; 60];
static mut B: Matrix = [[0; 60]; 60];
static mut C: Matrix = [[0; 60]; 60];

#[no_mangle]
pub extern "C" fn run(n: i32) -> i32 {
    let (a, b, c) = unsafe { (&mut A, &mut B, &mut C) };
    for i in 0..60 {
        for j in 0..60 {
            a[i][j] = (i + j) as i32;
            b[i][j] = i as i32 - j as i32;
        }
    }
    for t in 0..n {
        for i in 0..60 {
            for j in 0..60 {
                let mut s = t;
                for k in 0..60 {
                    s = s.wrapping_add(a[i][k].wrapping_mul(b[k][j]));
                }
                c[i][j] = s;
            }
        }
        let u = t as usize;
        a[u % 60][u % 59] = c[u % 58][u % 57];
    }
    c[30][31]
}
