package vm_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/vm"
)

// evmWorkloads are EVM contracts to time, at outer.
var evmWorkloads = []struct {
	name string
	code string
}{
	// 100,000 rounds of arithmetic: counter, x -> (x * x + counter) ^ counter
	{"loop", "6007620186a05b9080028101811890600190038060065700"},
	// 10,000 calls of inner, which is STOP
	{"calls", "6127105b5f5f5f5f5f60bb5af150600190038060035700"},
	{"nothing", "00"},
}

// BenchmarkEVM times a transaction's frame in the machine, and on geth's own EVM, each new for every transaction.
func BenchmarkEVM(b *testing.B) {
	const given = 1 << 40
	config := params.MergedTestChainConfig
	rules := config.Rules(common.Big1, true, 1)
	for _, work := range evmWorkloads {
		db, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
		if err != nil {
			b.Fatal(err)
		}
		for at, code := range map[common.Address]string{outer: work.code, inner: "00"} {
			db.SetNonce(at, 1, tracing.NonceChangeUnspecified)
			db.SetCode(at, common.FromHex(code), tracing.CodeChangeUnspecified)
		}
		db.Prepare(rules, sender, common.Address{}, &outer, nil, nil)
		b.Run(fmt.Sprintf("work=%s/by=hestia", work.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m := vm.New(vm.Environment{
					State: db, Config: config, Rules: rules, Schedule: gas.Default(), Block: &frame.Block{Number: 1},
				})
				r := m.RunCall(tx, sender, frame.Call{Target: outer, Value: new(uint256.Int), Gas: gas.NewTank(given)})
				if r.End != frame.Finished {
					b.Fatal(r.End, r.Cause)
				}
			}
		})
		b.Run(fmt.Sprintf("work=%s/by=geth", work.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				evm := gethvm.NewEVM(gethvm.BlockContext{
					CanTransfer: core.CanTransfer, Transfer: core.Transfer, BlockNumber: common.Big1, Time: 1,
					Difficulty: common.Big0, BaseFee: common.Big0, BlobBaseFee: common.Big0, Random: &common.Hash{},
				}, db, config, gethvm.Config{})
				evm.SetTxContext(gethvm.TxContext{Origin: sender, GasPrice: new(uint256.Int)})
				_, _, err := evm.Call(sender, outer, nil, gethvm.NewGasBudget(given, 0), new(uint256.Int))
				if err != nil {
					b.Fatal(err)
				}
				evm.Release()
			}
		})
	}
}

func TestHooksSeeFramesOfBothKindsAtTheirDepth(t *testing.T) {
	var seen []string
	hooks := &tracing.Hooks{
		OnEnter: func(depth int, op byte, _, to common.Address, _ []byte, _ uint64, value *big.Int) {
			seen = append(seen, fmt.Sprint(depth, " ", gethvm.OpCode(op), " ", common.Bytes2Hex(to[19:]), " ", value))
		},
		OnExit: func(depth int, _ []byte, _ uint64, err error, failed bool) {
			seen = append(seen, fmt.Sprint(depth, " ends ", err, failed))
		},
		OnOpcode: func(_ uint64, op byte, _, _ uint64, _ tracing.OpContext, _ []byte, depth int, _ error) {
			seen = append(seen, fmt.Sprint("  ", depth, " ", gethvm.OpCode(op)))
		},
	}
	b := machine(t, func(env *vm.Environment) {
		env.Config = params.MergedTestChainConfig
		env.Rules, env.Schedule = env.Config.Rules(common.Big1, true, 1), gas.Default()
		env.Tracing.Hooks = hooks
	})
	b.place(outer, contract(t, 1, callInner))
	b.place(inner, common.FromHex("60ccff")) // SELFDESTRUCT to 0xcc
	b.state.AddBalance(inner, uint256.NewInt(5), tracing.BalanceChangeUnspecified)
	if r := b.call(outer, 0); r.End != frame.Finished {
		t.Fatal(r.End, r.Cause)
	}
	want := []string{
		"0 CALL aa 0", "  1 CALL", "1 CALL bb 0", "  2 PUSH1", "  2 SELFDESTRUCT", "2 SELFDESTRUCT cc 5",
		"2 ends <nil> false", "1 ends <nil> false", "  1 RETURN", "0 ends <nil> false",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

func TestGasBeyondWhatParticlesCountPassesThroughWasm(t *testing.T) {
	for name, code := range map[string][]byte{
		"evm": common.FromHex("5a5f5260205ff3"), "wasm": contract(t, 1, ""), // the first returns its gas
	} {
		b := machine(t, func(env *vm.Environment) {
			env.Config = params.MergedTestChainConfig
			env.Rules, env.Schedule = env.Config.Rules(common.Big1, true, 1), gas.Default()
		})
		b.place(outer, code)
		r := b.RunCall(tx, sender, frame.Call{Target: outer, Value: new(uint256.Int), Gas: gas.NewTank(1 << 63)})
		if used := uint64(1<<63) - r.Left.Left(); r.End != frame.Finished || used > 1000 {
			t.Errorf("%s: %v: %v, %d gas used", name, r.End, r.Cause, used)
		}
		if saw := new(uint256.Int).SetBytes(r.Output).Uint64(); name == "evm" && saw != 1<<63-2 {
			t.Errorf("EVM code saw %d gas", saw)
		}
	}
}

func TestAnAccountWithStorageIsNoPlaceForAContract(t *testing.T) {
	storage := map[common.Address]common.Hash{}
	b := machine(t, func(env *vm.Environment) {
		env.Schedule = gas.Default()
		env.Storage = func(at common.Address) common.Hash { return storage[at] }
	})
	creation := frame.Creation{Value: new(uint256.Int), Code: contract(t, 1, ""), Gas: gas.NewTank(1_000_000)}
	storage[crypto.CreateAddress(sender, 0)] = common.Hash{1}
	if _, r := b.RunCreate(tx, sender, creation); r.Cause != gethvm.ErrContractAddressCollision {
		t.Errorf("%v: %v", r.End, r.Cause)
	}
	storage[crypto.CreateAddress(sender, 1)] = types.EmptyRootHash
	if _, r := b.RunCreate(tx, sender, creation); r.End != frame.Finished {
		t.Errorf("%v: %v", r.End, r.Cause)
	}
}
