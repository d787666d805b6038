// B-trees, heaps, deques and linked lists of the standard library.
#![crate_type = "cdylib"]
use std::collections::*;

#[no_mangle]
pub extern "C" fn run(input: *const u32, n: usize) -> u32 {
    let input = unsafe { std::slice::from_raw_parts(input, n) };
    let mut tree = BTreeMap::new();
    let mut heap = BinaryHeap::new();
    let mut line = VecDeque::new();
    let mut set = BTreeSet::new();
    for (i, &x) in input.iter().enumerate() {
        tree.entry(x % 97).or_insert_with(Vec::new).push(i as u32);
        heap.push((x, i));
        if x & 1 == 0 {
            line.push_back(x)
        } else {
            line.push_front(x)
        }
        if !set.insert(x) {
            set.remove(&x);
        }
        if heap.len() > 32 {
            heap.pop();
        }
    }
    let list: LinkedList<u32> = line.iter().rev().copied().collect();
    let ranged: u32 = tree.range(10..50).map(|(k, v)| k * v.len() as u32).sum();
    let merged = heap
        .into_sorted_vec()
        .iter()
        .fold(ranged, |n, (x, i)| n.wrapping_mul(31) ^ x ^ *i as u32);
    list.into_iter()
        .zip(&set)
        .fold(merged, |n, (a, b)| n.rotate_left(5) ^ a ^ b)
}
