use aes::cipher::{generic_array::GenericArray, BlockCipher, NewBlockCipher};
crates::entry!(|b| {
    let cipher = aes::Aes128::new(GenericArray::from_slice(&b[..16]));
    let mut block = *GenericArray::from_slice(&b[16..32]);
    cipher.encrypt_block(&mut block);
    crates::sum(&block)
});
