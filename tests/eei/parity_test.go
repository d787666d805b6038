package eei

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/ewasm"
	"hestia/frame"
)

// The same operations done by EVM code on geth's interpreter, by the same rules and on the same state, cost the same
// gas and refund the same: apart from instructions, and from memory, which the EVM sells by the word.

// parity is one operation in both languages. EVM operands are given as the opcode takes them from the stack, the
// first one on top; its memory holds zeros and is large enough.
type parity struct {
	name  string
	state func(w *world)
	wasm  []string
	evm   []operation
}

// operation is an opcode with its operands.
type operation struct {
	op       gethvm.OpCode
	operands []*uint256.Int
}

func evm(op gethvm.OpCode, operands ...any) operation {
	o := operation{op: op}
	for _, operand := range operands {
		switch v := operand.(type) {
		case int:
			o.operands = append(o.operands, uint256.NewInt(uint64(v)))
		case common.Address:
			o.operands = append(o.operands, new(uint256.Int).SetBytes(v[:]))
		default:
			panic(fmt.Sprintf("no operand: %v", v))
		}
	}
	return o
}

// evmMemory is how much memory an EVM program has before the operation, in bytes.
const evmMemory = 4096

// assemble is a program that makes the operations and drops their results.
func assemble(operations []operation) []byte {
	code := []byte{
		byte(gethvm.PUSH1), 0, byte(gethvm.PUSH2), (evmMemory - 32) >> 8, (evmMemory - 32) & 0xff,
		byte(gethvm.MSTORE),
	}
	for _, o := range operations {
		for _, operand := range slices.Backward(o.operands) {
			word := operand.Bytes32()
			code = append(append(code, byte(gethvm.PUSH32)), word[:]...)
		}
		code = append(code, byte(o.op))
	}
	return append(code, byte(gethvm.STOP))
}

// runEVM runs a program at self and returns what the operations went for, with the gas that callees gave back.
func (w *world) runEVM(operations []operation) (used uint64) {
	w.t.Helper()
	w.place(self, assemble(operations))
	config := *chain.DefaultGenesis(nil).Spec.Config
	random := common.Hash(w.block.Difficulty)
	var running bool
	var before uint64
	measured := make(map[gethvm.OpCode]bool)
	for _, o := range operations {
		measured[o.op] = true
	}
	hooks := &tracing.Hooks{OnOpcode: func(_ uint64, op byte, gas, cost uint64, _ tracing.OpContext, _ []byte,
		depth int, _ error,
	) {
		if depth != 1 {
			return
		}
		if running {
			used += before - gas
		}
		if running, before = measured[gethvm.OpCode(op)], gas; running && gethvm.OpCode(op) == gethvm.SELFDESTRUCT {
			used += cost // nothing comes after it
		}
	}}
	machine := gethvm.NewEVM(gethvm.BlockContext{
		CanTransfer: core.CanTransfer, Transfer: core.Transfer, GetHash: hashOfBlock, Coinbase: coinbase,
		GasLimit: w.block.GasLimit, BlockNumber: big.NewInt(blockNumber), Time: w.block.Time, Difficulty: new(big.Int),
		BaseFee: w.block.BaseFee.ToBig(), BlobBaseFee: w.block.BlobBaseFee.ToBig(), Random: &random,
	}, w.StateDB, &config, gethvm.Config{Tracer: hooks})
	machine.SetTxContext(gethvm.TxContext{Origin: sender, GasPrice: w.tx.GasPrice, BlobHashes: w.tx.BlobHashes})
	_, _, err := machine.Call(sender, self, []byte("some input, longer than a word of 32 bytes"),
		gethvm.NewGasBudget(plenty, 0), new(uint256.Int))
	if err != nil {
		w.t.Fatalf("geth: %v", err)
	}
	return used
}

func TestTheInterfaceCostsWhatTheEVMCosts(t *testing.T) {
	for _, p := range parities() {
		t.Run(p.name, func(t *testing.T) {
			ours, theirs := osaka.world(t), osaka.world(t)
			for _, w := range []*world{ours, theirs} {
				w.fund(self, 10)
				if p.state != nil {
					p.state(w)
				}
			}
			ours.place(self, contract(t, p.wasm...))
			o := ours.call(message{input: []byte("some input, longer than a word of 32 bytes")})
			if o.End != frame.Finished {
				t.Fatalf("%v: %v", o.End, o.Cause)
			}
			equal(t, "gas", o.Used, theirs.runEVM(p.evm))
			equal(t, "refund", ours.GetRefund(), theirs.GetRefund())
		})
	}
}

func parities() []parity {
	return slices.Concat(contextParities(), accountParities(), storageParities(), dataParities(), callParities(),
		createParities(), destructParities())
}

// accessed puts an account and a slot of self on the access list.
func accessed(account common.Address) func(w *world) {
	return func(w *world) {
		w.access = types.AccessList{{Address: account}, {Address: self, StorageKeys: []common.Hash{{31: 1}}}}
	}
}

func contextParities() (list []parity) {
	for name, op := range map[string]gethvm.OpCode{
		"getAddress": gethvm.ADDRESS, "getCaller": gethvm.CALLER, "getCallValue": gethvm.CALLVALUE,
		"getTxOrigin":   gethvm.ORIGIN,
		"getTxGasPrice": gethvm.GASPRICE, "getBlockCoinbase": gethvm.COINBASE, "getBlockDifficulty": gethvm.DIFFICULTY,
		"getSelfBalance": gethvm.SELFBALANCE, "getBaseFee": gethvm.BASEFEE, "getPrevRandao": gethvm.PREVRANDAO,
		"getBlobBaseFee": gethvm.BLOBBASEFEE,
	} {
		list = append(list, parity{name, nil, []string{do(name, 0)}, []operation{evm(op)}})
	}
	for name, op := range map[string]gethvm.OpCode{
		"getGasLeft": gethvm.GAS, "getCallDataSize": gethvm.CALLDATASIZE, "getCodeSize": gethvm.CODESIZE,
		"getReturnDataSize": gethvm.RETURNDATASIZE,
		"getBlockNumber":    gethvm.NUMBER, "getBlockGasLimit": gethvm.GASLIMIT, "getBlockTimestamp": gethvm.TIMESTAMP,
		"getChainId": gethvm.CHAINID,
	} {
		list = append(list, parity{name, nil, []string{do(name)}, []operation{evm(op)}})
	}
	return append(list,
		parity{"getBlockHash", nil, []string{do("getBlockHash", 999, 0)}, []operation{evm(gethvm.BLOCKHASH, 999)}},
		parity{"getBlockHash/unknown", nil, []string{do("getBlockHash", 5, 0)}, []operation{evm(gethvm.BLOCKHASH, 5)}},
		parity{"getBlobHash", nil, []string{do("getBlobHash", 1, 0)}, []operation{evm(gethvm.BLOBHASH, 1)}},
		parity{"getBlobHash/unknown", nil, []string{do("getBlobHash", 7, 0)}, []operation{evm(gethvm.BLOBHASH, 7)}})
}

func accountParities() (list []parity) {
	for _, function := range []struct {
		wasm string
		evm  func(common.Address) operation
	}{
		{do("getExternalBalance", 0, 100), func(a common.Address) operation { return evm(gethvm.BALANCE, a) }},
		{do("getExternalCodeSize", 0), func(a common.Address) operation { return evm(gethvm.EXTCODESIZE, a) }},
		{do("getExternalCodeHash", 0, 100), func(a common.Address) operation { return evm(gethvm.EXTCODEHASH, a) }},
		{
			do("externalCodeCopy", 0, 100, 0, 0),
			func(a common.Address) operation { return evm(gethvm.EXTCODECOPY, a, 0, 0, 0) },
		},
	} {
		for name, account := range map[string]common.Address{
			"alive": other, "dead": dead, "self": self, "sender": sender, "coinbase": coinbase,
			"precompile": common.BytesToAddress([]byte{4}),
		} {
			list = append(list,
				parity{
					function.wasm + "/" + name, nil,
					[]string{address(0, account), function.wasm},
					[]operation{function.evm(account)},
				},
				parity{
					function.wasm + "/twice/" + name, nil,
					[]string{address(0, account), function.wasm, function.wasm},
					[]operation{function.evm(account), function.evm(account)},
				},
				parity{
					function.wasm + "/listed/" + name, accessed(account),
					[]string{address(0, account), function.wasm},
					[]operation{function.evm(account)},
				})
		}
	}
	for _, length := range []int{1, 32, 33, 64} {
		list = append(list, parity{
			fmt.Sprintf("externalCodeCopy/%d", length), func(w *world) { w.place(library, make([]byte, 100)) },
			[]string{address(0, library), do("externalCodeCopy", 0, 100, 0, length)},
			[]operation{evm(gethvm.EXTCODECOPY, library, 0, 0, length)},
		})
	}
	return list
}

func storageParities() (list []parity) {
	store := func(value byte) []string {
		return []string{fmt.Sprintf("(i32.store8 (i32.const 63) (i32.const %d))", value), do("storageStore", 0, 32)}
	}
	for _, original := range []byte{0, 1} {
		for n := range 27 {
			sequence := []byte{byte(n / 9), byte(n / 3 % 3), byte(n % 3)}
			wasm, operations := []string{data(0, word(1))}, []operation{}
			for _, value := range sequence {
				wasm = append(wasm, store(value)...)
				operations = append(operations, evm(gethvm.SSTORE, 1, int(value)))
			}
			state := func(w *world) { w.SetState(self, common.Hash{31: 1}, common.Hash{31: original}) }
			list = append(list, parity{fmt.Sprintf("storageStore/%d/%v", original, sequence), state, wasm, operations})
		}
	}
	key := data(0, word(1))
	load, sload := do("storageLoad", 0, 100), evm(gethvm.SLOAD, 1)
	write, sstore := do("storageStore", 0, 0), evm(gethvm.SSTORE, 1, 1)
	return append(list,
		parity{"storageLoad", nil, []string{key, load}, []operation{sload}},
		parity{"storageLoad/twice", nil, []string{key, load, load}, []operation{sload, sload}},
		parity{"storageLoad/listed", accessed(other), []string{key, load}, []operation{sload}},
		parity{"storageStore/listed", accessed(other), []string{key, write}, []operation{sstore}},
		parity{"storageLoad/then storageStore", nil, []string{key, load, write}, []operation{sload, sstore}},
		parity{"storageStore/then storageLoad", nil, []string{key, write, load}, []operation{sstore, sload}},
		parity{"transientLoad", nil, []string{key, do("transientLoad", 0, 100)}, []operation{evm(gethvm.TLOAD, 1)}},
		parity{"transientStore", nil, []string{key, do("transientStore", 0, 0)}, []operation{evm(gethvm.TSTORE, 1, 1)}})
}

func dataParities() (list []parity) {
	for _, length := range []int{0, 1, 31, 32, 33, 40, 64} {
		add := func(name, wasm string, o operation) {
			list = append(list, parity{fmt.Sprintf("%s/%d", name, length), nil, []string{wasm}, []operation{o}})
		}
		add("keccak256", do("keccak256", 0, length, 200), evm(gethvm.KECCAK256, 0, length))
		add("codeCopy", do("codeCopy", 0, 0, length), evm(gethvm.CODECOPY, 0, 0, length))
		if length <= 42 {
			add("callDataCopy", do("callDataCopy", 0, 0, length), evm(gethvm.CALLDATACOPY, 0, 0, length))
		}
		for topics := range 5 {
			operands := []any{0, length}
			for range topics {
				operands = append(operands, 0)
			}
			add(fmt.Sprintf("log%d", topics), do("log", 0, length, topics, 300, 300, 300, 300),
				evm(gethvm.LOG0+gethvm.OpCode(topics), operands...))
		}
	}
	return append(list, parity{
		"returnDataCopy", nil,
		[]string{do("returnDataCopy", 0, 0, 0)},
		[]operation{evm(gethvm.RETURNDATACOPY, 0, 0, 0)},
	})
}

func callParities() (list []parity) {
	codes := map[string]gethvm.OpCode{
		"call": gethvm.CALL, "callCode": gethvm.CALLCODE, "callDelegate": gethvm.DELEGATECALL,
		"callStatic": gethvm.STATICCALL,
	}
	delegated := func(w *world) { w.place(library, types.AddressToDelegation(other)) }
	for _, kind := range callKinds {
		for name, target := range map[string]common.Address{
			"alive": other, "dead": dead, "precompile": common.BytesToAddress([]byte{4}), "sender": sender,
			"delegated": library,
		} {
			for _, wei := range []int{0, 1, 10, 11} { // of 10: the last is refused
				withValue := kind == "call" || kind == "callCode"
				if wei > 0 && !withValue {
					continue
				}
				for _, given := range []int{0, 1000} {
					operands := []any{given, target, wei, 0, 0, 0, 0}
					if !withValue {
						operands = []any{given, target, 0, 0, 0, 0}
					}
					call := do(kind, append([]any{
						given, 0, 32, 0,
						0,
					}[:len(lookup(kind).Params)-2:len(lookup(kind).Params)-2], 0, 0)...)
					parts := []string{address(0, target), data(32, amount(uint64(wei))), call}
					list = append(list,
						parity{
							fmt.Sprintf("%s/%s/wei=%d/gas=%d", kind, name, wei, given), delegated, parts,
							[]operation{evm(codes[kind], operands...)},
						},
						parity{
							fmt.Sprintf("%s/%s/wei=%d/gas=%d/twice", kind, name, wei, given), delegated,
							append(parts, call),
							[]operation{evm(codes[kind], operands...), evm(codes[kind], operands...)},
						})
				}
			}
		}
	}
	return list
}

// createParities give the EVM as many zeros as a contract has bytes: its constructor stops at the first of them.
func createParities() (list []parity) {
	for _, code := range [][]byte{nil, emptyContract} {
		for _, wei := range []int{0, 3, 10, 11} {
			before := []string{data(0, amount(uint64(wei))), data(100, code)}
			list = append(list,
				parity{
					fmt.Sprintf("create/%d/wei=%d", len(code), wei), nil,
					append(before, do("create", 0, 100, len(code), 32)),
					[]operation{evm(gethvm.CREATE, wei, 0, len(code))},
				},
				parity{
					fmt.Sprintf("create2/%d/wei=%d", len(code), wei), nil,
					append(before, do("create2", 0, 100, len(code), 64, 32)),
					[]operation{evm(gethvm.CREATE2, wei, 0, len(code), 0)},
				})
		}
	}
	return list
}

func destructParities() (list []parity) {
	poor := func(w *world) { w.SetBalance(self, new(uint256.Int), tracing.BalanceChangeUnspecified) }
	for name, heir := range map[string]common.Address{"alive": other, "dead": dead, "self": self, "sender": sender} {
		wasm, operations := []string{address(0, heir), do("selfDestruct", 0)},
			[]operation{evm(gethvm.SELFDESTRUCT, heir)}
		list = append(list,
			parity{"selfDestruct/" + name, nil, wasm, operations},
			parity{"selfDestruct/poor/" + name, poor, wasm, operations},
			parity{"selfDestruct/listed/" + name, accessed(heir), wasm, operations})
	}
	return list
}

// TestEveryStateFunctionHasAParity keeps the table above complete: whatever is not compared is named here, with the
// reason.
func TestEveryStateFunctionHasAParity(t *testing.T) {
	without := map[string]string{
		"useGas": "the EVM has none", "finish": "free, as RETURN", "revert": "free, as REVERT",
	}
	var text string
	for _, p := range parities() {
		for _, part := range p.wasm {
			text += part
		}
	}
	for _, row := range ewasm.Functions() {
		if row.Module != "ethereum" || without[row.Name] != "" {
			continue
		}
		if !used.MatchString(text) || !slices.ContainsFunc(used.FindAllStringSubmatch(text, -1),
			func(m []string) bool { return m[1] == row.Name }) {
			t.Errorf("%s is not compared with the EVM", row.Name)
		}
	}
}
