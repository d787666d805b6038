crates::entry!(|b| yaml_rust::YamlLoader::load_from_str(crates::text(b)).map_or(0, |v| v.len() as u32));
