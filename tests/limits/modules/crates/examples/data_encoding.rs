crates::entry!(|b| crates::sum(data_encoding::BASE32.encode(b).as_bytes())
    ^ data_encoding::HEXLOWER.decode(b).map_or(0, |v| crates::sum(&v)));
