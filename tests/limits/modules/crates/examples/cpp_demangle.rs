crates::entry!(|b| cpp_demangle::Symbol::new(b).map_or(0, |s| crates::sum(s.to_string().as_bytes())));
