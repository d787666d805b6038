package wasmtime_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

var (
	caller  = common.HexToAddress("0x5e01")
	first   = common.HexToAddress("0xc000000000000000000000000000000000000001")
	second  = common.HexToAddress("0xc000000000000000000000000000000000000002")
	someone = common.HexToAddress("0xa000000000000000000000000000000000000003")
	nobody  = common.HexToAddress("0xd000000000000000000000000000000000000004")
	callees = []common.Address{first, second, someone, nobody}
)

// outcome is everything that a transaction's frame leaves behind.
type outcome struct {
	End    string
	Output []byte
	Left   int64
	Cause  string
	Root   common.Hash
	Refund uint64
	Logs   []types.Log
}

// story is two contracts and calls of the first, each from the same state.
type story struct {
	codes    [2][]byte
	schedule *gas.Schedule
	calls    []opening
}

// opening is how a transaction calls the first contract.
type opening struct {
	gas   uint64
	value uint64
	input []byte
}

// tell makes a story of bytes.
func tell(t testing.TB, source []byte) story {
	g := &generator{source: source}
	s := story{schedule: []*gas.Schedule{gas.Default(), gas.Byzantium()}[g.pick(2)]}
	for range 1 + g.pick(20) {
		s.calls = append(s.calls, opening{
			gas:   []uint64{2_000_000, 300_000, 30_000, 3_000}[g.pick(4)] + uint64(g.pick(256)),
			value: uint64(g.pick(3)),
			input: []byte("calldata of some length")[:g.pick(24)],
		})
	}
	texts := [2]string{g.contract(), g.contract()}
	for i, text := range texts {
		s.codes[i] = wat.Assemble(t, text)
	}
	return s
}

// play makes one call of a story from a fresh state.
func (s story) play(t testing.TB, engine vm.Engine, call opening) outcome {
	t.Helper()
	state, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	rules := params.MergedTestChainConfig.Rules(common.Big1, true, 1)
	for i, code := range s.codes {
		state.SetCode(callees[i], code, tracing.CodeChangeUnspecified)
		state.SetNonce(callees[i], 1, tracing.NonceChangeUnspecified)
	}
	for _, account := range []common.Address{caller, first, someone} {
		state.AddBalance(account, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	}
	state.SetState(first, common.Hash{}, common.Hash{31: 7})
	state.Finalise(rules)
	state.SetTxContext(common.Hash{1}, 0, 0)
	state.Prepare(rules, caller, common.Address{}, &first, gethvm.ActivePrecompiles(rules), nil)
	machine := vm.New(vm.Environment{
		Engine: engine, State: state, Config: transition.DefaultConfig(transition.DevnetID), Rules: rules,
		Schedule: s.schedule,
		Block: &frame.Block{
			Number: 1000, Time: 1 << 40, GasLimit: 1 << 50, Difficulty: [32]byte{1, 31: 2},
			Hash: func(n uint64) common.Hash { return common.BigToHash(new(uint256.Int).SetUint64(n).ToBig()) },
		},
	})
	r := machine.RunCall(&frame.Transaction{Origin: caller, GasPrice: uint256.NewInt(7)}, caller,
		frame.Call{Target: first, Value: uint256.NewInt(call.value), Input: call.input, Gas: gas.NewTank(call.gas)})
	o := outcome{
		End: r.End.String(), Output: r.Output, Left: r.Left.Particles(), Cause: fmt.Sprint(r.Cause),
		Refund: state.GetRefund(), Root: state.IntermediateRoot(rules),
	}
	for _, log := range state.Logs() {
		o.Logs = append(o.Logs, *log)
	}
	return o
}

// agree plays a story on all bindings and counts its ends.
func agree(t testing.TB, engines map[string]*wasmtime.Engine, source []byte, ends map[string]int) {
	t.Helper()
	s := tell(t, source)
	for i, call := range s.calls {
		want := s.play(t, engines["plain"], call)
		for _, name := range []string{"host", "shim"} {
			if diff := cmp.Diff(want, s.play(t, engines[name], call)); diff != "" {
				t.Errorf("bytes %x, call %d: plain binding (-) against %s (+):\n%s", source, i, name, diff)
			}
		}
		if want.End == "fault" {
			t.Errorf("bytes %x, call %d: %s", source, i, want.Cause)
		}
		ends[want.End]++
	}
}

func TestBindingsAgree(t *testing.T) {
	engines := bindings(t)
	random := rand.New(rand.NewPCG(1, 2))
	ends := map[string]int{}
	for range 150 {
		source := make([]byte, 100+random.IntN(400))
		for i := range source {
			source[i] = byte(random.Uint32())
		}
		agree(t, engines, source, ends)
	}
	for _, end := range []string{"finished", "reverted", "halted"} {
		if ends[end] == 0 {
			t.Errorf("no run %s: the generator has lost its variety (%v)", end, ends)
		}
	}
}

func FuzzBindingsAgree(f *testing.F) {
	engines := bindings(f)
	for seed := range uint64(8) {
		f.Add(binary.LittleEndian.AppendUint64(nil, seed*0x9e3779b97f4a7c15))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) <= 1<<12 {
			agree(t, engines, source, map[string]int{})
		}
	})
}
