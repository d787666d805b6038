crates::entry!(|b| match semver::VersionReq::parse(crates::text(b)) {
    Ok(r) => r.matches(&semver::Version::new(1, 2, 3)) as u32,
    Err(e) => crates::sum(e.to_string().as_bytes()),
});
