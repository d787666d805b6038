// Quicksort of 1,000 numbers with insertion sort for short runs, n times.
#![no_std]
include!("lib/panic.rs");

static mut V: [i32; 1000] = [0; 1000];

fn quick(v: &mut [i32]) {
    if v.len() <= 13 {
        for i in 1..v.len() {
            let x = v[i];
            let mut j = i;
            while j > 0 && v[j - 1] > x {
                v[j] = v[j - 1];
                j -= 1;
            }
            v[j] = x;
        }
        return;
    }
    let p = v[v.len() / 2];
    let (mut i, mut j) = (0, v.len() - 1);
    loop {
        while v[i] < p {
            i += 1;
        }
        while v[j] > p {
            j -= 1;
        }
        if i >= j {
            break;
        }
        v.swap(i, j);
        i += 1;
        j -= 1;
    }
    let (low, high) = v.split_at_mut(i);
    quick(low);
    quick(high);
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> i32 {
    let v = unsafe { &mut V };
    let mut seed = 1u32;
    for _ in 0..n {
        for x in v.iter_mut() {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            *x = (seed >> 8) as i32;
        }
        quick(v);
    }
    v[500]
}
