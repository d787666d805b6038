// The Ethereum Environment Interface for contracts in C: every function, its operands and types. This file is printed
// from ewasm/table.go (make golden); docs/eei.md says more, with traps and prices.
//
// Data crosses by pointer into the contract's memory, in these shapes:
//   address   20 bytes, as printed
//   bytes32   32 bytes, as printed: storage keys and values, hashes, topics, numbers of module bignum
//   u128      16 bytes, LITTLE-endian: amounts of wei
//   u256      32 bytes, LITTLE-endian: the difficulty only
// A window that leaves memory traps, and a trap burns all gas.
//
// clang-format off
#ifndef EEI_H
#define EEI_H

#include <stdint.h>

// EEI imports a function.
#define EEI(module, name) __attribute__((import_module(module), import_name(name)))

// EEI_END imports a function that ends the call and does not return.
#define EEI_END(module, name) EEI(module, name) __attribute__((noreturn))

// What a call or a creation answers.
enum { EEI_OK = 0, EEI_FAILED = 1, EEI_REVERTED = 2 };

// Module ethereum.

// Takes gas away, as if it had been used.
EEI("ethereum", "useGas")
void eei_use_gas(int64_t amount);

// Answers the gas left, after the price of asking.
EEI("ethereum", "getGasLeft")
int64_t eei_gas_left(void);

// Writes the address of the account that runs.
EEI("ethereum", "getAddress")
void eei_address(void *result);

// Writes the balance of an account, 0 if there is none.
EEI("ethereum", "getExternalBalance")
void eei_external_balance(const void *address, void *result);

// Answers 0 and writes the hash of one of the last 256 blocks, or answers 1 and writes nothing.
EEI("ethereum", "getBlockHash")
uint32_t eei_block_hash(int64_t number, void *result);

// Runs the code of an account on its own storage, with value.
EEI("ethereum", "call")
uint32_t eei_call(int64_t gas, const void *address, const void *value, const void *data, uint32_t length);

// Copies from the calldata.
EEI("ethereum", "callDataCopy")
void eei_call_data_copy(void *result, uint32_t offset, uint32_t length);

// Answers the size of the calldata in bytes.
EEI("ethereum", "getCallDataSize")
uint32_t eei_call_data_size(void);

// Runs the code of an account on the storage of the caller, with a value that does not move.
EEI("ethereum", "callCode")
uint32_t eei_call_code(int64_t gas, const void *address, const void *value, const void *data, uint32_t length);

// Runs the code of an account in place of the caller's own: same storage, same caller, same value.
EEI("ethereum", "callDelegate")
uint32_t eei_call_delegate(int64_t gas, const void *address, const void *data, uint32_t length);

// Runs the code of an account so that neither it nor what it calls can change the state.
EEI("ethereum", "callStatic")
uint32_t eei_call_static(int64_t gas, const void *address, const void *data, uint32_t length);

// Writes a slot of the storage.
EEI("ethereum", "storageStore")
void eei_storage_store(const void *key, const void *value);

// Reads a slot of the storage, zeros if nothing was written.
EEI("ethereum", "storageLoad")
void eei_storage_load(const void *key, void *result);

// Writes the address of the account that called.
EEI("ethereum", "getCaller")
void eei_caller(void *result);

// Writes the value that came with the call.
EEI("ethereum", "getCallValue")
void eei_call_value(void *result);

// Copies from the code that runs: the bytes as deployed or, in a constructor, the creation data.
EEI("ethereum", "codeCopy")
void eei_code_copy(void *result, uint32_t offset, uint32_t length);

// Answers the size of the code that runs in bytes.
EEI("ethereum", "getCodeSize")
uint32_t eei_code_size(void);

// Writes the address that the block's fees go to.
EEI("ethereum", "getBlockCoinbase")
void eei_block_coinbase(void *result);

// Makes a contract: runs the data as a constructor, whose output becomes the code of the new account.
EEI("ethereum", "create")
uint32_t eei_create(const void *value, const void *data, uint32_t length, void *result);

// Writes the difficulty, after the merge prevrandao, as a u256: 32 bytes, little-endian.
EEI("ethereum", "getBlockDifficulty")
void eei_block_difficulty(void *result);

// Copies from the code of an account.
EEI("ethereum", "externalCodeCopy")
void eei_external_code_copy(const void *address, void *result, uint32_t offset, uint32_t length);

// Answers the size of an account's code in bytes, 0 if there is none.
EEI("ethereum", "getExternalCodeSize")
uint32_t eei_external_code_size(const void *address);

// Answers the gas limit of the block.
EEI("ethereum", "getBlockGasLimit")
int64_t eei_block_gas_limit(void);

// Writes what the transaction pays for a gas.
EEI("ethereum", "getTxGasPrice")
void eei_tx_gas_price(void *result);

// Logs data under up to four topics. Only as many topics are read as there are.
EEI("ethereum", "log")
void eei_log(const void *data, uint32_t length, uint32_t topics, const void *topic1, const void *topic2,
    const void *topic3, const void *topic4);

// Answers the number of the block.
EEI("ethereum", "getBlockNumber")
int64_t eei_block_number(void);

// Writes the address of the transaction's sender.
EEI("ethereum", "getTxOrigin")
void eei_tx_origin(void *result);

// Ends the frame with success and an output; does not return.
EEI_END("ethereum", "finish")
void eei_finish(const void *data, uint32_t length);

// Ends the frame, undoes all it did and gives its gas back, with an output; does not return.
EEI_END("ethereum", "revert")
void eei_revert(const void *data, uint32_t length);

// Answers the size of what the last call returned in bytes.
EEI("ethereum", "getReturnDataSize")
uint32_t eei_return_data_size(void);

// Copies from what the last call returned.
EEI("ethereum", "returnDataCopy")
void eei_return_data_copy(void *result, uint32_t offset, uint32_t length);

// Gives the whole balance to an account and ends the frame with success; does not return.
EEI_END("ethereum", "selfDestruct")
void eei_self_destruct(const void *address);

// Answers the time of the block in seconds since 1970.
EEI("ethereum", "getBlockTimestamp")
int64_t eei_block_timestamp(void);

// Makes a contract as create does, at an address that follows from creator, salt and data alone.
EEI("ethereum", "create2")
uint32_t eei_create2(const void *value, const void *data, uint32_t length, const void *salt, void *result);

// Writes the keccak256 of an account's code, zeros if the account is dead.
EEI("ethereum", "getExternalCodeHash")
void eei_external_code_hash(const void *address, void *result);

// Answers the id of the chain.
EEI("ethereum", "getChainId")
int64_t eei_chain_id(void);

// Writes the balance of the account that runs.
EEI("ethereum", "getSelfBalance")
void eei_self_balance(void *result);

// Writes the base fee of the block, in wei a gas.
EEI("ethereum", "getBaseFee")
void eei_base_fee(void *result);

// Writes prevrandao as the 32 raw bytes of the header.
EEI("ethereum", "getPrevRandao")
void eei_prev_randao(void *result);

// Answers 0 and writes the versioned hash of one of the blobs, or answers 1 and writes nothing.
EEI("ethereum", "getBlobHash")
uint32_t eei_blob_hash(uint32_t index, void *result);

// Writes the base fee for blobs, in wei a blob gas.
EEI("ethereum", "getBlobBaseFee")
void eei_blob_base_fee(void *result);

// Reads a slot of the transient storage, zeros if this transaction has written nothing.
EEI("ethereum", "transientLoad")
void eei_transient_load(const void *key, void *result);

// Writes a slot of the transient storage, which is empty again after the transaction.
EEI("ethereum", "transientStore")
void eei_transient_store(const void *key, const void *value);

// Writes the keccak256 of the data.
EEI("ethereum", "keccak256")
void eei_keccak256(const void *data, uint32_t length, void *result);

// Module bignum.

// Writes a + b, modulo 2^256.
EEI("bignum", "add")
void bignum_add(const void *a, const void *b, void *result);

// Writes a - b, modulo 2^256.
EEI("bignum", "sub")
void bignum_sub(const void *a, const void *b, void *result);

// Writes a * b, modulo 2^256.
EEI("bignum", "mul")
void bignum_mul(const void *a, const void *b, void *result);

// Writes a / b, rounded down; 0 if b is 0.
EEI("bignum", "div")
void bignum_div(const void *a, const void *b, void *result);

// Writes a mod b; 0 if b is 0.
EEI("bignum", "mod")
void bignum_mod(const void *a, const void *b, void *result);

// Writes (a + b) mod m without overflow; 0 if m is 0.
EEI("bignum", "addmod")
void bignum_addmod(const void *a, const void *b, const void *m, void *result);

// Writes (a * b) mod m without overflow; 0 if m is 0.
EEI("bignum", "mulmod")
void bignum_mulmod(const void *a, const void *b, const void *m, void *result);

// Writes a to the power of b, modulo 2^256.
EEI("bignum", "exp")
void bignum_exp(const void *a, const void *b, void *result);

// Module debug.

// Prints a signed number.
EEI("debug", "print32")
void debug_print32(uint32_t value);

// Prints a signed number.
EEI("debug", "print64")
void debug_print64(int64_t value);

// Prints memory as text, at most 1,024 bytes.
EEI("debug", "printMem")
void debug_print_mem(const void *data, uint32_t length);

// Prints memory in hexadecimal, at most 1,024 bytes.
EEI("debug", "printMemHex")
void debug_print_mem_hex(const void *data, uint32_t length);

// Prints a slot of the storage as text.
EEI("debug", "printStorage")
void debug_print_storage(const void *key);

// Prints a slot of the storage in hexadecimal.
EEI("debug", "printStorageHex")
void debug_print_storage_hex(const void *key);

// Marks the function that runs when the contract is called.
#define CONTRACT_MAIN __attribute__((export_name("main"), used))

#endif
