crates::entry!(|b| {
    let mut seen: indexmap::IndexMap<String, Vec<usize>, std::hash::BuildHasherDefault<fnv::FnvHasher>> =
        Default::default();
    for (at, word) in crates::text(b).split_whitespace().enumerate() {
        seen.entry(word.to_lowercase()).or_insert_with(Vec::new).push(at);
    }
    seen.sort_by(|a, v, c, w| v.len().cmp(&w.len()).then(a.cmp(c)));
    seen.values().fold(0, |all, v| all * 31 + v.len() as u32)
});
