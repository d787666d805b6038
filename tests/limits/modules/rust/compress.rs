// Huffman and LZ77 with iterators, boxes and bit vectors.
#![crate_type = "cdylib"]
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};
enum Tree {
    Leaf(u16),
    Fork(Box<Tree>, Box<Tree>),
}
impl Tree {
    fn walk(&self, depth: u8, out: &mut [u8]) {
        match self {
            Tree::Leaf(s) => out[*s as usize] = depth.max(1),
            Tree::Fork(a, b) => {
                a.walk(depth + 1, out);
                b.walk(depth + 1, out)
            }
        }
    }
}
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}
impl Bits {
    fn put(&mut self, value: u32, n: u32) {
        for i in (0..n).rev() {
            if self.used % 8 == 0 {
                self.bytes.push(0)
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> i & 1) as u8) << (7 - self.used % 8);
            self.used += 1
        }
    }
}
#[no_mangle]
pub extern "C" fn run(input: *const u8, n: usize) -> u32 {
    let input = unsafe { std::slice::from_raw_parts(input, n) };
    let (mut seen, mut symbols, mut i): (HashMap<[u8; 3], Vec<usize>>, Vec<(u16, u32)>, usize) =
        (HashMap::new(), vec![], 0);
    while i < n {
        let best = input
            .get(i..i + 3)
            .and_then(|k| seen.get(<&[u8; 3]>::try_from(k).unwrap()))
            .and_then(|at| {
                at.iter()
                    .rev()
                    .take(16)
                    .map(|&j| {
                        (
                            input[i..]
                                .iter()
                                .zip(&input[j..])
                                .take(258)
                                .take_while(|(a, b)| a == b)
                                .count(),
                            i - j,
                        )
                    })
                    .max()
            });
        let step = match best {
            Some((len, back)) if len > 3 => {
                symbols.push((256 + len as u16 % 256, back as u32));
                len
            }
            _ => {
                symbols.push((input[i] as u16, 0));
                1
            }
        };
        for k in i..i + step {
            if let Some(w) = input.get(k..k + 3) {
                seen.entry([w[0], w[1], w[2]]).or_default().push(k)
            }
        }
        i += step;
    }
    let mut count = vec![0u32; 512];
    symbols.iter().for_each(|s| count[s.0 as usize] += 1);
    let mut trees: Vec<Option<Tree>> = (0..512).map(|s| Some(Tree::Leaf(s))).collect();
    let mut heap: BinaryHeap<_> = count
        .iter()
        .enumerate()
        .filter(|c| *c.1 > 0)
        .map(|(i, &c)| Reverse((c, i)))
        .collect();
    while let (Some(Reverse(a)), Some(Reverse(b))) = (heap.pop(), heap.pop()) {
        let (x, y) = (trees[a.1].take().unwrap(), trees[b.1].take().unwrap());
        trees.push(Some(Tree::Fork(Box::new(x), Box::new(y))));
        heap.push(Reverse((a.0 + b.0, trees.len() - 1)));
        if heap.len() == 1 {
            break;
        }
    }
    let mut lengths = vec![0; 512];
    if let Some(t) = trees.iter_mut().rev().find_map(|t| t.take()) {
        t.walk(0, &mut lengths)
    }
    let mut bits = Bits::default();
    for (s, back) in symbols {
        bits.put(s as u32, lengths[s as usize] as u32);
        if s > 255 {
            bits.put(back, 15)
        }
    }
    bits.bytes.iter().fold(0, |n, &b| n * 31 + b as u32)
}
