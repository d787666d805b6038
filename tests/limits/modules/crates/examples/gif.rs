crates::entry!(|b| {
    let mut sum = 0;
    if let Ok(mut d) = gif::DecodeOptions::new().read_info(b) {
        while let Ok(Some(f)) = d.read_next_frame() {
            sum ^= crates::sum(&f.buffer);
        }
    }
    sum
});
