use radix_trie::TrieCommon;
crates::entry!(|b| {
    let mut trie = radix_trie::Trie::new();
    for word in crates::text(b).split_whitespace() {
        trie.map_with_default(word.to_string(), |n| *n += 1, 1u32);
    }
    trie.get_raw_descendant("a").map_or(0, |t| t.children().count() as u32)
});
