// Counts 1,000 numbers in a table with open addressing, n times.
#![no_std]
include!("lib/panic.rs");

struct Map {
    keys: [u32; 1024],
    counts: [u32; 1024],
}

static mut MAP: Map = Map { keys: [0; 1024], counts: [0; 1024] };

impl Map {
    #[inline(never)]
    fn count(&mut self, key: u32) {
        let mut at = (key.wrapping_mul(2654435761) >> 22) as usize;
        while self.keys[at] != 0 && self.keys[at] != key {
            at = (at + 1) & 1023;
        }
        self.keys[at] = key;
        self.counts[at] += 1;
    }
}

#[no_mangle]
pub extern "C" fn run(n: i32) -> u32 {
    let map = unsafe { &mut MAP };
    let mut seed = 1u32;
    for _ in 0..n {
        for i in 0..1024 {
            map.keys[i] = 0;
            map.counts[i] = 0;
        }
        for _ in 0..1000 {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            map.count(1 + (seed >> 16) % 700);
        }
    }
    map.counts.iter().copied().max().unwrap_or(0)
}
