crates::entry!(|b| {
    let mut seen: hashbrown::HashMap<&[u8], u32, std::hash::BuildHasherDefault<fnv::FnvHasher>> = Default::default();
    for word in b.split(|&c| c == b' ') {
        *seen.entry(word).or_insert(0) += 1;
    }
    seen.retain(|_, n| *n > 1);
    seen.iter().fold(0, |all, (k, n)| all ^ crates::sum(k) * n)
});
