use unicode_segmentation::UnicodeSegmentation;
crates::entry!(|b| crates::text(b).graphemes(true).count() as u32 ^ crates::text(b).unicode_words().count() as u32);
