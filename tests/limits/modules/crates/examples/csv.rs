crates::entry!(|b| {
    let (mut r, mut out, mut ends, mut at, mut n) = (csv_core::Reader::new(), [0; 256], [0; 16], 0, 0);
    loop {
        let (result, read, wrote, fields) = r.read_record(&b[at..], &mut out, &mut ends);
        at += read;
        n = n * 31 + crates::sum(&out[..wrote]) + fields as u32;
        if let csv_core::ReadRecordResult::End = result {
            return n;
        }
    }
});
