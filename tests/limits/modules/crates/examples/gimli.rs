crates::entry!(|b| {
    let (mut n, abbrev) = (0, gimli::DebugAbbrev::new(b, gimli::LittleEndian));
    let mut units = gimli::DebugInfo::new(b, gimli::LittleEndian).units();
    while let Ok(Some(unit)) = units.next() {
        if let Ok(a) = unit.abbreviations(&abbrev) {
            let mut entries = unit.entries(&a);
            while let Ok(Some((depth, e))) = entries.next_dfs() {
                n = n * 31 + depth as u32 ^ e.tag().0 as u32;
            }
        }
    }
    n
});
