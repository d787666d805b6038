// The Ethereum Environment Interface: every function of the original Ewasm
// specification, with its types and names, and what the samples need besides.
//
// Data crosses by pointer into the contract's memory, in these shapes:
//   address   20 bytes, as printed
//   bytes32   32 bytes, as printed: storage keys and values, hashes, topics
//   u128      16 bytes, LITTLE-endian: amounts of wei
//   u256      32 bytes, LITTLE-endian: the difficulty only
// A pointer and length that leave memory trap, and a trap burns all gas.
#ifndef EEI_H
#define EEI_H

#include <stdint.h>

#define EEI(name) __attribute__((import_module("ethereum"), import_name(#name)))

// What a call or a create answers.
enum { EEI_OK = 0, EEI_FAILED = 1, EEI_REVERTED = 2 };

// Gas.

// Charges amount gas; a negative amount traps.
EEI(useGas) void eei_use_gas(int64_t amount);
// The gas left after the price of this call.
EEI(getGasLeft) int64_t eei_gas_left(void);

// Who is calling whom.

// The address of the running contract: address.
EEI(getAddress) void eei_address(void *result);
// The direct caller: address.
EEI(getCaller) void eei_caller(void *result);
// The signer of the transaction: address.
EEI(getTxOrigin) void eei_tx_origin(void *result);
// The wei sent with this call: u128.
EEI(getCallValue) void eei_call_value(void *result);
// The price of gas in this transaction: u128.
EEI(getTxGasPrice) void eei_tx_gas_price(void *result);
// The balance of the account at address: u128; more than fits traps.
EEI(getExternalBalance) void eei_external_balance(const void *address, void *result);

// The block being built.

// The hash of one of the last 256 blocks: bytes32. Answers 0, or 1 and writes
// nothing when number is not one of them.
EEI(getBlockHash) int32_t eei_block_hash(int64_t number, void *result);
// The account that receives the fees: address.
EEI(getBlockCoinbase) void eei_block_coinbase(void *result);
// The difficulty: u256, or the previous randao value after the merge.
EEI(getBlockDifficulty) void eei_block_difficulty(void *result);
// The gas that a block may use.
EEI(getBlockGasLimit) int64_t eei_block_gas_limit(void);
// The number of the block.
EEI(getBlockNumber) int64_t eei_block_number(void);
// Its time in seconds since 1970.
EEI(getBlockTimestamp) int64_t eei_block_timestamp(void);

// Input, code and what the last call returned. Copying past the end of the
// source traps, where the EVM would fill with zeros.

// The length of the calldata in bytes.
EEI(getCallDataSize) uint32_t eei_calldata_size(void);
// Copies length bytes of the calldata from offset.
EEI(callDataCopy) void eei_calldata_copy(void *result, uint32_t offset, uint32_t length);
// The length of the running code in bytes, as deployed.
EEI(getCodeSize) uint32_t eei_code_size(void);
// Copies length bytes of the running code from offset.
EEI(codeCopy) void eei_code_copy(void *result, uint32_t offset, uint32_t length);
// The length of another account's code in bytes.
EEI(getExternalCodeSize) uint32_t eei_external_code_size(const void *address);
// Copies length bytes of another account's code from offset.
EEI(externalCodeCopy)
void eei_external_code_copy(const void *address, void *result, uint32_t offset, uint32_t length);
// The length of what the last call returned, in bytes.
EEI(getReturnDataSize) uint32_t eei_return_data_size(void);
// Copies length bytes of what the last call returned from offset.
EEI(returnDataCopy) void eei_return_data_copy(void *result, uint32_t offset, uint32_t length);

// Storage: 32 bytes under each 32-byte key, all zero until written.

// Writes value under key.
EEI(storageStore) void eei_storage_store(const void *key, const void *value);
// Reads the value under key.
EEI(storageLoad) void eei_storage_load(const void *key, void *result);

// Emits a log of length bytes at data with the first `topics` of t1..t4.
EEI(log)
void eei_log(const void *data, uint32_t length, uint32_t topics, const void *t1, const void *t2, const void *t3,
             const void *t4);

// Other contracts. Each answers EEI_OK, EEI_FAILED or EEI_REVERTED. At least 1/64
// of the gas stays with the caller, however much is asked for. value is a u128.

// Calls address with value and data.
EEI(call)
int32_t eei_call(int64_t gas, const void *address, const void *value, const void *data, uint32_t length);
// Runs the code at address on our own storage, as if we called ourselves.
EEI(callCode)
int32_t eei_call_code(int64_t gas, const void *address, const void *value, const void *data, uint32_t length);
// Runs the code at address as ourselves: our storage, caller and value.
EEI(callDelegate)
int32_t eei_call_delegate(int64_t gas, const void *address, const void *data, uint32_t length);
// Calls address and lets nothing below it change state.
EEI(callStatic)
int32_t eei_call_static(int64_t gas, const void *address, const void *data, uint32_t length);
// Creates a contract from the creation module at data; its address is written
// to result only when this answers EEI_OK.
EEI(create)
int32_t eei_create(const void *value, const void *data, uint32_t length, void *result);

// The ends of a call. None of them returns.

// Ends with success and hands back length bytes at data.
EEI(finish) _Noreturn void eei_finish(const void *data, uint32_t length);
// Undoes every change of this call and hands back length bytes at data.
EEI(revert) _Noreturn void eei_revert(const void *data, uint32_t length);
// Ends with success and leaves the balance to the account at address.
EEI(selfDestruct) _Noreturn void eei_self_destruct(const void *address);

// What Hestia's default schedule sells besides: no part of the original
// specification.

// The Keccak-256 of length bytes at data: bytes32.
EEI(keccak256) void eei_keccak256(const void *data, uint32_t length, void *result);

// Marks the function that runs when the contract is called.
#define CONTRACT_MAIN __attribute__((export_name("main"), used))

#endif
