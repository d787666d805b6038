use unicode_normalization::UnicodeNormalization;
crates::entry!(|b| crates::text(b)
    .nfkc()
    .chain(crates::text(b).nfd())
    .fold(0, |n, c| n * 31 + c as u32));
