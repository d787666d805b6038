crates::entry!(|b| {
    let mut nodes = slotmap::SlotMap::new();
    let keys: Vec<_> = b.iter().map(|&c| nodes.insert(c)).collect();
    for (i, k) in keys.iter().enumerate() {
        if b[i] & 1 == 1 {
            nodes.remove(*k);
        }
    }
    nodes.values().fold(0, |n, &c| n * 31 + c as u32)
});
