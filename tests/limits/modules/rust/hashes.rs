// SHA-256, BLAKE2b and Keccak as one writes them in Rust, over slices.
#![crate_type = "cdylib"]
fn sha256(data: &[u8]) -> [u32; 8] {
    let k: Vec<u32> = (0..64u32).map(|i| (i + 1).wrapping_mul(2654435761) ^ i).collect();
    let mut h = [
        0x6a09e667u32,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19,
    ];
    let mut padded = data.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0)
    }
    padded.extend_from_slice(&(data.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut w = [0u32; 64];
        for (i, b) in block.chunks_exact(4).enumerate() {
            w[i] = u32::from_be_bytes([b[0], b[1], b[2], b[3]])
        }
        for i in 16..64 {
            let a = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
            let b = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16].wrapping_add(a).wrapping_add(w[i - 7]).wrapping_add(b);
        }
        let mut v = h;
        for i in 0..64 {
            let s = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let t = v[7]
                .wrapping_add(s)
                .wrapping_add((v[4] & v[5]) ^ (!v[4] & v[6]))
                .wrapping_add(k[i])
                .wrapping_add(w[i]);
            let u = (v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22))
                .wrapping_add((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v = [
                t.wrapping_add(u),
                v[0],
                v[1],
                v[2],
                v[3].wrapping_add(t),
                v[4],
                v[5],
                v[6],
            ];
        }
        for i in 0..8 {
            h[i] = h[i].wrapping_add(v[i])
        }
    }
    h
}
fn blake(h: &mut [u64; 8], m: &[u64; 16], t: u64) {
    let mut v = [0u64; 16];
    v[..8].copy_from_slice(h);
    for i in 0..8 {
        v[i + 8] = 0x6a09e667f3bcc908u64.rotate_left(i as u32 * 7)
    }
    v[12] ^= t;
    for r in 0..12usize {
        for i in 0..8usize {
            let (a, b, c, d) = if i < 4 {
                (i, i + 4, i + 8, i + 12)
            } else {
                (i - 4, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
            };
            for (k, (x, y)) in [(32, 24), (16, 63)].iter().enumerate() {
                v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[(r * 7 + i * 2 + k) % 16]);
                v[d] = (v[d] ^ v[a]).rotate_right(*x);
                v[c] = v[c].wrapping_add(v[d]);
                v[b] = (v[b] ^ v[c]).rotate_right(*y);
            }
        }
    }
    for i in 0..8 {
        h[i] ^= v[i] ^ v[i + 8]
    }
}
fn keccak(a: &mut [[u64; 5]; 5]) {
    for round in 0..24u32 {
        let mut c = [0; 5];
        for x in 0..5 {
            c[x] = a.iter().fold(0, |n, row| n ^ row[x])
        }
        for row in a.iter_mut() {
            for x in 0..5 {
                row[x] ^= c[(x + 4) % 5] ^ c[(x + 1) % 5].rotate_left(1)
            }
        }
        let mut b = [[0u64; 5]; 5];
        for y in 0..5 {
            for x in 0..5 {
                b[(2 * x + 3 * y) % 5][y] = a[y][x].rotate_left((x * 11 + y * 7) as u32 % 64)
            }
        }
        for y in 0..5 {
            for x in 0..5 {
                a[y][x] = b[y][x] ^ (!b[y][(x + 1) % 5] & b[y][(x + 2) % 5])
            }
        }
        a[0][0] ^= 1u64.rotate_left(round * 5);
    }
}
#[no_mangle]
pub extern "C" fn run(input: *const u8, n: usize) -> u64 {
    let h = sha256(unsafe { std::slice::from_raw_parts(input, n) });
    let (mut s, mut m, mut a) = ([0u64; 8], [0u64; 16], [[0u64; 5]; 5]);
    for i in 0..8 {
        s[i] = h[i] as u64;
        m[i] = h[7 - i] as u64;
        a[i % 5][i / 5] = s[i]
    }
    blake(&mut s, &m, n as u64);
    keccak(&mut a);
    s[0] ^ a[1][2]
}
