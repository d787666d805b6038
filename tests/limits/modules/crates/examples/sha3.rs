use sha3::{Digest, Keccak256, Sha3_512};
crates::entry!(|b| crates::sum(&Keccak256::digest(b)) ^ crates::sum(&Sha3_512::digest(b)));
