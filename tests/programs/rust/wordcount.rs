// stdin: "the cat and the dog and the bird"
// stdin: ""
// stdin: "Ünïcode ünïcode ÜNÏCODE"
use std::collections::HashMap;
use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (word, n) in &rows {
        println!("{:>5} {}", n, word);
    }
    println!("{:.3} words each", text.split_whitespace().count() as f64 / rows.len().max(1) as f64);
}
