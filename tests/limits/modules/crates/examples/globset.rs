crates::entry!(|b| globset::Glob::new(crates::text(b)).map_or(0, |g| g.compile_matcher().is_match("src/a/b.rs") as u32));
