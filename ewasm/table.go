package ewasm

import (
	"slices"

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
)

// The results that functions have.
var (
	word = []wasm.ValueType{wasm.I32}
	long = []wasm.ValueType{wasm.I64}
)

// functions is the whole interface, in the order of its document.
var functions = slices.Concat(
	module("ethereum", gas.ByzantineEdition, []Function{
		{
			Name: "useGas", Operands: list(number("amount", wasm.I64)), Price: gas.UseGas, Traps: traps(ErrNegative), do: useGas,
			Says: "Takes gas away, as if it had been used.",
		},
		{
			Name: "getGasLeft", Results: long, Price: gas.GetGasLeft, do: getGasLeft,
			Says: "Answers the gas left, after the price of asking.",
		},
		{
			Name: "getAddress", Operands: list(addressOut), Price: gas.GetAddress, do: getAddress,
			Says: "Writes the address of the account that runs.",
		},
		{
			Name: "getExternalBalance", Operands: list(addressAt, amountOut), Price: gas.GetExternalBalance, Traps: traps(ErrWide), do: getExternalBalance,
			Says: "Writes the balance of an account, 0 where there is none.",
		},
		{
			Name: "getBlockHash", Operands: list(number("number", wasm.I64), hashOut), Results: word, Price: gas.GetBlockHash, do: getBlockHash,
			Says: "Answers 0 and writes the hash of one of the last 256 blocks, or answers 1 and writes nothing.",
		},
		{
			Name: "call", Operands: list(askedGas, addressAt, valueAt, data, length), Results: word, Price: gas.Call, Calls: true, Traps: traps(ErrNegative, ErrStatic), do: call,
			Says: "Runs the code of an account on its own storage, with value.",
		},
		{
			Name: "callDataCopy", Operands: list(copied, offset, length), Price: gas.CallDataCopy, Traps: traps(ErrSource), do: callDataCopy,
			Says: "Copies from the calldata.",
		},
		{
			Name: "getCallDataSize", Results: word, Price: gas.GetCallDataSize, do: getCallDataSize,
			Says: "Answers the size of the calldata in bytes.",
		},
		{
			Name: "callCode", Operands: list(askedGas, addressAt, valueAt, data, length), Results: word, Price: gas.CallCode, Calls: true, Traps: traps(ErrNegative), do: callCode,
			Says: "Runs the code of an account on the storage of the caller, with a value that does not move.",
		},
		{
			Name: "callDelegate", Operands: list(askedGas, addressAt, data, length), Results: word, Price: gas.CallDelegate, Calls: true, Traps: traps(ErrNegative), do: callDelegate,
			Says: "Runs the code of an account in place of the caller's own: same storage, same caller, same value.",
		},
		{
			Name: "callStatic", Operands: list(askedGas, addressAt, data, length), Results: word, Price: gas.CallStatic, Calls: true, Traps: traps(ErrNegative), do: callStatic,
			Says: "Runs the code of an account so that neither it nor what it calls can change the state.",
		},
		{
			Name: "storageStore", Operands: list(keyAt, reads("value", 32)), Price: gas.StorageStore, Writes: true, Traps: traps(ErrSentry), do: storageStore,
			Says: "Writes a slot of the storage.",
		},
		{
			Name: "storageLoad", Operands: list(keyAt, hashOut), Price: gas.StorageLoad, do: storageLoad,
			Says: "Reads a slot of the storage, zeros where nothing was written.",
		},
		{
			Name: "getCaller", Operands: list(addressOut), Price: gas.GetCaller, do: getCaller,
			Says: "Writes the address of the account that called.",
		},
		{
			Name: "getCallValue", Operands: list(amountOut), Price: gas.GetCallValue, Traps: traps(ErrWide), do: getCallValue,
			Says: "Writes the value that came with the call.",
		},
		{
			Name: "codeCopy", Operands: list(copied, offset, length), Price: gas.CodeCopy, Traps: traps(ErrSource), do: codeCopy,
			Says: "Copies from the code that runs: the bytes as deployed or, in a constructor, the creation data.",
		},
		{
			Name: "getCodeSize", Results: word, Price: gas.GetCodeSize, do: getCodeSize,
			Says: "Answers the size of the code that runs in bytes.",
		},
		{
			Name: "getBlockCoinbase", Operands: list(addressOut), Price: gas.GetBlockCoinbase, do: getBlockCoinbase,
			Says: "Writes the address that the block's fees go to.",
		},
		{
			Name: "create", Operands: list(valueAt, data, length, addressOut), Results: word, Price: gas.Create, Calls: true, Writes: true, Traps: traps(ErrInitcode), do: create,
			Says: "Makes a contract: runs the data as a constructor, whose output becomes the code of the new account.",
		},
		{
			Name: "getBlockDifficulty", Operands: list(hashOut), Price: gas.GetBlockDifficulty, do: getBlockDifficulty,
			Says: "Writes the difficulty, after the merge prevrandao, as a u256: 32 bytes, little-endian.",
		},
		{
			Name: "externalCodeCopy", Operands: list(addressAt, copied, offset, length), Price: gas.ExternalCodeCopy, Traps: traps(ErrSource), do: externalCodeCopy,
			Says: "Copies from the code of an account.",
		},
		{
			Name: "getExternalCodeSize", Operands: list(addressAt), Results: word, Price: gas.GetExternalCodeSize, do: getExternalCodeSize,
			Says: "Answers the size of an account's code in bytes, 0 where there is none.",
		},
		{
			Name: "getBlockGasLimit", Results: long, Price: gas.GetBlockGasLimit, do: getBlockGasLimit,
			Says: "Answers the gas limit of the block.",
		},
		{
			Name: "getTxGasPrice", Operands: list(amountOut), Price: gas.GetTxGasPrice, Traps: traps(ErrWide), do: getTxGasPrice,
			Says: "Writes what the transaction pays for a gas.",
		},
		{
			Name: "log", Operands: list(data, length, number("topics", wasm.I32), topicAt(1), topicAt(2), topicAt(3), topicAt(4)), Price: gas.Log, Writes: true, Traps: traps(ErrTopics), do: logEvent,
			Says: "Logs data under up to four topics. Only as many topics are read as there are.",
		},
		{
			Name: "getBlockNumber", Results: long, Price: gas.GetBlockNumber, do: getBlockNumber,
			Says: "Answers the number of the block.",
		},
		{
			Name: "getTxOrigin", Operands: list(addressOut), Price: gas.GetTxOrigin, do: getTxOrigin,
			Says: "Writes the address of the transaction's sender.",
		},
		{
			Name: "finish", Operands: list(data, length), Price: gas.Finish, do: finish,
			Says: "Ends the frame with success and an output; does not return.",
		},
		{
			Name: "revert", Operands: list(data, length), Price: gas.Revert, do: revert,
			Says: "Ends the frame, undoes all it did and gives its gas back, with an output; does not return.",
		},
		{
			Name: "getReturnDataSize", Results: word, Price: gas.GetReturnDataSize, do: getReturnDataSize,
			Says: "Answers the size of what the last call returned in bytes.",
		},
		{
			Name: "returnDataCopy", Operands: list(copied, offset, length), Price: gas.ReturnDataCopy, Traps: traps(ErrSource), do: returnDataCopy,
			Says: "Copies from what the last call returned.",
		},
		{
			Name: "selfDestruct", Operands: list(addressAt), Price: gas.SelfDestruct, Writes: true, do: selfDestruct,
			Says: "Gives the whole balance to an account and ends the frame with success; does not return.",
		},
		{
			Name: "getBlockTimestamp", Results: long, Price: gas.GetBlockTimestamp, do: getBlockTimestamp,
			Says: "Answers the time of the block in seconds since 1970.",
		},
	}),
	module("ethereum", gas.OsakaEdition, []Function{
		{
			Name: "create2", Operands: list(valueAt, data, length, reads("salt", 32), addressOut), Results: word, Price: gas.Create2, Calls: true, Writes: true, Traps: traps(ErrInitcode), do: create2,
			Says: "Makes a contract as create does, at an address that follows from creator, salt and data alone.",
		},
		{
			Name: "getExternalCodeHash", Operands: list(addressAt, hashOut), Price: gas.GetExternalCodeHash, do: getExternalCodeHash,
			Says: "Writes the keccak256 of an account's code, zeros where the account is dead.",
		},
		{
			Name: "getChainId", Results: long, Price: gas.GetChainID, do: getChainID,
			Says: "Answers the id of the chain.",
		},
		{
			Name: "getSelfBalance", Operands: list(amountOut), Price: gas.GetSelfBalance, Traps: traps(ErrWide), do: getSelfBalance,
			Says: "Writes the balance of the account that runs.",
		},
		{
			Name: "getBaseFee", Operands: list(amountOut), Price: gas.GetBaseFee, Traps: traps(ErrWide), do: getBaseFee,
			Says: "Writes the base fee of the block, in wei a gas.",
		},
		{
			Name: "getPrevRandao", Operands: list(hashOut), Price: gas.GetPrevRandao, do: getPrevRandao,
			Says: "Writes prevrandao as the 32 raw bytes of the header.",
		},
		{
			Name: "getBlobHash", Operands: list(number("index", wasm.I32), hashOut), Results: word, Price: gas.GetBlobHash, do: getBlobHash,
			Says: "Answers 0 and writes the versioned hash of one of the transaction's blobs, or answers 1 and writes nothing.",
		},
		{
			Name: "getBlobBaseFee", Operands: list(amountOut), Price: gas.GetBlobBaseFee, Traps: traps(ErrWide), do: getBlobBaseFee,
			Says: "Writes the base fee for blobs, in wei a blob gas.",
		},
		{
			Name: "transientLoad", Operands: list(keyAt, hashOut), Price: gas.TransientLoad, do: transientLoad,
			Says: "Reads a slot of the transient storage, zeros where this transaction has written nothing.",
		},
		{
			Name: "transientStore", Operands: list(keyAt, reads("value", 32)), Price: gas.TransientStore, Writes: true, do: transientStore,
			Says: "Writes a slot of the transient storage, which is empty again after the transaction.",
		},
		{
			Name: "keccak256", Operands: list(data, length, hashOut), Price: gas.Keccak256, do: keccak256,
			Says: "Writes the keccak256 of the data.",
		},
	}),
	module("bignum", gas.OsakaEdition, []Function{
		{
			Name: "add", Operands: list(aAt, bAt, hashOut), Price: gas.BignumAdd, do: bignumAdd,
			Says: "Writes a + b, modulo 2^256.",
		},
		{
			Name: "sub", Operands: list(aAt, bAt, hashOut), Price: gas.BignumSub, do: bignumSub,
			Says: "Writes a - b, modulo 2^256.",
		},
		{
			Name: "mul", Operands: list(aAt, bAt, hashOut), Price: gas.BignumMul, do: bignumMul,
			Says: "Writes a * b, modulo 2^256.",
		},
		{
			Name: "div", Operands: list(aAt, bAt, hashOut), Price: gas.BignumDiv, do: bignumDiv,
			Says: "Writes a / b, rounded down; 0 where b is 0.",
		},
		{
			Name: "mod", Operands: list(aAt, bAt, hashOut), Price: gas.BignumMod, do: bignumMod,
			Says: "Writes a mod b; 0 where b is 0.",
		},
		{
			Name: "addmod", Operands: list(aAt, bAt, mAt, hashOut), Price: gas.BignumAddMod, do: bignumAddMod,
			Says: "Writes (a + b) mod m without overflow; 0 where m is 0.",
		},
		{
			Name: "mulmod", Operands: list(aAt, bAt, mAt, hashOut), Price: gas.BignumMulMod, do: bignumMulMod,
			Says: "Writes (a * b) mod m without overflow; 0 where m is 0.",
		},
		{
			Name: "exp", Operands: list(aAt, bAt, hashOut), Price: gas.BignumExp, do: bignumExp,
			Says: "Writes a to the power of b, modulo 2^256.",
		},
	}),
	module("debug", gas.ByzantineEdition, []Function{
		{
			Name: "print32", Operands: list(number("value", wasm.I32)), Price: gas.Debug, do: print32,
			Says: "Prints a signed number.",
		},
		{
			Name: "print64", Operands: list(number("value", wasm.I64)), Price: gas.Debug, do: print64,
			Says: "Prints a signed number.",
		},
		{
			Name: "printMem", Operands: list(data, length), Price: gas.Debug, do: printMem,
			Says: "Prints memory as text, at most 1,024 bytes.",
		},
		{
			Name: "printMemHex", Operands: list(data, length), Price: gas.Debug, do: printMemHex,
			Says: "Prints memory in hexadecimal, at most 1,024 bytes.",
		},
		{
			Name: "printStorage", Operands: list(keyAt), Price: gas.Debug, do: printStorage,
			Says: "Prints a slot of the storage as text.",
		},
		{
			Name: "printStorageHex", Operands: list(keyAt), Price: gas.Debug, do: printStorageHex,
			Says: "Prints a slot of the storage in hexadecimal.",
		},
	}),
)

// byName finds a row; it is made once from the table.
var byName = func() map[[2]string]*Function {
	index := make(map[[2]string]*Function, len(functions))
	for i := range functions {
		index[[2]string{functions[i].Module, functions[i].Name}] = &functions[i]
	}
	return index
}()

// Functions returns the rows of the interface in the order of its document. The slice is the caller's.
func Functions() []*Function {
	rows := make([]*Function, len(functions))
	for i := range functions {
		rows[i] = &functions[i]
	}
	return rows
}

// Lookup returns the row of a host function, nil if there is none. Whether a schedule sells it is SoldBy's to say.
func Lookup(module, name string) *Function { return byName[[2]string{module, name}] }
