crates::entry!(|b| {
    let (mut x, mut y) = (
        fixedbitset::FixedBitSet::with_capacity(256),
        fixedbitset::FixedBitSet::with_capacity(256),
    );
    for p in b.chunks_exact(2) {
        x.insert(p[0] as usize);
        y.insert(p[1] as usize);
    }
    x.symmetric_difference_with(&y);
    x.union(&y).fold(x.count_ones(..) as u32, |n, i| n * 31 + i as u32)
});
