use std::hash::Hasher;
crates::entry!(|b| {
    let (mut a, mut c) = (
        siphasher::sip::SipHasher24::new(),
        siphasher::sip128::SipHasher13::new(),
    );
    a.write(b);
    c.write(b);
    (a.finish() ^ c.finish()) as u32
});
