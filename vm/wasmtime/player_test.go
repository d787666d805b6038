package wasmtime_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"runtime"
	"sync"
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
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/transition"
	"hestia/vm"
)

var (
	runs = flag.Int("runs", 3_000, "how many generated contract runs the engines are compared in")
	seed = flag.Uint64("seed", 0, "what they are generated from")
)

// stage is a state with two players, an account with nothing but a balance, and none.
type stage struct {
	schedule *gas.Schedule
	rules    params.Rules
	state    *gstate.StateDB
}

func newStage(t testing.TB, s *gas.Schedule) *stage {
	t.Helper()
	state, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	rules := params.MergedTestChainConfig.Rules(common.Big1, true, 1)
	for i, looping := range []bool{true, false} {
		state.SetCode(callees[i], wat.Assemble(t, player(s, looping)), tracing.CodeChangeUnspecified)
		state.SetNonce(callees[i], 1, tracing.NonceChangeUnspecified)
	}
	state.AddBalance(caller, new(uint256.Int).Lsh(uint256.NewInt(1), 140), tracing.BalanceChangeUnspecified)
	state.AddBalance(first, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	state.AddBalance(someone, uint256.NewInt(1000), tracing.BalanceChangeUnspecified)
	state.SetState(first, common.Hash{}, common.Hash{31: 7})
	state.Finalise(rules)
	return &stage{s, rules, state}
}

// scene is one call of a player.
type scene struct {
	target    common.Address
	kind      frame.CallKind
	program   []byte
	particles int64
	value     *uint256.Int
	gasPrice  *uint256.Int
	baseFee   *uint256.Int
}

func newScene(r *rand.Rand, s *gas.Schedule) scene {
	amount := func() *uint256.Int {
		n := uint256.NewInt(r.Uint64N(3))
		if r.IntN(16) == 0 {
			n.Lsh(n, uint(pick(r, 127, 128, 130)))
		}
		return n
	}
	c := scene{
		target: callees[r.IntN(2)], program: program(r, s),
		particles: int64(pick(r, 1_000_000, 3_000_000)) * gas.PerGas,
		value:     amount(), gasPrice: amount(), baseFee: amount(),
	}
	if r.IntN(5) == 0 {
		c.kind, c.value = frame.CallStatic, new(uint256.Int)
	}
	return c
}

// play plays a scene; watch sees the host functions if it is not nil.
func (s *stage) play(engine vm.Engine, c scene, watch ewasm.Tracer) outcome {
	state := s.state.Copy()
	state.SetTxContext(common.Hash{1}, 0, 0)
	state.Prepare(s.rules, caller, common.Address{}, &c.target, gethvm.ActivePrecompiles(s.rules), nil)
	machine := vm.New(vm.Environment{
		Engine: engine, State: state, Config: transition.DefaultConfig(transition.DevnetID), Rules: s.rules,
		Schedule: s.schedule, Tracing: vm.Tracing{Host: watch},
		Block: &frame.Block{
			ChainID: 31337, Coinbase: someone, Number: 1000, Time: 1 << 40, GasLimit: 1 << 50,
			Difficulty: [32]byte{1, 2, 3, 31: 4},
			BaseFee:    *c.baseFee, BlobBaseFee: *c.gasPrice,
			Hash: func(n uint64) common.Hash { return common.BigToHash(new(uint256.Int).SetUint64(n).ToBig()) },
		},
	})
	var tank gas.Tank
	tank.SetParticles(c.particles)
	r := machine.RunCall(&frame.Transaction{Origin: caller, GasPrice: c.gasPrice, BlobHashes: []common.Hash{{7}}},
		caller,
		frame.Call{Kind: c.kind, Target: c.target, Value: c.value, Input: c.program, Gas: tank})
	o := outcome{
		End: r.End.String(), Output: r.Output, Left: r.Left.Particles(), Cause: fmt.Sprint(r.Cause),
		Refund: state.GetRefund(), Root: state.IntermediateRoot(s.rules),
	}
	for _, log := range state.Logs() {
		o.Logs = append(o.Logs, *log)
	}
	return o
}

// witnessed writes down what host functions were called with and answered.
type witnessed struct{ lines []string }

func (w *witnessed) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	w.lines = append(w.lines, fmt.Sprint(c.Depth, f.Name, a, c.Gas.Particles()))
}

func (w *witnessed) After(c *ewasm.Context, _ *ewasm.Function, _ ewasm.Args, result uint64, err error) {
	w.lines = append(w.lines, fmt.Sprint(c.Depth, result, err, c.Gas.Particles()))
}

// inFunction is the place of a trap, which the other engine does not say.
var inFunction = regexp.MustCompile(` in function .*$`)

// compare plays a scene, then again with as much less gas as ends it somewhere on the way, on all engines.
func (s *stage) compare(t testing.TB, engines map[string]vm.Engine, r *rand.Rand, ends map[string]int) {
	t.Helper()
	c := newScene(r, s.schedule)
	for again := range 4 {
		want := s.play(engines["plain"], c, nil)
		for _, name := range []string{"host", "shim", "wazero"} {
			expected := want
			if name == "wazero" {
				expected.Cause = inFunction.ReplaceAllString(want.Cause, "")
			}
			if have := s.play(engines[name], c, nil); !reflect.DeepEqual(have, expected) {
				t.Fatalf("%s, %+v: plain binding (-) against %s (+):\n%s", s.schedule.Name, c, name,
					cmp.Diff(expected, have))
			}
		}
		ends[want.End]++
		if want.End == "fault" {
			t.Fatalf("%s, %+v: %s", s.schedule.Name, c, want.Cause)
		}
		if again == 0 && r.IntN(16) == 0 {
			s.compareTraces(t, engines, c)
		}
		used := c.particles - want.Left
		if want.End == "halted" {
			used = min(c.particles, 100_000*gas.PerGas)
		}
		c.particles = r.Int64N(used + 2)
	}
}

func (s *stage) compareTraces(t testing.TB, engines map[string]vm.Engine, c scene) {
	t.Helper()
	var plain, shim witnessed
	want, have := s.play(engines["plain"], c, &plain), s.play(engines["shim"], c, &shim)
	if diff := cmp.Diff(want, have) + cmp.Diff(plain.lines, shim.lines); diff != "" {
		t.Fatalf("%s, %+v, watched: plain binding (-) against shim (+):\n%s", s.schedule.Name, c, diff)
	}
}

// allEngines are the bindings and another runtime.
func allEngines(t testing.TB) map[string]vm.Engine {
	engines := map[string]vm.Engine{"wazero": newOther(t)}
	for name, engine := range bindings(t) {
		engines[name] = engine
	}
	return engines
}

func TestEnginesAgreeOnGeneratedRuns(t *testing.T) {
	engines := allEngines(t)
	var together sync.WaitGroup
	ends := make([]map[string]int, runtime.GOMAXPROCS(0))
	each := (*runs + len(ends) - 1) / len(ends)
	for side := range ends {
		ends[side] = map[string]int{}
		stages := []*stage{newStage(t, gas.Default()), newStage(t, gas.Byzantium())}
		together.Go(func() {
			for n := 0; n < each; n += 4 {
				r := rand.New(rand.NewPCG(*seed<<8|uint64(side), uint64(n)))
				stages[r.IntN(2)].compare(t, engines, r, ends[side])
				if t.Failed() {
					return
				}
			}
		})
	}
	together.Wait()
	for _, end := range []string{"finished", "reverted", "halted"} {
		total := 0
		for _, counted := range ends {
			total += counted[end]
		}
		if t.Logf("%d %s", total, end); total == 0 {
			t.Errorf("no run %s: the generator has lost its variety", end)
		}
	}
}

func FuzzEnginesAgree(f *testing.F) {
	engines := allEngines(f)
	stages := []*stage{newStage(f, gas.Default()), newStage(f, gas.Byzantium())}
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		stages[r.IntN(2)].compare(t, engines, r, map[string]int{})
	})
}
