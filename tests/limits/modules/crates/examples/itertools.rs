use itertools::Itertools;
crates::entry!(|b| {
    let groups = b.iter().copied().sorted().group_by(|c| c >> 4);
    let n = groups
        .into_iter()
        .fold(0, |n, (k, g)| n * 31 + k as u32 + g.dedup().count() as u32);
    n ^ b.iter().tuple_combinations().filter(|(x, y, z)| *x ^ *y == **z).count() as u32
        ^ crates::sum(b.chunks(4).kmerge().copied().collect::<Vec<u8>>().as_slice())
});
