// Sorts, searches, iterators and slices of the standard library.
#![crate_type = "cdylib"]
#[no_mangle]
pub extern "C" fn run(input: *const u32, n: usize) -> u32 {
    let input = unsafe { std::slice::from_raw_parts(input, n) };
    let mut stable: Vec<(u32, String)> = input.iter().map(|&x| (x % 100, x.to_string())).collect();
    stable.sort_by(|a, b| a.1.len().cmp(&b.1.len()).then_with(|| b.0.cmp(&a.0)));
    let mut unstable = input.to_vec();
    unstable.sort_unstable_by_key(|x| x.reverse_bits());
    let mid = unstable.len() / 2;
    if mid > 0 {
        unstable.select_nth_unstable(mid);
    }
    unstable.rotate_left(mid);
    unstable.dedup_by(|a, b| *a / 2 == *b / 2);
    let found = input
        .iter()
        .filter(|x| stable.binary_search_by(|p| p.0.cmp(x)).is_ok())
        .count();
    let groups = unstable
        .chunks(7)
        .map(|c| c.iter().copied().max().unwrap_or(0))
        .zip(unstable.windows(3).map(|w| w[0] ^ w[2]));
    let text: String = stable
        .iter()
        .rev()
        .step_by(3)
        .flat_map(|p| p.1.chars().rev())
        .filter(|c| *c != '7')
        .collect();
    groups.fold(found as u32, |n, (a, b)| n.rotate_left(3) ^ a ^ b)
        ^ text.parse::<u128>().map_or(1, |n| (n % 65537) as u32)
}
