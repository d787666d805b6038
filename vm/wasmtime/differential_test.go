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

	"hestia/ewasm"
	"hestia/gas"
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

// story is two contracts and a call of the first.
type story struct {
	codes    [2][]byte
	schedule *gas.Schedule
	gas      uint64
	value    uint64
	input    []byte
}

// tell makes a story of bytes.
func tell(t testing.TB, source []byte) story {
	g := &generator{source: source}
	s := story{
		schedule: []*gas.Schedule{gas.Default(), gas.Byzantium()}[g.pick(2)],
		gas:      []uint64{2_000_000, 300_000, 30_000, 3_000}[g.pick(4)],
		value:    uint64(g.pick(3)),
		input:    []byte("calldata of some length")[:g.pick(24)],
	}
	texts := [2]string{g.contract(), g.contract()}
	for i, text := range texts {
		s.codes[i] = assemble(t, text)
	}
	return s
}

// play runs a story from a fresh state.
func (s story) play(t testing.TB, engine vm.Engine) outcome {
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
		Engine: engine, State: state, Rules: rules, Schedule: s.schedule,
		Block: &ewasm.Block{
			Number: 1000, Time: 1 << 40, GasLimit: 1 << 50, Difficulty: [32]byte{1, 31: 2},
			Hash: func(n uint64) common.Hash { return common.BigToHash(new(uint256.Int).SetUint64(n).ToBig()) },
		},
	})
	r := machine.RunCall(&ewasm.Transaction{Origin: caller, GasPrice: uint256.NewInt(7)}, caller,
		ewasm.Call{Target: first, Value: uint256.NewInt(s.value), Input: s.input, Gas: gas.NewTank(s.gas)})
	o := outcome{
		End: r.End.String(), Output: r.Output, Left: r.Left.Particles(), Cause: fmt.Sprint(r.Cause),
		Refund: state.GetRefund(), Root: state.IntermediateRoot(rules),
	}
	for _, log := range state.Logs() {
		o.Logs = append(o.Logs, *log)
	}
	return o
}

// agree plays a story on both bindings.
func agree(t testing.TB, source []byte, shim, plain *wasmtime.Engine) outcome {
	t.Helper()
	s := tell(t, source)
	want := s.play(t, plain)
	if diff := cmp.Diff(want, s.play(t, shim)); diff != "" {
		t.Errorf("bytes %x: plain binding (-) against shim (+):\n%s", source, diff)
	}
	if want.End == "fault" {
		t.Errorf("bytes %x: %s", source, want.Cause)
	}
	return want
}

func TestShimAndPlainBindingAgree(t *testing.T) {
	engines := bindings(t)
	random := rand.New(rand.NewPCG(1, 2))
	ends := map[string]int{}
	for range 400 {
		source := make([]byte, 40+random.IntN(400))
		for i := range source {
			source[i] = byte(random.Uint32())
		}
		ends[agree(t, source, engines["shim"], engines["plain"]).End]++
	}
	for _, end := range []string{"finished", "reverted", "halted"} {
		if ends[end] == 0 {
			t.Errorf("no run %s: the generator has lost its variety (%v)", end, ends)
		}
	}
}

func FuzzShimAgainstPlainBinding(f *testing.F) {
	engines := bindings(f)
	for seed := range uint64(8) {
		f.Add(binary.LittleEndian.AppendUint64(nil, seed*0x9e3779b97f4a7c15))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) <= 1<<12 {
			agree(t, source, engines["shim"], engines["plain"])
		}
	})
}
