use weezl::{decode, encode, BitOrder};
crates::entry!(|b| {
    let packed = encode::Encoder::new(BitOrder::Lsb, 8).encode(b).unwrap_or_default();
    decode::Decoder::new(BitOrder::Lsb, 8)
        .decode(&packed)
        .map_or(0, |v| crates::sum(&v))
});
