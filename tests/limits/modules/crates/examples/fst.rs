use fst::{IntoStreamer, Streamer};
crates::entry!(|b| {
    let mut words: Vec<&[u8]> = b.split(|&c| c == b' ').collect();
    words.sort_unstable();
    words.dedup();
    let set = match fst::Set::from_iter(words) {
        Ok(s) => s,
        Err(_) => return 0,
    };
    let (mut stream, mut n) = (set.range().ge("b").lt("y").into_stream(), 0);
    while let Some(key) = stream.next() {
        n = n * 31 + crates::sum(key)
    }
    n
});
