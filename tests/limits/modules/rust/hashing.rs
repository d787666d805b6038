// The standard hash map with SipHash, keyed by strings and by tuples.
#![crate_type = "cdylib"]
use std::collections::{HashMap, HashSet};

#[no_mangle]
pub extern "C" fn run(input: *const u8, n: usize) -> u32 {
    let text = String::from_utf8_lossy(unsafe { std::slice::from_raw_parts(input, n) });
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let mut pairs: HashMap<(usize, char), Vec<String>> = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        *counts.entry(word).or_default() += 1;
        pairs
            .entry((word.len(), word.chars().next().unwrap()))
            .or_default()
            .push(word.to_uppercase());
    }
    let rare: HashSet<&&str> = counts.iter().filter(|(_, &n)| n == 1).map(|(w, _)| w).collect();
    pairs.retain(|_, v| v.len() > 1);
    rare.len() as u32 ^ pairs.values().map(|v| v.join("-").len() as u32).sum::<u32>()
}
