crates::entry!(|b| {
    let mut cache = lru_cache::LruCache::with_hasher(8, std::hash::BuildHasherDefault::<fnv::FnvHasher>::default());
    b.iter().for_each(|&c| {
        let n = cache.get_mut(&c).map_or(0u32, |n| *n);
        cache.insert(c, n + 1);
    });
    cache.iter().fold(0, |n, (k, v)| n * 31 + *k as u32 ^ *v)
});
