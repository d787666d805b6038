crates::entry!(|b| {
    let packed = snap::raw::Encoder::new().compress_vec(b).unwrap_or_default();
    crates::sum(&packed)
        ^ snap::raw::Decoder::new()
            .decompress_vec(b)
            .map_or(0, |v| crates::sum(&v))
});
