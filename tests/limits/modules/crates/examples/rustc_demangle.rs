crates::entry!(|b| crates::sum(format!("{:#}", rustc_demangle::demangle(crates::text(b))).as_bytes()));
