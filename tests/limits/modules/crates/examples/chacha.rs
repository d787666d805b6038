use rand_core::{RngCore, SeedableRng};
crates::entry!(|b| rand_chacha::ChaCha20Rng::seed_from_u64(b.len() as u64).next_u32());
