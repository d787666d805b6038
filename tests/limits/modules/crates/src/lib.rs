//! What every example shares: an entry that hands over bytes of memory, and what goes into its result.
#![allow(clippy::missing_safety_doc)]

/// entry exports run(pointer, length), which passes so many bytes of memory to a function.
#[macro_export]
macro_rules! entry {
    ($run:expr) => {
        #[no_mangle]
        pub unsafe extern "C" fn run(input: *const u8, length: usize) -> u32 {
            let run: fn(&[u8]) -> u32 = $run;
            run(core::slice::from_raw_parts(input, length))
        }
    };
}

/// sum folds bytes into a number, so that no compiler leaves out what computed them.
pub fn sum(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(1, |all, &b| all.wrapping_mul(31).wrapping_add(b as u32))
}

/// text is the longest beginning that is UTF-8.
pub fn text(bytes: &[u8]) -> &str {
    match core::str::from_utf8(bytes) {
        Ok(s) => s,
        Err(e) => core::str::from_utf8(&bytes[..e.valid_up_to()]).unwrap_or(""),
    }
}
