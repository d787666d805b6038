// stdin: "5 3 9 -1 0 3"
// stdin: "1000000 -1000000 7"
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut numbers: Vec<i64> = text.split_whitespace().map(|w| w.parse().unwrap()).collect();
    println!("{:?}", numbers.iter().collect::<BTreeSet<_>>());
    let mut heap: BinaryHeap<_> = numbers.iter().copied().collect();
    while let Some(x) = heap.pop() {
        print!("{} ", x);
    }
    println!();
    numbers.sort_unstable_by_key(|x| (x.abs(), *x));
    println!("{:?}", numbers);
    let map: BTreeMap<_, _> = numbers.iter().enumerate().map(|(i, x)| (x, i)).collect();
    println!("{:#?}", map);
    let mut queue: VecDeque<_> = numbers.into();
    queue.rotate_left(queue.len() / 2);
    println!("{:?}", queue);
}
