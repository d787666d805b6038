crates::entry!(|b| {
    let mut key = [0; 32];
    pbkdf2::pbkdf2::<hmac::Hmac<sha2::Sha256>>(b, b"salt", 4, &mut key);
    crates::sum(&key)
});
