use std::io::Read;
crates::entry!(|b| {
    let mut out = Vec::new();
    let _ = brotli_decompressor::Decompressor::new(b, 4096).read_to_end(&mut out);
    crates::sum(&out)
});
