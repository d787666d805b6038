// Encodes 999 bytes and decodes them again, n times.
#![no_std]
include!("lib/panic.rs");

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static mut DATA: [u8; 1000] = [0; 1000];
static mut TEXT: [u8; 1400] = [0; 1400];

#[inline(never)]
fn encode(to: &mut [u8], from: &[u8]) -> usize {
    let mut n = 0;
    for three in from.chunks_exact(3) {
        let v = (three[0] as usize) << 16 | (three[1] as usize) << 8 | three[2] as usize;
        to[n] = DIGITS[v >> 18];
        to[n + 1] = DIGITS[v >> 12 & 63];
        to[n + 2] = DIGITS[v >> 6 & 63];
        to[n + 3] = DIGITS[v & 63];
        n += 4;
    }
    n
}

fn value(c: u8) -> Option<u32> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

#[inline(never)]
fn decode(to: &mut [u8], from: &[u8]) -> Option<usize> {
    let (mut bits, mut have, mut n) = (0u32, 0, 0);
    for &c in from {
        bits = bits << 6 | value(c)?;
        have += 6;
        if have >= 8 {
            have -= 8;
            to[n] = (bits >> have) as u8;
            n += 1;
        }
    }
    Some(n)
}

#[no_mangle]
pub extern "C" fn run(n: usize) -> usize {
    let (data, text) = unsafe { (&mut DATA, &mut TEXT) };
    for i in 0..999 {
        data[i] = (i * 7) as u8;
    }
    let mut sum = 0;
    for t in 0..n {
        data[t % 999] = t as u8;
        let size = encode(text, &data[..999]);
        sum += decode(data, &text[..size]).unwrap_or(0) + data[t % 100] as usize;
    }
    sum
}
