package eei

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native" // registers geth's tracers
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/insight/trace"
	"hestia/transition"
	"hestia/vm"
)

// geths are the tracers of geth with what they are told.
var geths = map[string]string{
	"callTracer":              `{"withLog":true}`,
	"flatCallTracer":          `{"convertParityErrors":true}`,
	"muxTracer":               `{"callTracer":{},"4byteTracer":{},"prestateTracer":{}}`,
	"4byteTracer":             `{}`,
	"prestateTracer":          `{"includeEmpty":true}`,
	"prestateTracer, diff":    `{"diffMode":true}`,
	"keccak256PreimageTracer": `{}`,
	"noopTracer":              `{}`,
}

// created2 is the creation data of behaviour "create 2".
var created2 = []byte{0x60, 0x01, 0x60, 0x00, 0xf3}

// traced calls self under a tracer and returns what that recorded.
func (w *world) traced(hooks vm.Tracing) *transition.Outcome {
	w.t.Helper()
	w.begin()
	snapshot := w.Snapshot()
	defer w.RevertToSnapshot(snapshot)
	next := transition.New(transition.Environment{
		Engine: engine, State: w.Copy(), Config: transition.DefaultConfig(transition.DevnetID),
		Schedule: w.fork.schedule, Tracing: hooks, Hash: hashOfBlock,
		Header: &types.Header{
			Number: big.NewInt(blockNumber), Time: 1_700_000_000, GasLimit: 36_000_000, Coinbase: coinbase,
			BaseFee: new(big.Int), Difficulty: new(big.Int), ExcessBlobGas: new(uint64),
		},
	})
	outcome, err := next.Try(&transition.Message{Message: core.Message{
		From: sender, To: &self, Value: uint256.NewInt(1), GasLimit: plenty, Data: []byte("some input"),
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return outcome
}

// shows returns what a tracer of geth's shows of a call of self, without what two kinds of code differ in: gas, code,
// the words of an error, and the place of a child whose creation data differs.
func (w *world) shows(name, config string, child common.Address) any {
	w.t.Helper()
	name, _, _ = strings.Cut(name, ",")
	tracer, err := tracers.DefaultDirectory.New(
		name, new(tracers.Context), json.RawMessage(config), transition.DefaultConfig(transition.DevnetID),
	)
	if err != nil {
		w.t.Fatal(err)
	}
	recording := trace.Bound(&trace.Recording{
		Tracing: vm.Tracing{Hooks: tracer.Hooks}, Result: tracer.GetResult, Stop: tracer.Stop,
	}, 1, func(int) error { return nil })
	w.traced(recording.Tracing)
	raw, err := recording.Result()
	if err != nil {
		w.t.Fatal(err)
	}
	text := string(raw)
	if child != (common.Address{}) {
		text = strings.ReplaceAll(text, strings.ToLower(child.Hex()), "child")
		for _, nested := range []common.Address{
			crypto.CreateAddress(child, 1),
			crypto.CreateAddress2(child, common.Hash{}, crypto.Keccak256(created2)),
		} {
			text = strings.ReplaceAll(text, strings.ToLower(nested.Hex()), "grandchild")
		}
	}
	var shown any
	if err := json.Unmarshal([]byte(text), &shown); err != nil {
		w.t.Fatal(err)
	}
	return withoutKind(shown)
}

// withoutKind leaves out what depends on the kind of code.
func withoutKind(shown any) any {
	switch v := shown.(type) {
	case []any:
		for i := range v {
			v[i] = withoutKind(v[i])
		}
	case map[string]any:
		for _, key := range []string{"gas", "gasUsed", "code", "codeHash", "init"} {
			delete(v, key)
		}
		if text, _ := v["error"].(string); text != "" && !strings.HasPrefix(strings.ToLower(text), "execution rev") &&
			text != "Reverted" {
			v["error"] = "failed"
		}
		if kind, _ := v["type"].(string); strings.HasPrefix(kind, "CREATE") {
			delete(v, "input")
			delete(v, "output")
		}
		for key := range v {
			v[key] = withoutKind(v[key])
		}
	}
	return shown
}

// seenAlike compares what all tracers of geth's show of all pairs with what they show of two EVM contracts.
func seenAlike(t *testing.T, play func(caller, callee codeKind) (w *world, child common.Address)) {
	t.Helper()
	for name, config := range geths {
		look := func(caller, callee codeKind) any {
			w, child := play(caller, callee)
			return w.shows(name, config, child)
		}
		want := look(evmKind, evmKind)
		for _, caller := range codeKinds {
			for _, callee := range codeKinds {
				if diff := cmp.Diff(want, look(caller, callee)); diff != "" {
					t.Errorf("%s, %s to %s (-evm to evm +here):\n%s", name, caller, callee, diff)
				}
			}
		}
	}
}

func TestTracersSeeCallsOfEveryPairOfKindsAlike(t *testing.T) {
	for name, does := range behaviours {
		for _, kind := range []frame.CallKind{frame.PlainCall, frame.CallCode, frame.CallDelegate, frame.CallStatic} {
			for _, wei := range []byte{0, 3, 99} { // 99 is more than the caller has
				if wei > 0 && (kind == frame.CallDelegate || kind == frame.CallStatic) {
					continue
				}
				t.Run(fmt.Sprintf("%s/kind=%d/wei=%d", name, kind, wei), func(t *testing.T) {
					seenAlike(t, func(caller, callee codeKind) (*world, common.Address) {
						w := pairWorld(t)
						w.place(library, callee.write(t, does))
						w.place(self, caller.write(t, around(func(p puppet) { p.call(kind, library, 300_000, wei) })))
						return w, common.Address{}
					})
				})
			}
		}
	}
}

func TestTracersSeeCreationsOfEveryPairOfKindsAlike(t *testing.T) {
	for name, does := range behaviours {
		for _, salt := range []*byte{nil, new(byte)} {
			for _, wei := range []byte{0, 99} {
				t.Run(fmt.Sprintf("%s/salted=%v/wei=%d", name, salt != nil, wei), func(t *testing.T) {
					seenAlike(t, func(caller, callee codeKind) (*world, common.Address) {
						w, initcode := pairWorld(t), callee.write(t, does)
						w.place(self, caller.write(t, around(func(p puppet) { p.create(salt, wei, initcode) })))
						if salt != nil {
							return w, crypto.CreateAddress2(self, common.Hash{}, crypto.Keccak256(initcode))
						}
						return w, crypto.CreateAddress(self, 1)
					})
				})
			}
		}
	}
}

// What fails before it does anything touches nothing, in tracers of either kind: no account of a creation that never
// was, no slot that could not be paid for.
func TestTracersDoNotSeeWhatFailedBeforeItBegan(t *testing.T) {
	for name, does := range map[string]func(puppet){
		"creation in a static frame": func(p puppet) {
			p.create(nil, 0, []byte{0})
		},
		"salted creation in a static frame": func(p puppet) { p.create(new(byte), 0, []byte{0}) },
		"store in a static frame":           func(p puppet) { p.store(44, 1) },
		"destruction in a static frame":     func(p puppet) { p.selfDestruct(heir) },
		"value in a static frame":           func(p puppet) { p.call(frame.PlainCall, heir, 0, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			seenAlike(t, func(caller, callee codeKind) (*world, common.Address) {
				w := pairWorld(t)
				w.place(library, callee.write(t, does))
				w.place(self, caller.write(t, around(func(p puppet) {
					p.call(frame.CallStatic, library, 300_000, 0)
				})))
				return w, common.Address{}
			})
		})
	}
	for name, does := range map[string]func(puppet){
		"creation": func(p puppet) { p.create(nil, 0, []byte{0}) },
		"store":    func(p puppet) { p.store(44, 1) },
		"balance":  func(p puppet) { p.balance(heir) },
		"call":     func(p puppet) { p.call(frame.PlainCall, heir, 0, 0) },
	} {
		t.Run(name+" out of gas", func(t *testing.T) {
			seenAlike(t, func(caller, callee codeKind) (*world, common.Address) {
				w := pairWorld(t)
				w.place(library, callee.write(t, does))
				given := map[codeKind]uint64{evmKind: 4000, wasmKind: 2000}[callee] // EVM code pays for its memory
				w.place(self, caller.write(t, around(func(p puppet) { p.call(frame.PlainCall, library, given, 0) })))
				return w, common.Address{}
			})
		})
	}
}

// An access list holds the same whatever code touches it.
func TestAccessListsAreAlikeForEveryPairOfKinds(t *testing.T) {
	for name, does := range behaviours {
		t.Run(name, func(t *testing.T) {
			look := func(caller, callee codeKind) types.AccessList {
				w := pairWorld(t)
				w.place(library, callee.write(t, does))
				w.place(self, caller.write(t, around(func(p puppet) { p.call(frame.PlainCall, library, 300_000, 0) })))
				list := logger.NewAccessListTracer(nil, map[common.Address]struct{}{sender: {}, self: {}})
				w.traced(vm.Tracing{Hooks: list.Hooks()})
				return list.AccessList()
			}
			want := fmt.Sprint(sorted(look(evmKind, evmKind)))
			for _, caller := range codeKinds {
				for _, callee := range codeKinds {
					equal(t, fmt.Sprint(caller, callee), fmt.Sprint(sorted(look(caller, callee))), want)
				}
			}
		})
	}
}

func sorted(list types.AccessList) map[common.Address]map[common.Hash]bool {
	all := make(map[common.Address]map[common.Hash]bool)
	for _, tuple := range list {
		all[tuple.Address] = make(map[common.Hash]bool)
		for _, key := range tuple.StorageKeys {
			all[tuple.Address][key] = true
		}
	}
	return all
}

// A call that is too deep opens a frame that says so.
func TestTracersSeeTooDeepCallsOfEveryKind(t *testing.T) {
	for _, kind := range codeKinds {
		w := osaka.world(t)
		w.place(self, kind.write(t, func(p puppet) { p.call(frame.PlainCall, self, 1<<62, 0) }))
		ends := map[string]int{}
		w.begin()
		machine := vm.New(vm.Environment{
			Engine: engine, State: w.StateDB, Config: transition.DefaultConfig(transition.DevnetID),
			Rules: w.fork.rules, Schedule: w.fork.schedule, Block: w.block,
			Tracing: vm.Tracing{Hooks: &tracing.Hooks{OnExit: func(_ int, _ []byte, used uint64, err error, _ bool) {
				if err != nil {
					ends[fmt.Sprint(err, " ", used)]++
				}
			}}},
		})
		machine.RunCall(w.tx, sender, frame.Call{Target: self, Value: new(uint256.Int), Gas: gas.NewTank(1 << 49)})
		if diff := cmp.Diff(map[string]int{"max call depth exceeded 0": 1}, ends); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}
