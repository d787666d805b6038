crates::entry!(|b| strsim::levenshtein(crates::text(b), "kitten") as u32
    ^ strsim::damerau_levenshtein(crates::text(b), "sitting") as u32);
