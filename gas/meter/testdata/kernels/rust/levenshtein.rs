// The edit distance of two strings of 64 letters, n times.
#![no_std]
include!("lib/panic.rs");

static mut X: [u8; 64] = [0; 64];
static mut Y: [u8; 64] = [0; 64];
static mut ROW: [u32; 65] = [0; 65];

#[inline(never)]
fn distance(row: &mut [u32], s: &[u8], t: &[u8]) -> u32 {
    for (j, cell) in row.iter_mut().enumerate() {
        *cell = j as u32;
    }
    for i in 1..=s.len() {
        let mut corner = row[0];
        row[0] = i as u32;
        for j in 1..=t.len() {
            let above = row[j];
            row[j] = if s[i - 1] == t[j - 1] { corner } else { 1 + corner.min(above.min(row[j - 1])) };
            corner = above;
        }
    }
    row[t.len()]
}

#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let (x, y, row) = unsafe { (&mut X, &mut Y, &mut ROW) };
    for i in 0..64 {
        x[i] = (i * i % 7) as u8;
        y[i] = (i * 3 % 11) as u8;
    }
    let mut sum = 0;
    for t in 0..n {
        x[(t & 63) as usize] = (t % 7) as u8;
        sum += distance(row, x, y);
    }
    sum
}
