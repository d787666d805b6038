package eei

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
)

// Contracts that run others.

// endings are the ways a callee ends and what its caller hears. Each writes a slot first.
var endings = []struct {
	name     string
	last     string
	answer   uint32
	returned string
}{
	{"return", "nop", 0, ""},
	{"finish", finish(100, 4), 0, "data"},
	{"revert", do("revert", 100, 4), 2, "data"},
	{"trap", "unreachable", 1, ""},
	{"out of gas", do("useGas", 1<<40), 1, ""},
	{"host trap", finish(memoryEnd, 1), 1, ""},
}

func TestCallsAnswerHowTheCalleeEnded(t *testing.T) {
	for _, kind := range callKinds {
		for _, ending := range endings {
			t.Run(kind+"/"+ending.name, func(t *testing.T) {
				eachFork(t, func(t *testing.T, f fork) {
					w := f.world(t)
					parts := []string{data(100, "data"), ending.last}
					if kind != "callStatic" {
						parts = append([]string{data(0, word(1)), do("storageStore", 0, 0)}, parts...)
					}
					w.place(other, contract(t, parts...))
					w.place(self, relay(t, kind, 100_000, other, 0))
					out := w.call(message{}).finished(t)
					equal(t, "answer", u32(out), ending.answer)
					equal(t, "return data", string(out[4:]), ending.returned)

					written := map[string]common.Address{"call": other, "callCode": self, "callDelegate": self}[kind]
					if kind != "callStatic" && ending.answer == 0 {
						equal(t, "slot", w.slot(written, 1), common.Hash{31: 1})
					} else {
						equal(t, "slot", w.slot(written, 1), common.Hash{})
					}
				})
			})
		}
	}
}

func TestGasOfTheCalleeIsBurntByATrapAndOtherwiseGivenBack(t *testing.T) {
	for _, kind := range callKinds {
		for _, test := range []struct {
			name, last string
			used       uint64 // of the 10,000 given
		}{
			{"finish", finish(0, 0), 123},
			{"revert", do("revert", 0, 0), 123},
			{"trap", "unreachable", 10_000},
		} {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(other, contract(t, do("useGas", 123), test.last))
				o := w.run(address(0, other), do(kind, operands(kind, 10_000)...))
				o.finished(t)
				equal(t, kind+", "+test.name, o.Used, priceOfCall(f)+test.used)
			})
		}
	}
}

// priceOfCall is that of any call without value to an account not accessed before.
func priceOfCall(f fork) uint64 {
	return map[string]uint64{"byzantium": 700, "osaka": accountCold}[f.name]
}

func TestEachCallSetsTheCalleesFrame(t *testing.T) {
	report := []string{
		do("getAddress", 0), do("getCaller", 20), do("getCallValue", 40),
		do("callDataCopy", 56, 0, get("getCallDataSize")), finish(0, 61),
	}
	for _, test := range []struct {
		kind         string
		self, caller common.Address
		value        uint64
	}{
		{"call", other, self, 3},
		{"callCode", self, self, 3},
		{"callDelegate", self, sender, 50},
		{"callStatic", other, self, 0},
	} {
		t.Run(test.kind, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(other, contract(t, report...))
				ops := operands(test.kind, 50_000)
				ops[len(ops)-2], ops[len(ops)-1] = 48, 5
				w.place(self, contract(t, address(0, other), data(32, amount(3)), data(48, "input"),
					put32(200, get(test.kind, ops...)), do("returnDataCopy", 204, 0, 61), finish(200, 65)))
				out := w.call(message{value: uint256.NewInt(50)}).finished(t)
				equal(t, "answer", u32(out), 0)
				equal(t, "address", common.BytesToAddress(out[4:24]), test.self)
				equal(t, "caller", common.BytesToAddress(out[24:44]), test.caller)
				equal(t, "value", u64(out[44:]), test.value)
				equal(t, "input", string(out[60:]), "input")
			})
		})
	}
}

func TestOnlyCallMovesValue(t *testing.T) {
	for _, kind := range callKinds {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(other, emptyContract)
			w.fund(self, 10)
			w.place(self, relay(t, kind, 0, other, 3))
			w.call(message{}).finished(t)
			moved := map[string]uint64{"call": 3}[kind]
			equal(t, kind+": balance of the callee", w.balance(other), moved)
			equal(t, kind+": balance of the caller", w.balance(self), 10-moved)
		})
	}
}

func TestValueMovesBackWhenTheCalleeFails(t *testing.T) {
	for _, last := range []string{"unreachable", do("revert", 0, 0)} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(other, contract(t, last))
			w.fund(self, 10)
			w.place(self, relay(t, "call", 0, other, 3))
			w.call(message{}).finished(t)
			equal(t, "callee", w.balance(other), 0)
			equal(t, "caller", w.balance(self), 10)
		})
	}
}

func TestValueToItselfStays(t *testing.T) {
	w := osaka.world(t)
	w.fund(self, 10)
	w.place(self, contract(t, address(0, self), data(32, amount(10)),
		"(if (i32.eqz "+get("getCallDataSize")+") (then "+put32(64, get("call", 0, 0, 32, 0, 1))+"))", finish(64, 4)))
	equal(t, "answer", u32(w.call(message{}).finished(t)), 0)
	equal(t, "balance", w.balance(self), 10)
}

// What a call costs its caller if the callee uses nothing and so gives the stipend back.
func TestPriceOfCalls(t *testing.T) {
	const value, newAccount, stipend = 9000, 25000, 2300
	for _, test := range []struct {
		kind string
		to   common.Address
		wei  uint64
		more uint64
	}{
		{"call", other, 0, 0},
		{"call", dead, 0, 0},
		{"call", other, 1, value - stipend},
		{"call", dead, 1, value + newAccount - stipend},
		{"callCode", other, 0, 0},
		{"callCode", dead, 0, 0},
		{"callCode", other, 1, value - stipend},
		{"callCode", dead, 1, value - stipend},
		{"callDelegate", dead, 0, 0},
		{"callStatic", dead, 0, 0},
	} {
		t.Run(fmt.Sprintf("%s/to=%v/wei=%d", test.kind, test.to == dead, test.wei), func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.fund(self, 10)
				o := w.run(address(0, test.to), data(32, amount(test.wei)),
					put32(64, get(test.kind, operands(test.kind, 0)...)), finish(64, 4))
				equal(t, "answer", u32(o.finished(t)), 0)
				equal(t, "gas", o.Used, priceOfCall(f)+test.more)
				equal(t, "the callee exists", w.Exist(test.to), test.to == other || test.kind == "call" &&
					test.wei > 0 || test.kind == "callStatic")
			})
		})
	}
}

// An account that exists but is empty is dead, as is one that does not exist (EIP-161).
func TestAnEmptyAccountIsDead(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(self, contract(t, address(0, dead), data(32, amount(1)), do("call", 0, 0, 32, 0, 0)))
		w.fund(self, 10)
		w.CreateAccount(dead)
		equal(t, "exists", w.Exist(dead), true)
		equal(t, "gas", w.call(message{}).Used, priceOfCall(f)+9000+25000-2300)
	})
}

func TestADeadAccountTouchedWithoutValueIsNotKept(t *testing.T) {
	for _, kind := range callKinds {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(self, relay(t, kind, 0, dead, 0))
			w.call(message{}).finished(t)
			w.begin()
			equal(t, kind+": exists", w.Exist(dead), false)
		})
	}
}

func TestACalleeMayNotHaveMoreThanAllButOne64th(t *testing.T) {
	for _, kind := range callKinds {
		for _, asked := range []uint64{1<<63 - 1, plenty, plenty - 700} {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(other, contract(t, put64(0, get("getGasLeft")), finish(0, 8)))
				w.place(self, relay(t, kind, asked, other, 0, put64(2000, get("getGasLeft"))))
				out := w.call(message{}).finished(t)
				equal(t, "answer", u32(out), 0)
				left := plenty - 2 - priceOfCall(f)
				equal(t, kind+": gas of the callee", u64(out[4:]), left-left/64-2)
			})
		}
	}
}

func TestACalleeHasWhatIsAskedWhereThatIsLess(t *testing.T) {
	for _, kind := range callKinds {
		for _, asked := range []uint64{2, 100, 9_000_000} {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(other, contract(t, put64(0, get("getGasLeft")), finish(0, 8)))
				w.place(self, relay(t, kind, asked, other, 0))
				out := w.call(message{}).finished(t)
				equal(t, kind+": gas of the callee", u64(out[4:]), asked-2)
			})
		}
	}
}

func TestACallWithValueComesWithAStipend(t *testing.T) {
	for _, kind := range []string{"call", "callCode"} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.fund(self, 10)
			w.place(other, contract(t, put64(0, get("getGasLeft")), finish(0, 8)))
			w.place(self, relay(t, kind, 100, other, 1))
			out := w.call(message{}).finished(t)
			equal(t, kind+": gas of the callee", u64(out[4:]), 100+2300-2)
		})
	}
}

// With too little balance nothing runs: the value's price is gone, the gas for the callee was never taken. In the EVM
// the stipend comes back, as from a callee that used nothing; Hera keeps it.
func TestACallBeyondTheBalanceAnswers1AndKeepsItsGas(t *testing.T) {
	for _, test := range []struct {
		kind string
		to   common.Address
		more uint64
	}{{"call", other, 9000}, {"call", dead, 9000 + 25000}, {"callCode", other, 9000}} {
		for _, wei := range []*uint256.Int{
			uint256.NewInt(11), new(uint256.Int).Lsh(uint256.NewInt(1), 64),
			new(uint256.Int).Lsh(uint256.NewInt(1), 127),
		} {
			t.Run(fmt.Sprintf("%s/%v/wei=%v", test.kind, test.to == dead, wei), func(t *testing.T) {
				eachFork(t, func(t *testing.T, f fork) {
					w := f.world(t)
					w.fund(self, 10)
					o := w.run(append(mark, address(100, test.to), data(132, amountOf(wei)),
						put64(300, get("getGasLeft")),
						put32(316, get(test.kind, 1_000_000, 100, 132, 0, 0)),
						put64(308, get("getGasLeft")),
						finish(300, 20))...)
					out := o.finished(t)
					equal(t, "answer", u32(out[16:]), 1)
					equal(t, "gas", u64(out)-u64(out[8:])-2, priceOfCall(f)+test.more-refusedStipend(f))
					equal(t, "own state is kept", w.slot(self, 9), common.Hash{31: 1})
					equal(t, "balance", w.balance(self), 10)
				})
			})
		}
	}
}

// refusedStipend is what comes back of the price of a value that did not go.
func refusedStipend(f fork) uint64 { return map[string]uint64{"osaka": 2300}[f.name] }

func TestTheWholeBalanceCanBeSent(t *testing.T) {
	wide := new(uint256.Int).Lsh(uint256.NewInt(1), 127)
	w := osaka.world(t)
	w.AddBalance(self, wide, 0)
	w.place(self, contract(t, address(0, other), data(32, amountOf(wide)), do("call", 0, 0, 32, 0, 0)))
	w.call(message{}).finished(t)
	equal(t, "balance", w.GetBalance(other).Hex(), wide.Hex())
}

// Hera's order: operands are read, and trap, before anything can answer 1; the depth is looked at before the value is
// paid.
func TestCallOrder(t *testing.T) {
	const deepest = 1024
	for _, test := range []struct {
		name    string
		call    string
		depth   int
		static  bool
		trap    error  // nil: answers 1
		charged uint64 // on top of the call itself, less the stipend that comes back
	}{
		{"negative gas before the address", do("call", -1, -1, 32, 0, 0), 0, false, ewasm.ErrNegative, 0},
		{"negative gas before the depth", do("call", -1, 0, 32, 0, 0), deepest, false, ewasm.ErrNegative, 0},
		{"address before static mode", do("call", 0, -1, 32, 0, 0), 0, true, ewasm.ErrMemory, 0},
		{"value before the depth", do("call", 0, 0, -1, 0, 0), deepest, false, ewasm.ErrMemory, 0},
		{"static mode before the input", do("call", 0, 0, 32, -1, 1), 0, true, ewasm.ErrStatic, 0},
		{"static mode before the balance", do("call", 0, 0, 32, 0, 0), 0, true, ewasm.ErrStatic, 0},
		{"static mode before the depth", do("call", 0, 0, 32, 0, 0), deepest, true, ewasm.ErrStatic, 0},
		{"input before the balance", do("call", 0, 0, 32, -1, 1), 0, false, ewasm.ErrMemory, 0},
		{"input before the depth", do("call", 0, 0, 32, -1, 1), deepest, false, ewasm.ErrMemory, 0},
		{"the value's price before the balance", do("call", 0, 0, 32, 0, 0), 0, false, nil, 9000},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(self, contract(t, address(0, other), data(32, amount(1)), test.call))
				m := message{depth: test.depth}
				if test.static {
					m.kind = frame.CallStatic
				}
				o := w.call(m)
				if test.trap != nil {
					o.trapped(t, test.trap)
					return
				}
				o.finished(t)
				equal(t, "gas", o.Used, priceOfCall(f)+test.charged-refusedStipend(f))
			})
		})
	}
}

// Hera looks at the depth before the value is paid; the EVM takes its price and gives the stipend back.
func TestACallWithValueAtTheDepthLimit(t *testing.T) {
	for _, kind := range []string{"call", "callCode"} {
		for name, price := range map[string]uint64{"byzantium": 700, "osaka": accountCold + 9000 - 2300} {
			f := map[string]fork{"byzantium": byzantium, "osaka": osaka}[name]
			w := f.world(t)
			w.fund(self, 10)
			w.place(self, contract(t, address(0, other), data(32, amount(1)), put32(64, get(kind, 5000, 0, 32, 0, 0)),
				finish(64, 4)))
			o := w.call(message{depth: 1024})
			equal(t, name+": answer", u32(o.finished(t)), 1)
			equal(t, name+": gas of "+kind, o.Used, price)
		}
	}
}

func TestStaticModeAllowsCallsWithoutValueAndCallCodeWithValue(t *testing.T) {
	for _, test := range []struct {
		kind string
		wei  uint64
	}{{"call", 0}, {"callCode", 3}, {"callDelegate", 0}, {"callStatic", 0}} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.fund(self, 10)
			w.place(other, contract(t, do("getAddress", 0), finish(0, 20)))
			w.place(self, relay(t, test.kind, 1000, other, test.wei))
			equal(t, test.kind, u32(w.call(message{kind: frame.CallStatic}).finished(t)), 0)
		})
	}
}

func TestTheReturnBufferIsReplacedByEveryCall(t *testing.T) {
	w := osaka.world(t)
	w.place(other, contract(t, data(0, "longer"),
		"(if (i32.eq (i32.const 1) "+get("getCallDataSize")+") (then unreachable))",
		"(if (i32.eq (i32.const 2) "+get("getCallDataSize")+") (then "+do("revert", 0, 2)+"))", finish(0, 6)))
	out := w.run(address(0, other),
		do("callStatic", 1000, 0, 0, 0), put32(100, get("getReturnDataSize")),
		do("callStatic", 1000, 0, 0, 2), put32(104, get("getReturnDataSize")),
		do("callStatic", 1000, 0, 0, 0), do("callStatic", 1000, 0, 0, 1), put32(108, get("getReturnDataSize")),
		finish(100, 12),
	).finished(t)
	equal(t, "after success", u32(out), 6)
	equal(t, "after a revert", u32(out[4:]), 2)
	equal(t, "after a trap", u32(out[8:]), 0)
}

func TestPrecompilesAreCalledLikeContracts(t *testing.T) {
	ecrecover := common.FromHex("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c" +
		"000000000000000000000000000000000000000000000000000000000000001c" +
		"73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f" +
		"eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549") // a vector of go-ethereum's
	for _, test := range []struct {
		name   string
		number byte
		input  []byte
		gas    uint64
		want   []byte
	}{
		{
			"ecrecover", 1, ecrecover, 3000,
			common.LeftPadBytes(common.FromHex("a94f5374fce5edbc8e2a8697c15331677e6ebf0b"), 32),
		},
		{
			"sha256", 2, []byte("abc"), 60 + 12,
			common.FromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
		},
		{"identity", 4, []byte("anything"), 15 + 3, []byte("anything")},
	} {
		for _, kind := range callKinds {
			t.Run(test.name+"/"+kind, func(t *testing.T) {
				eachFork(t, func(t *testing.T, f fork) {
					call := func(given uint64) outcome {
						ops := operands(kind, given)
						ops[len(ops)-2], ops[len(ops)-1] = 100, len(test.input)
						return f.world(t).run(address(0, common.BytesToAddress([]byte{test.number})),
							data(100, test.input),
							put32(300, get(kind, ops...)), do("returnDataCopy", 304, 0, get("getReturnDataSize")),
							finish(300, 4+len(test.want)))
					}
					price := map[string]uint64{"byzantium": 700, "osaka": accountWarm}[f.name]
					copying := 2 + 3 + 3*words(len(test.want))
					o := call(test.gas)
					out := o.finished(t)
					equal(t, "answer", u32(out), 0)
					equal(t, "output", common.Bytes2Hex(out[4:]), common.Bytes2Hex(test.want))
					equal(t, "gas", o.Used, price+test.gas+copying)

					o = call(test.gas - 1)
					equal(t, "answer with too little gas", u32(o.finished(t)), 1)
					equal(t, "gas of the failure", o.Used, price+test.gas-1+2+3)
				})
			})
		}
	}
}

func TestValueToAPrecompileIsKept(t *testing.T) {
	w := osaka.world(t)
	w.fund(self, 10)
	identity := common.BytesToAddress([]byte{4})
	w.place(self, relay(t, "call", 0, identity, 3))
	equal(t, "answer", u32(w.call(message{}).finished(t)), 0)
	equal(t, "balance", w.balance(identity), 3)
}

func TestCodeThatIsNoModuleFailsWhenCalled(t *testing.T) {
	for name, code := range map[string][]byte{
		"evm":         {0x60, 0x00},
		"almost wasm": []byte("\x00as"),
		"text":        []byte("(module)"),
	} {
		for _, f := range []fork{byzantium, wasmAlone} {
			w := f.world(t)
			w.fund(self, 10)
			w.place(library, code)
			w.place(self, relay(t, "call", 1000, library, 3))
			o := w.call(message{})
			equal(t, name, u32(o.finished(t)), 1)
			equal(t, "value moved", w.balance(library), 0)
			equal(t, "gas", o.Used, priceOfCall(f)+9000+1000+3+2*2)
		}
	}
}

func TestCodeThatIsNoModuleIsTheEVMs(t *testing.T) {
	for name, test := range map[string]struct {
		code []byte
		used uint64 // of the 1000 asked for and the stipend
		ends uint32
	}{
		"a push":             {[]byte{0x60, 0x00}, 3, 0},
		"almost wasm: STOP":  {[]byte("\x00as"), 0, 0},
		"text: no operands":  {[]byte("(module)"), 3300, 1},
		"an unknown opcode":  {[]byte{0xfe}, 3300, 1},
		"a reserved byte":    {[]byte{0xef, 0x00}, 3300, 1},
		"a revert with data": {common.FromHex("60206000fd"), 9, 2},
	} {
		w := osaka.world(t)
		w.fund(self, 10)
		w.place(library, test.code)
		w.place(self, relay(t, "call", 1000, library, 3))
		o := w.call(message{})
		out := o.finished(t)
		equal(t, name, u32(out), test.ends)
		equal(t, name+": value moved", w.balance(library), map[bool]uint64{true: 3}[test.ends == 0])
		equal(t, name+": return data", len(out)-4, map[bool]int{true: 32}[test.ends == 2])
		copied := map[bool]uint64{true: 3}[test.ends == 2]
		equal(t, name+": gas", o.Used, priceOfCall(osaka)+9000-2300+test.used+3+2*2+copied)
	}
}

func TestDelegatedAccountsRunTheCodeOfAnother(t *testing.T) {
	delegate := func(to common.Address) []byte { return types.AddressToDelegation(to) }
	report := []string{do("getAddress", 0), put32(20, get("getCodeSize")), finish(0, 24)}

	t.Run("in their own name", func(t *testing.T) {
		w := osaka.world(t)
		code := contract(t, report...)
		w.place(other, code)
		w.place(library, delegate(other))
		w.place(self, relay(t, "call", 10_000, library, 0))
		out := w.call(message{}).finished(t)
		equal(t, "answer", u32(out), 0)
		equal(t, "address", common.BytesToAddress(out[4:24]), library)
		equal(t, "code size", int(u32(out[24:])), len(code))
	})
	t.Run("pay for both accounts", func(t *testing.T) {
		for _, kind := range callKinds {
			w := osaka.world(t)
			w.place(other, emptyContract)
			w.place(library, delegate(other))
			call := do(kind, operands(kind, 0)...)
			equal(t, kind+", cold", w.run(address(0, library), call).Used, 2*accountCold)
			equal(t, kind+", then warm", w.run(address(0, library), call, call).Used, 2*accountCold+2*accountWarm)
		}
	})
	t.Run("one level only", func(t *testing.T) {
		w := osaka.world(t)
		w.place(other, emptyContract)
		w.place(dead, delegate(other))
		w.place(library, delegate(dead))
		w.place(self, relay(t, "call", 1000, library, 0))
		equal(t, "answer", u32(w.call(message{}).finished(t)), 1)
	})
	t.Run("to a precompile run nothing", func(t *testing.T) {
		w := osaka.world(t)
		w.place(library, delegate(common.BytesToAddress([]byte{4})))
		w.place(self, relay(t, "call", 1000, library, 0))
		o := w.call(message{})
		equal(t, "answer", u32(o.finished(t)), 0)
		equal(t, "return data", len(o.Output), 4)
	})
	t.Run("show the designator as their code", func(t *testing.T) {
		w := osaka.world(t)
		w.place(library, delegate(other))
		out := w.run(address(0, library), put32(100, get("getExternalCodeSize", 0)),
			do("externalCodeCopy", 0, 104, 0, 23), finish(100, 27)).finished(t)
		equal(t, "size", u32(out), 23)
		equal(t, "code", common.Bytes2Hex(out[4:]), common.Bytes2Hex(delegate(other)))
	})
	t.Run("are no contracts before Prague", func(t *testing.T) {
		w := byzantium.world(t)
		w.place(other, emptyContract)
		w.place(library, delegate(other))
		w.place(self, relay(t, "call", 1000, library, 0))
		equal(t, "answer", u32(w.call(message{}).finished(t)), 1)
	})
	t.Run("run as the transaction's own callee", func(t *testing.T) {
		w := osaka.world(t)
		w.place(other, contract(t, report...))
		w.place(library, delegate(other))
		out := w.call(message{to: library}).finished(t)
		equal(t, "address", common.BytesToAddress(out[:20]), library)
	})
}

func TestReentrancySeesTheChangesSoFar(t *testing.T) {
	w := osaka.world(t)
	w.place(other, relay(t, "call", 100_000, self, 0)) // calls back
	out := w.run(
		address(0, other), data(32, amount(0)), data(64, word(1)), data(96, word(7)),
		// Called back it has a caller that is other: it reports the slot.
		do("getCaller", 200),
		"(if (i32.eq (i32.load8_u (i32.const 200)) (i32.const 0xa0)) (then "+do("storageLoad", 64, 300)+finish(300,
			32)+"))",
		do("storageStore", 64, 96),
		do("call", 200_000, 0, 32, 0, 0),
		do("returnDataCopy", 400, 0, 36),
		finish(400, 36),
	).finished(t)
	equal(t, "slot seen by the inner frame", common.BytesToHash(out[4:]), common.Hash{31: 7})
}

// TestCallsDoNotCopyTheirInput: no price of a call depends on its input's length, so neither may its work.
func TestCallsDoNotCopyTheirInput(t *testing.T) {
	const pages, rounds = 256, 100
	for _, kind := range callKinds {
		operands := []any{0, "(i32.const 0)", "(i32.const 0)", pages << 16}
		if kind == "call" || kind == "callCode" {
			operands = []any{0, "(i32.const 0)", "(i32.const 32)", "(i32.const 0)", pages << 16}
		}
		w := osaka.world(t)
		w.place(self, contract(t, "(local $n i32)", fmt.Sprintf(`(memory (export "memory") %d)`, pages),
			fmt.Sprintf("(loop $again %s (br_if $again (i32.lt_u "+
				"(local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const %d))))",
				do(kind, operands...), rounds)))
		w.call(message{}).finished(t)

		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w.call(message{}).finished(t)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > pages<<16 {
			t.Errorf("%s: %d bytes allocated for %d calls with %d bytes each", kind, grown, rounds, pages<<16)
		}
	}
}
