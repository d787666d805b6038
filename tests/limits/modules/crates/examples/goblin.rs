crates::entry!(|b| goblin::elf::Elf::parse(b).map_or(0, |e| e.syms.iter().fold(0, |n, s| n * 31 + s.st_value as u32)));
