crates::entry!(|b| xxhash_rust::xxh3::xxh3_64(b) as u32
    ^ xxhash_rust::xxh32::xxh32(b, 7)
    ^ xxhash_rust::xxh64::xxh64(b, 7) as u32);
