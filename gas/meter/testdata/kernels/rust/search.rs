// Looks for eight short words in 2,048 letters, n times, letter by letter.
#![no_std]
include!("lib/panic.rs");

static mut TEXT: [u8; 2049] = [0; 2049];
static WORDS: [&[u8]; 8] =
    [b"abcab", b"zzzzz", b"cabba", b"acabc", b"bbbba", b"aaaca", b"bacab", b"ccccc"];

#[inline(never)]
fn find(text: &[u8], word: &[u8]) -> i32 {
    for i in 0..text.len() - word.len() {
        let mut k = 0;
        while k < word.len() && text[i + k] == word[k] {
            k += 1;
        }
        if k == word.len() {
            return i as i32;
        }
    }
    -1
}

#[no_mangle]
pub extern "C" fn run(n: usize) -> i32 {
    let text = unsafe { &mut TEXT };
    let mut seed = 7u32;
    for i in 0..2048 {
        seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
        text[i] = b'a' + ((seed >> 24) % 3) as u8;
    }
    let mut sum = 0i32;
    for t in 0..n {
        for word in WORDS.iter() {
            sum = sum.wrapping_add(find(&text[t % 64..], word));
        }
    }
    sum
}
