package ewasm

import (
	"hestia/gas"
	"hestia/internal/wasm"
)

// The signatures of the interface, by shape.
var (
	none      = []wasm.ValueType(nil)
	ptr1      = []wasm.ValueType{wasm.I32}
	ptr2      = []wasm.ValueType{wasm.I32, wasm.I32}
	ptr3      = []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32}
	ptr4      = []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32, wasm.I32}
	ptr7      = []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32}
	long      = []wasm.ValueType{wasm.I64}
	longPtr   = []wasm.ValueType{wasm.I64, wasm.I32}
	valueCall = []wasm.ValueType{wasm.I64, wasm.I32, wasm.I32, wasm.I32, wasm.I32}
	plainCall = []wasm.ValueType{wasm.I64, wasm.I32, wasm.I32, wasm.I32}
	word      = []wasm.ValueType{wasm.I32}
)

// functions is the whole interface, in the order of its document.
var functions = [...]Function{
	{"ethereum", "useGas", long, none, gas.UseGas, false, useGas},
	{"ethereum", "getGasLeft", none, long, gas.GetGasLeft, false, getGasLeft},
	{"ethereum", "getAddress", ptr1, none, gas.GetAddress, false, getAddress},
	{"ethereum", "getExternalBalance", ptr2, none, gas.GetExternalBalance, false, getExternalBalance},
	{"ethereum", "getBlockHash", longPtr, word, gas.GetBlockHash, false, getBlockHash},
	{"ethereum", "call", valueCall, word, gas.Call, false, call},
	{"ethereum", "callDataCopy", ptr3, none, gas.CallDataCopy, false, callDataCopy},
	{"ethereum", "getCallDataSize", none, word, gas.GetCallDataSize, false, getCallDataSize},
	{"ethereum", "callCode", valueCall, word, gas.CallCode, false, callCode},
	{"ethereum", "callDelegate", plainCall, word, gas.CallDelegate, false, callDelegate},
	{"ethereum", "callStatic", plainCall, word, gas.CallStatic, false, callStatic},
	{"ethereum", "storageStore", ptr2, none, gas.StorageStore, true, storageStore},
	{"ethereum", "storageLoad", ptr2, none, gas.StorageLoad, false, storageLoad},
	{"ethereum", "getCaller", ptr1, none, gas.GetCaller, false, getCaller},
	{"ethereum", "getCallValue", ptr1, none, gas.GetCallValue, false, getCallValue},
	{"ethereum", "codeCopy", ptr3, none, gas.CodeCopy, false, codeCopy},
	{"ethereum", "getCodeSize", none, word, gas.GetCodeSize, false, getCodeSize},
	{"ethereum", "getBlockCoinbase", ptr1, none, gas.GetBlockCoinbase, false, getBlockCoinbase},
	{"ethereum", "create", ptr4, word, gas.Create, true, create},
	{"ethereum", "getBlockDifficulty", ptr1, none, gas.GetBlockDifficulty, false, getBlockDifficulty},
	{"ethereum", "externalCodeCopy", ptr4, none, gas.ExternalCodeCopy, false, externalCodeCopy},
	{"ethereum", "getExternalCodeSize", ptr1, word, gas.GetExternalCodeSize, false, getExternalCodeSize},
	{"ethereum", "getBlockGasLimit", none, long, gas.GetBlockGasLimit, false, getBlockGasLimit},
	{"ethereum", "getTxGasPrice", ptr1, none, gas.GetTxGasPrice, false, getTxGasPrice},
	{"ethereum", "log", ptr7, none, gas.Log, true, logEvent},
	{"ethereum", "getBlockNumber", none, long, gas.GetBlockNumber, false, getBlockNumber},
	{"ethereum", "getTxOrigin", ptr1, none, gas.GetTxOrigin, false, getTxOrigin},
	{"ethereum", "finish", ptr2, none, gas.Finish, false, finish},
	{"ethereum", "revert", ptr2, none, gas.Revert, false, revert},
	{"ethereum", "getReturnDataSize", none, word, gas.GetReturnDataSize, false, getReturnDataSize},
	{"ethereum", "returnDataCopy", ptr3, none, gas.ReturnDataCopy, false, returnDataCopy},
	{"ethereum", "selfDestruct", ptr1, none, gas.SelfDestruct, true, selfDestruct},
	{"ethereum", "getBlockTimestamp", none, long, gas.GetBlockTimestamp, false, getBlockTimestamp},

	{"debug", "print32", ptr1, none, gas.Debug, false, print32},
	{"debug", "print64", long, none, gas.Debug, false, print64},
	{"debug", "printMem", ptr2, none, gas.Debug, false, printMem},
	{"debug", "printMemHex", ptr2, none, gas.Debug, false, printMemHex},
	{"debug", "printStorage", ptr1, none, gas.Debug, false, printStorage},
	{"debug", "printStorageHex", ptr1, none, gas.Debug, false, printStorageHex},
}

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

// Lookup returns the row of a host function, nil if there is none. Whether a schedule sells it is Check's to say.
func Lookup(module, name string) *Function { return byName[[2]string{module, name}] }
