package ewasm

import (
	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/gas"
	"hestia/internal/wasm"
)

// The operands that several functions have.
var (
	askedGas   = number("gas", wasm.I64)
	length     = number("length", wasm.I32)
	offset     = number("offset", wasm.I32)
	data       = Operand{Name: "data", Type: wasm.I32, Use: Reads, Length: "length"}
	copied     = Operand{Name: "result", Type: wasm.I32, Use: Writes, Length: "length"}
	addressAt  = reads("address", 20)
	valueAt    = reads("value", 16)
	keyAt      = reads("key", 32)
	aAt        = reads("a", 32)
	bAt        = reads("b", 32)
	mAt        = reads("m", 32)
	addressOut = writes(20)
	amountOut  = writes(16)
	hashOut    = writes(32)
	littleOut  = Operand{Name: "result", Type: wasm.I32, Use: Writes, Width: 32, Little: true}
)

// The results that functions have.
var (
	word = []wasm.ValueType{wasm.I32}
	long = []wasm.ValueType{wasm.I64}
)

// functions is the whole interface by number, which is the order of its document. What a consumer (an engine, the
// mirror, a tracer, a binding) must know of a function is in its row; what a consumer adds is an array by the same
// number.
var functions = table(
	module("ethereum", gas.ByzantineEdition, rows{
		gas.UseGas: {
			Name: "useGas", Operands: list(number("amount", wasm.I64)),
			Traps: traps(ErrNegative), do: useGas,
			Says: "Takes gas away, as if it had been used.",
		},
		gas.GetGasLeft: {
			Name: "getGasLeft", Results: long,
			Instruction: gethvm.GAS, do: getGasLeft,
			Says: "Answers the gas left, after the price of asking.",
		},
		gas.GetAddress: {
			Name: "getAddress", Operands: list(addressOut),
			Instruction: gethvm.ADDRESS, Constant: Constant{Bytes: getAddress},
			Says: "Writes the address of the account that runs.",
		},
		gas.GetExternalBalance: {
			Name: "getExternalBalance", Operands: list(addressAt, amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.BALANCE, do: getExternalBalance,
			Says: "Writes the balance of an account, 0 if there is none.",
		},
		gas.GetBlockHash: {
			Name: "getBlockHash", Operands: list(number("number", wasm.I64), hashOut), Results: word,
			Instruction: gethvm.BLOCKHASH, do: getBlockHash,
			Says: "Answers 0 and writes the hash of one of the last 256 blocks, or answers 1 and writes nothing.",
		},
		gas.Call: {
			Name: "call", Operands: list(askedGas, addressAt, valueAt, data, length), Results: word,
			Calls: true, Traps: traps(ErrNegative, ErrStatic, ErrWideBalance),
			Instruction: gethvm.CALL, Unused: 2, do: call,
			Says: "Runs the code of an account on its own storage, with value.",
		},
		gas.CallDataCopy: {
			Name: "callDataCopy", Operands: list(copied, offset, length),
			Traps: traps(ErrSource), Instruction: gethvm.CALLDATACOPY, do: callDataCopy,
			Says: "Copies from the calldata.",
		},
		gas.GetCallDataSize: {
			Name: "getCallDataSize", Results: word,
			Instruction: gethvm.CALLDATASIZE, Constant: Constant{Number: getCallDataSize},
			Says: "Answers the size of the calldata in bytes.",
		},
		gas.CallCode: {
			Name: "callCode", Operands: list(askedGas, addressAt, valueAt, data, length), Results: word,
			Calls: true, Traps: traps(ErrNegative, ErrWideBalance), Instruction: gethvm.CALLCODE, Unused: 2,
			do:   callCode,
			Says: "Runs the code of an account on the storage of the caller, with a value that does not move.",
		},
		gas.CallDelegate: {
			Name: "callDelegate", Operands: list(askedGas, addressAt, data, length), Results: word,
			Calls: true, Traps: traps(ErrNegative), Instruction: gethvm.DELEGATECALL, Unused: 2, do: callDelegate,
			Says: "Runs the code of an account in place of the caller's own: same storage, same caller, same value.",
		},
		gas.CallStatic: {
			Name: "callStatic", Operands: list(askedGas, addressAt, data, length), Results: word,
			Calls: true, Traps: traps(ErrNegative), Instruction: gethvm.STATICCALL, Unused: 2, do: callStatic,
			Says: "Runs the code of an account so that neither it nor what it calls can change the state.",
		},
		gas.StorageStore: {
			Name: "storageStore", Operands: list(keyAt, reads("value", 32)),
			Writes: true, Traps: traps(ErrSentry), Instruction: gethvm.SSTORE, do: storageStore,
			Says: "Writes a slot of the storage.",
		},
		gas.StorageLoad: {
			Name: "storageLoad", Operands: list(keyAt, hashOut),
			Instruction: gethvm.SLOAD, do: storageLoad,
			Says: "Reads a slot of the storage, zeros if nothing was written.",
		},
		gas.GetCaller: {
			Name: "getCaller", Operands: list(addressOut),
			Instruction: gethvm.CALLER, Constant: Constant{Bytes: getCaller},
			Says: "Writes the address of the account that called.",
		},
		gas.GetCallValue: {
			Name: "getCallValue", Operands: list(amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.CALLVALUE, Constant: Constant{Amount: getCallValue},
			Says: "Writes the value that came with the call.",
		},
		gas.CodeCopy: {
			Name: "codeCopy", Operands: list(copied, offset, length),
			Traps: traps(ErrSource), Instruction: gethvm.CODECOPY, do: codeCopy,
			Says: "Copies from the code that runs: the bytes as deployed or, in a constructor, the creation data.",
		},
		gas.GetCodeSize: {
			Name: "getCodeSize", Results: word,
			Instruction: gethvm.CODESIZE, Constant: Constant{Number: getCodeSize},
			Says: "Answers the size of the code that runs in bytes.",
		},
		gas.GetBlockCoinbase: {
			Name: "getBlockCoinbase", Operands: list(addressOut),
			Instruction: gethvm.COINBASE, Constant: Constant{Bytes: getBlockCoinbase},
			Says: "Writes the address that the block's fees go to.",
		},
		gas.Create: {
			Name: "create", Operands: list(valueAt, data, length, addressOut), Results: word,
			Writes: true, Calls: true, Traps: traps(ErrInitcode, ErrWideBalance), Instruction: gethvm.CREATE,
			do:   create,
			Says: "Makes a contract: runs the data as a constructor, whose output becomes the code of the new account.",
		},
		gas.GetBlockDifficulty: {
			Name: "getBlockDifficulty", Operands: list(littleOut),
			Instruction: gethvm.DIFFICULTY, Constant: Constant{Bytes: getBlockDifficulty},
			Says: "Writes the difficulty, after the merge prevrandao, as a u256: 32 bytes, little-endian.",
		},
		gas.ExternalCodeCopy: {
			Name: "externalCodeCopy", Operands: list(addressAt, copied, offset, length),
			Traps: traps(ErrSource), Instruction: gethvm.EXTCODECOPY, do: externalCodeCopy,
			Says: "Copies from the code of an account.",
		},
		gas.GetExternalCodeSize: {
			Name: "getExternalCodeSize", Operands: list(addressAt), Results: word,
			Instruction: gethvm.EXTCODESIZE, do: getExternalCodeSize,
			Says: "Answers the size of an account's code in bytes, 0 if there is none.",
		},
		gas.GetBlockGasLimit: {
			Name: "getBlockGasLimit", Results: long,
			Instruction: gethvm.GASLIMIT, Constant: Constant{Number: getBlockGasLimit},
			Says: "Answers the gas limit of the block.",
		},
		gas.GetTxGasPrice: {
			Name: "getTxGasPrice", Operands: list(amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.GASPRICE, Constant: Constant{Amount: getTxGasPrice},
			Says: "Writes what the transaction pays for a gas.",
		},
		gas.Log: {
			Name:     "log",
			Operands: list(data, length, number("topics", wasm.I32), topicAt(1), topicAt(2), topicAt(3), topicAt(4)),
			Writes:   true, Traps: traps(ErrTopics), Instruction: gethvm.LOG0, do: logEvent,
			Says: "Logs data under up to four topics. Only as many topics are read as there are.",
		},
		gas.GetBlockNumber: {
			Name: "getBlockNumber", Results: long,
			Instruction: gethvm.NUMBER, Constant: Constant{Number: getBlockNumber},
			Says: "Answers the number of the block.",
		},
		gas.GetTxOrigin: {
			Name: "getTxOrigin", Operands: list(addressOut),
			Instruction: gethvm.ORIGIN, Constant: Constant{Bytes: getTxOrigin},
			Says: "Writes the address of the transaction's sender.",
		},
		gas.Finish: {
			Name: "finish", Operands: list(data, length),
			Ends: Finishes, Instruction: gethvm.RETURN, do: finish,
			Says: "Ends the frame with success and an output; does not return.",
		},
		gas.Revert: {
			Name: "revert", Operands: list(data, length),
			Ends: Reverts, Instruction: gethvm.REVERT, do: revert,
			Says: "Ends the frame, undoes all it did and gives its gas back, with an output; does not return.",
		},
		gas.GetReturnDataSize: {
			Name: "getReturnDataSize", Results: word,
			Instruction: gethvm.RETURNDATASIZE, do: getReturnDataSize,
			Says: "Answers the size of what the last call returned in bytes.",
		},
		gas.ReturnDataCopy: {
			Name: "returnDataCopy", Operands: list(copied, offset, length),
			Traps: traps(ErrSource), Instruction: gethvm.RETURNDATACOPY, do: returnDataCopy,
			Says: "Copies from what the last call returned.",
		},
		gas.SelfDestruct: {
			Name: "selfDestruct", Operands: list(addressAt),
			Writes: true, Ends: Finishes, Instruction: gethvm.SELFDESTRUCT, do: selfDestruct,
			Says: "Gives the whole balance to an account and ends the frame with success; does not return.",
		},
		gas.GetBlockTimestamp: {
			Name: "getBlockTimestamp", Results: long,
			Instruction: gethvm.TIMESTAMP, Constant: Constant{Number: getBlockTimestamp},
			Says: "Answers the time of the block in seconds since 1970.",
		},
	}),
	module("ethereum", gas.OsakaEdition, rows{
		gas.Create2: {
			Name: "create2", Operands: list(valueAt, data, length, reads("salt", 32), addressOut), Results: word,
			Writes: true, Calls: true, Traps: traps(ErrInitcode), Instruction: gethvm.CREATE2, do: create2,
			Says: "Makes a contract as create does, at an address that follows from creator, salt and data alone.",
		},
		gas.GetExternalCodeHash: {
			Name: "getExternalCodeHash", Operands: list(addressAt, hashOut),
			Instruction: gethvm.EXTCODEHASH, do: getExternalCodeHash,
			Says: "Writes the keccak256 of an account's code, zeros if the account is dead.",
		},
		gas.GetChainID: {
			Name: "getChainId", Results: long,
			Instruction: gethvm.CHAINID, Constant: Constant{Number: getChainID},
			Says: "Answers the id of the chain.",
		},
		gas.GetSelfBalance: {
			Name: "getSelfBalance", Operands: list(amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.SELFBALANCE, do: getSelfBalance,
			Says: "Writes the balance of the account that runs.",
		},
		gas.GetBaseFee: {
			Name: "getBaseFee", Operands: list(amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.BASEFEE, Constant: Constant{Amount: getBaseFee},
			Says: "Writes the base fee of the block, in wei a gas.",
		},
		gas.GetPrevRandao: {
			Name: "getPrevRandao", Operands: list(hashOut),
			Instruction: gethvm.DIFFICULTY, Constant: Constant{Bytes: getPrevRandao},
			Says: "Writes prevrandao as the 32 raw bytes of the header.",
		},
		gas.GetBlobHash: {
			Name: "getBlobHash", Operands: list(number("index", wasm.I32), hashOut), Results: word,
			Instruction: gethvm.BLOBHASH, do: getBlobHash,
			Says: "Answers 0 and writes the versioned hash of one of the blobs, or answers 1 and writes nothing.",
		},
		gas.GetBlobBaseFee: {
			Name: "getBlobBaseFee", Operands: list(amountOut),
			Traps: traps(ErrWide), Instruction: gethvm.BLOBBASEFEE, Constant: Constant{Amount: getBlobBaseFee},
			Says: "Writes the base fee for blobs, in wei a blob gas.",
		},
		gas.TransientLoad: {
			Name: "transientLoad", Operands: list(keyAt, hashOut),
			Instruction: gethvm.TLOAD, do: transientLoad,
			Says: "Reads a slot of the transient storage, zeros if this transaction has written nothing.",
		},
		gas.TransientStore: {
			Name: "transientStore", Operands: list(keyAt, reads("value", 32)),
			Writes: true, Instruction: gethvm.TSTORE, do: transientStore,
			Says: "Writes a slot of the transient storage, which is empty again after the transaction.",
		},
		gas.Keccak256: {
			Name: "keccak256", Operands: list(data, length, hashOut),
			Computes: true, Instruction: gethvm.KECCAK256, do: keccak256,
			Says: "Writes the keccak256 of the data.",
		},
	}),
	module("bignum", gas.OsakaEdition, rows{
		gas.BignumAdd: {
			Name: "add", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumAdd,
			Says: "Writes a + b, modulo 2^256.",
		},
		gas.BignumSub: {
			Name: "sub", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumSub,
			Says: "Writes a - b, modulo 2^256.",
		},
		gas.BignumMul: {
			Name: "mul", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumMul,
			Says: "Writes a * b, modulo 2^256.",
		},
		gas.BignumDiv: {
			Name: "div", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumDiv,
			Says: "Writes a / b, rounded down; 0 if b is 0.",
		},
		gas.BignumMod: {
			Name: "mod", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumMod,
			Says: "Writes a mod b; 0 if b is 0.",
		},
		gas.BignumAddMod: {
			Name: "addmod", Operands: list(aAt, bAt, mAt, hashOut),
			Computes: true, do: bignumAddMod,
			Says: "Writes (a + b) mod m without overflow; 0 if m is 0.",
		},
		gas.BignumMulMod: {
			Name: "mulmod", Operands: list(aAt, bAt, mAt, hashOut),
			Computes: true, do: bignumMulMod,
			Says: "Writes (a * b) mod m without overflow; 0 if m is 0.",
		},
		gas.BignumExp: {
			Name: "exp", Operands: list(aAt, bAt, hashOut),
			Computes: true, do: bignumExp,
			Says: "Writes a to the power of b, modulo 2^256.",
		},
	}),
	module("debug", gas.ByzantineEdition, rows{
		gas.DebugPrint32: {
			Name: "print32", Operands: list(number("value", wasm.I32)), do: print32,
			Says: "Prints a signed number.",
		},
		gas.DebugPrint64: {
			Name: "print64", Operands: list(number("value", wasm.I64)), do: print64,
			Says: "Prints a signed number.",
		},
		gas.DebugPrintMem: {
			Name: "printMem", Operands: list(data, length), do: printMem,
			Says: "Prints memory as text, at most 1,024 bytes.",
		},
		gas.DebugPrintMemHex: {
			Name: "printMemHex", Operands: list(data, length), do: printMemHex,
			Says: "Prints memory in hexadecimal, at most 1,024 bytes.",
		},
		gas.DebugPrintStorage: {
			Name: "printStorage", Operands: list(keyAt), do: printStorage,
			Says: "Prints a slot of the storage as text.",
		},
		gas.DebugPrintStorageHex: {
			Name: "printStorageHex", Operands: list(keyAt), do: printStorageHex,
			Says: "Prints a slot of the storage in hexadecimal.",
		},
	}),
	module(WASI, gas.ProgramEdition, programs),
)

// byName finds a row; it is made once from the table.
var byName = func() map[[2]string]*Function {
	index := make(map[[2]string]*Function, len(functions))
	for i := range functions {
		index[[2]string{functions[i].Module, functions[i].Name}] = &functions[i]
	}
	return index
}()

// Functions returns the rows of the interface: each stands at its Number. The slice is the caller's.
func Functions() []*Function {
	rows := make([]*Function, len(functions))
	for i := range functions {
		rows[i] = &functions[i]
	}
	return rows
}

// Lookup returns the row of a host function, or nil if there is none. SoldBy reports whether a schedule sells it.
func Lookup(module, name string) *Function { return byName[[2]string{module, name}] }
