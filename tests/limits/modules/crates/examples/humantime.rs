crates::entry!(|b| humantime::parse_duration(crates::text(b))
    .map_or(0, |d| crates::sum(humantime::format_duration(d).to_string().as_bytes())));
