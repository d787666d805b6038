crates::entry!(|b| crates::sum(base64::encode(b).as_bytes()) ^ base64::decode(b).map_or(0, |v| crates::sum(&v)));
