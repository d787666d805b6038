package eei

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/transition"
	"hestia/vm"
)

// Contracts of either kind call and create contracts of either kind. All that can be seen must be as if both were EVM
// code: the output, the state, the logs, the refund, and the gas but for the price of instructions.

// heir inherits from contracts that destroy themselves.
var heir = common.HexToAddress("0xe100000000000000000000000000000000000006")

// behaviours are what a callee or a constructor does.
var behaviours = map[string]func(puppet){
	"success":        func(p puppet) { p.value(); p.finish() },
	"no return data": func(p puppet) {},
	"revert":         func(p puppet) { p.store(1, 7); p.value(); p.revert() },
	"revert without data": func(p puppet) {
		p.log(9)
		p.revert()
	},
	"halt":              func(p puppet) { p.store(1, 7); p.log(9); p.halt() },
	"out of gas":        func(p puppet) { p.store(1, 7); p.burn() },
	"much return data":  func(p puppet) { p.finishWith([]byte(strings.Repeat("0123456789", 25))) },
	"store":             func(p puppet) { p.store(1, 7); p.store(2, 0); p.finish() },
	"refund":            func(p puppet) { p.store(8, 0); p.store(8, 5); p.store(8, 0) },
	"transient storage": func(p puppet) { p.held(5); p.hold(5, 3); p.held(5); p.finish() },
	"log":               func(p puppet) { p.log(2) },
	"warm account":      func(p puppet) { p.balance(other); p.finish() },
	"warm, then revert": func(p puppet) { p.balance(other); p.revert() },
	"selfdestruct":      func(p puppet) { p.selfDestruct(heir) },
	"selfdestruct to itself": func(p puppet) {
		p.store(1, 1)
		p.selfDestruct(library)
	},
	"call on":       func(p puppet) { p.call(frame.PlainCall, dead, 5000, 0); p.finish() },
	"call with wei": func(p puppet) { p.call(frame.PlainCall, other, 5000, 1); p.finish() },
	"create": func(p puppet) {
		p.create(nil, 0, []byte{0x00})
		p.finish()
	},
	"create 2": func(p puppet) {
		p.create(new(byte), 1, created2)
		p.finish()
	},
}

// around is what a caller does about its call or creation.
func around(act func(puppet)) func(puppet) {
	return func(p puppet) {
		p.log(1)
		p.hold(5, 9)
		act(p)
		p.held(5)
		p.store(3, 1)
		p.store(1, 4)
		p.balance(other)
		p.balance(library)
		p.log(3)
		p.finish()
	}
}

func TestEveryPairOfKindsCallsAlike(t *testing.T) {
	kinds := map[string]frame.CallKind{
		"call": frame.PlainCall, "callCode": frame.CallCode, "callDelegate": frame.CallDelegate,
		"callStatic": frame.CallStatic,
	}
	for name, does := range behaviours {
		for call, kind := range kinds {
			for _, wei := range []byte{0, 3, 99} { // 99 is more than the caller has
				for _, delegated := range []bool{false, true} {
					if wei > 0 && (kind == frame.CallDelegate || kind == frame.CallStatic) {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/wei=%d/delegated=%v", name, call, wei, delegated), func(t *testing.T) {
						alike(t, func(caller, callee codeKind) sight {
							w := pairWorld(t)
							at := library
							if delegated {
								at = common.Address{19: 0xde}
								w.place(library, types.AddressToDelegation(at))
							}
							w.place(at, callee.write(t, does))
							w.place(
								self, caller.write(t, around(func(p puppet) { p.call(kind, library, 300_000, wei) })),
							)
							return w.look(common.Address{}, 0)
						})
					})
				}
			}
		}
	}
}

func TestEveryPairOfKindsCreatesAlike(t *testing.T) {
	for name, does := range behaviours {
		for _, salt := range []*byte{nil, new(byte)} {
			for _, wei := range []byte{0, 3, 99} {
				t.Run(fmt.Sprintf("%s/salted=%v/wei=%d", name, salt != nil, wei), func(t *testing.T) {
					alike(t, func(caller, callee codeKind) sight {
						return create(t, caller, callee.write(t, does), salt, wei)
					})
				})
			}
		}
	}
}

// A constructor of either kind deploys code of either kind.
func TestEveryPairOfKindsDeploysEveryKind(t *testing.T) {
	for _, runtime := range codeKinds {
		for _, salt := range []*byte{nil, new(byte)} {
			t.Run(fmt.Sprintf("%s/salted=%v", runtime, salt != nil), func(t *testing.T) {
				code := runtime.write(t, func(p puppet) { p.log(4); p.finish() })
				alike(t, func(caller, callee codeKind) sight {
					return create(t, caller, callee.write(t, func(p puppet) { p.finishWith(code) }), salt, 2)
				})
			})
		}
	}
}

// create lets a creator of a kind create with data of the other or the same kind.
func create(t *testing.T, caller codeKind, initcode []byte, salt *byte, wei byte) sight {
	t.Helper()
	w := pairWorld(t)
	w.place(self, caller.write(t, around(func(p puppet) { p.create(salt, wei, initcode) })))
	child, price := crypto.CreateAddress(self, 1), uint64(2)
	if salt != nil {
		child, price = crypto.CreateAddress2(self, common.Hash{}, crypto.Keccak256(initcode)), 2+6
	}
	return w.look(child, price*words(len(initcode)))
}

// alike compares what is seen of all pairs with what is seen of two EVM contracts.
func alike(t *testing.T, play func(caller, callee codeKind) sight) {
	t.Helper()
	want := play(evmKind, evmKind)
	for _, caller := range codeKinds {
		for _, callee := range codeKinds {
			if diff := cmp.Diff(want, play(caller, callee)); diff != "" {
				t.Errorf("%s to %s (-evm to evm +here):\n%s", caller, callee, diff)
			}
		}
	}
}

// pairWorld is a world in which self has 50 wei and slots that can be cleared.
func pairWorld(t *testing.T) *world {
	t.Helper()
	w := osaka.world(t)
	w.fund(self, 50)
	w.fund(other, 7)
	for _, account := range []common.Address{self, library} {
		for _, key := range []byte{2, 8} {
			w.SetState(account, common.Hash{31: key}, common.Hash{31: 6})
		}
	}
	return w
}

// sight is all that can be seen of a call of self, but for the code of contracts.
type sight struct {
	End      string
	Output   string
	Gas      int64 // without instructions, the words of creation data and the deposit
	Burnt    uint64
	Refund   uint64
	Logs     []string
	Accounts []string
}

// look calls self, which creates child or nothing, and returns what can be seen.
func (w *world) look(child common.Address, initcode uint64) sight {
	w.t.Helper()
	w.begin()
	m := newMeter()
	machine := vm.New(vm.Environment{
		Engine: engine, State: w.StateDB, Config: transition.DefaultConfig(transition.DevnetID), Rules: w.fork.rules,
		Schedule: w.fork.schedule, Block: w.block, Tracing: vm.Tracing{Hooks: m.hooks(), Host: m},
	})
	result := machine.RunCall(w.tx, sender, frame.Call{
		Target: self, Value: new(uint256.Int), Input: nil, Gas: gas.NewTank(plenty),
	})
	s := sight{End: result.End.String(), Output: common.Bytes2Hex(result.Output), Refund: w.GetRefund()}
	for _, log := range w.Logs() {
		s.Logs = append(s.Logs, fmt.Sprint(w.name(log.Address, child), log.Topics, log.Data))
	}
	for _, account := range []common.Address{self, library, other, heir, dead, child} {
		text := fmt.Sprint(w.name(account, child), w.Exist(account), w.GetBalance(account), w.GetNonce(account),
			w.HasSelfDestructed(account))
		for key := range byte(10) {
			text += fmt.Sprint(" ", w.slot(account, key)[31], w.GetTransientState(account, common.Hash{31: key})[31])
		}
		s.Accounts = append(s.Accounts, text)
	}
	deposit := uint64(0)
	if child != (common.Address{}) {
		deposit = 200 * uint64(w.GetCodeSize(child))
	}
	root := m.frames[0]
	s.Burnt = root.burnt
	s.Gas = int64(plenty) - int64(result.Left.Left()) - int64(root.instructions+root.created+initcode+deposit)
	return s
}

func (w *world) name(account, child common.Address) string {
	if account == child {
		return "child "
	}
	return account.Hex() + " "
}

// shared are the instructions that host functions stand for whose price is compared.
var shared = map[gethvm.OpCode]bool{
	gethvm.CALL: true, gethvm.CALLCODE: true, gethvm.DELEGATECALL: true, gethvm.STATICCALL: true, gethvm.CREATE: true,
	gethvm.CREATE2: true, gethvm.SSTORE: true, gethvm.TSTORE: true, gethvm.TLOAD: true, gethvm.LOG0: true,
	gethvm.LOG1: true, gethvm.BALANCE: true, gethvm.SELFDESTRUCT: true,
}

// meter adds up what instructions cost that the other kind does not have: all but access to state, calls and
// creations.
type meter struct {
	frames []metered
	before uint64 // gas left when a host function was called
}

// metered is one frame. What a frame cost that halted is all it was given.
type metered struct {
	instructions uint64
	burnt        uint64 // by calls that halted
	created      uint64 // by creations that halted: it depends on what the creator's instructions cost
	creates      bool
}

func newMeter() *meter { return &meter{frames: make([]metered, 1)} }

func (m *meter) top() *metered { return &m.frames[len(m.frames)-1] }

func (m *meter) hooks() *tracing.Hooks {
	return &tracing.Hooks{
		OnEnter: func(_ int, op byte, _, _ common.Address, _ []byte, _ uint64, _ *big.Int) {
			kind := gethvm.OpCode(op)
			m.frames = append(m.frames, metered{creates: kind == gethvm.CREATE || kind == gethvm.CREATE2})
		},
		OnExit: func(_ int, _ []byte, used uint64, err error, failed bool) {
			ended := *m.top()
			m.frames = m.frames[:len(m.frames)-1]
			above := m.top()
			switch {
			case failed && !errors.Is(err, gethvm.ErrExecutionReverted) && ended.creates:
				above.created += used
			case failed && !errors.Is(err, gethvm.ErrExecutionReverted):
				above.burnt += used
			default:
				above.instructions += ended.instructions
				above.burnt += ended.burnt
				above.created += ended.created
			}
		},
		OnOpcode: func(_ uint64, op byte, _, cost uint64, _ tracing.OpContext, _ []byte, _ int, _ error) {
			if !shared[gethvm.OpCode(op)] {
				m.top().instructions += cost
			}
		},
	}
}

// Before and After make it the tracer of host functions.
func (m *meter) Before(c *ewasm.Context, _ *ewasm.Function, _ ewasm.Args) { m.before = c.Gas.Left() }

func (m *meter) After(c *ewasm.Context, f *ewasm.Function, _ ewasm.Args, _ uint64, _ error) {
	if !shared[f.Instruction] {
		m.top().instructions += m.before - c.Gas.Left()
	}
}
