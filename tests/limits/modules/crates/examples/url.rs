crates::entry!(|b| url::Url::parse(crates::text(b)).map_or(0, |u| crates::sum(u.as_str().as_bytes())));
