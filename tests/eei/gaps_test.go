package eei

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/internal/wat"
)

// The rules that no public Ewasm test notices the loss of, in the order of the list that found them.

func TestGapRefundForClearingStorage(t *testing.T) {
	for _, test := range []struct {
		fork   fork
		refund uint64
	}{{byzantium, 15000}, {osaka, 4800}} {
		w := test.fork.world(t)
		w.SetState(self, common.Hash{31: 1}, common.Hash{31: 5})
		w.run(data(0, word(1)), do("storageStore", 0, 32)).finished(t)
		equal(t, test.fork.name, w.GetRefund(), test.refund)
		equal(t, "slot", w.slot(self, 1), common.Hash{})
	}
}

// writers change state: in a static frame each must trap.
var writers = map[string]string{
	"storageStore":    do("storageStore", 0, 0),
	"log":             do("log", 0, 0, 0, 0, 0, 0, 0),
	"create":          do("create", 0, 300, len(emptyContract), 100),
	"selfDestruct":    do("selfDestruct", 200),
	"call with value": do("call", 0, 200, 232, 0, 0),
	"create2":         do("create2", 0, 300, len(emptyContract), 0, 100),
	"transientStore":  do("transientStore", 0, 0),
}

// answersDown lets self call a first contract, that a second and so on, by the kinds given, and the last run a writer.
// It returns what each contract was given, the outermost first.
func answersDown(w *world, writer string, kinds ...string) []uint32 {
	w.t.Helper()
	code := contract(w.t, address(200, other), data(232, amount(1)), data(300, emptyContract), writer)
	for i := len(kinds); i > 0; i-- {
		target := common.Address{0: 0x99, 19: byte(i)}
		w.fund(target, 10)
		w.place(target, code)
		code = relay(w.t, kinds[i-1], 1_000_000/i, target, 0)
	}
	w.fund(self, 10)
	w.place(self, code)
	out := w.call(message{}).finished(w.t)
	var answers []uint32
	for ; len(out) >= 4; out = out[4:] {
		answers = append(answers, u32(out))
	}
	return answers
}

// refusedBelowStatic checks that a writer works below calls of the given kinds, and not if one of them is static.
func refusedBelowStatic(t *testing.T, writer string, kinds ...string) {
	t.Helper()
	eachFork(t, func(t *testing.T, f fork) {
		t.Helper()
		if row := lookup(writer); row != nil && !row.SoldBy(f.schedule) {
			t.Skip("not sold")
		}
		w := f.world(t)
		answers := answersDown(w, writers[writer], kinds...)
		want := make([]uint32, len(kinds))
		want[len(want)-1] = 1
		equal(t, writer+" below "+fmt.Sprint(kinds), fmt.Sprint(answers), fmt.Sprint(want))
		equal(t, "logs", len(w.Logs()), 0)
		equal(t, "balance of the heir", w.balance(other), 0)

		free := slices.Clone(kinds)
		for i := range free {
			if free[i] == "callStatic" {
				free[i] = "call"
			}
		}
		answers = answersDown(f.world(t), writers[writer], free...)
		equal(t, writer+" below "+fmt.Sprint(free), fmt.Sprint(answers), fmt.Sprint(make([]uint32, len(kinds))))
	})
}

func TestGapStaticModeInLog(t *testing.T) { refusedBelowStatic(t, "log", "callStatic") }

func TestGapStaticModeInCreate(t *testing.T) { refusedBelowStatic(t, "create", "callStatic") }

func TestGapStaticModeInSelfDestruct(t *testing.T) {
	refusedBelowStatic(t, "selfDestruct", "callStatic")
}

func TestGapStaticModeReachesNestedCalls(t *testing.T) {
	for writer := range writers {
		for _, below := range callKinds {
			refusedBelowStatic(t, writer, "callStatic", below)
			refusedBelowStatic(t, writer, "call", "callStatic", below)
		}
		refusedBelowStatic(t, writer, "callStatic", "call", "callDelegate", "callCode", "call")
	}
}

func TestNestedStaticCreate(t *testing.T) {
	for _, kind := range callKinds {
		refusedBelowStatic(t, "create", "callStatic", kind)
	}
}

func TestStaticModeEndsWithItsCall(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(other, emptyContract)
		w.run(append([]string{address(100, other), do("callStatic", 10_000, 100, 0, 0)}, mark...)...).finished(t)
		equal(t, "slot", w.slot(self, 9), common.Hash{31: 1})
	})
}

func TestGapSenderAndValueInheritedByCallDelegate(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(other, contract(t, do("getCaller", 0), do("getCallValue", 20), do("getAddress", 36), finish(0, 56)))
		w.place(library, relay(t, "callDelegate", 100_000, other, 0)) // a delegate's delegate
		w.place(self, relay(t, "callDelegate", 500_000, library, 0))
		out := w.call(message{value: uint256.NewInt(77)}).finished(t)
		equal(t, "answers", fmt.Sprint(u32(out), u32(out[4:])), "0 0")
		equal(t, "caller", common.BytesToAddress(out[8:28]), sender)
		equal(t, "value", u64(out[28:]), 77)
		equal(t, "address", common.BytesToAddress(out[44:64]), self)
		equal(t, "balance", w.balance(self), 77)
	})
}

// TestGapDepthLimit recurses for real, by each kind of call, until a call is answered 1 with gas to spare. Frame 0 is
// the transaction's own, so the deepest is number 1024. Each frame is told its depth as calldata; the deepest reports
// it, and everyone above hands the report up.
func TestGapDepthLimit(t *testing.T) {
	for _, kind := range callKinds {
		t.Run(kind, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				ops := operands(kind, 1<<62)
				ops[len(ops)-2], ops[len(ops)-1] = 100, 4
				w := f.world(t)
				w.place(self, contract(t, address(0, self),
					do("callDataCopy", 100, 0, 4),
					put32(200, "(i32.load (i32.const 100))"),
					put32(100, "(i32.add (i32.load (i32.const 100)) (i32.const 1))"),
					put64(212, get("getGasLeft")),
					put32(204, get(kind, ops...)),
					put64(220, get("getGasLeft")),
					"(if (i32.eqz (i32.load (i32.const 204))) (then "+do("returnDataCopy", 300, 0, 28)+finish(300,
						28)+"))",
					finish(200, 28)))
				const given = 1 << 40
				out := w.call(message{input: make([]byte, 4), gas: given}).finished(t)
				equal(t, "depth reached", u32(out), 1024)
				equal(t, "answer at the limit", u32(out[4:]), 1)
				warm := map[string]uint64{"byzantium": 700, "osaka": accountWarm}[f.name]
				equal(t, "gas at the limit", u64(out[12:])-u64(out[20:])-2, warm)
			})
		})
	}
}

func TestGapDepthLimitIsTheSameWherever(t *testing.T) {
	for _, kind := range callKinds {
		eachFork(t, func(t *testing.T, f fork) {
			for depth, answer := range map[int]uint32{1022: 0, 1023: 0, 1024: 1} {
				w := f.world(t)
				w.place(self, relay(t, kind, 0, other, 0))
				out := w.call(message{depth: depth}).finished(t)
				equal(t, fmt.Sprintf("%s at depth %d", kind, depth), u32(out), answer)
			}
		})
	}
	w := osaka.world(t)
	w.place(self, emptyContract)
	o := w.call(message{depth: 1025})
	equal(t, "a frame below the limit", o.End, frame.Rejected)
	equal(t, "gas", o.Used, 0)
}

func TestGapAmountsOver128BitsTrap(t *testing.T) {
	wide := new(uint256.Int).Lsh(uint256.NewInt(1), 128)
	for _, amount := range []*uint256.Int{wide, new(uint256.Int).SetAllOne(), new(uint256.Int).Lsh(wide, 64)} {
		eachFork(t, func(t *testing.T, f fork) {
			t.Run("getExternalBalance", func(t *testing.T) {
				w := f.world(t)
				w.AddBalance(other, amount, tracing.BalanceChangeUnspecified)
				w.place(self, contract(t, append(mark, address(100, other), do("getExternalBalance", 100, 200))...))
				w.refused(w.call(message{}), ewasm.ErrWide)
			})
			t.Run("getCallValue", func(t *testing.T) {
				w := f.world(t)
				w.SetBalance(sender, amount, tracing.BalanceChangeUnspecified)
				w.place(self, contract(t, append(mark, do("getCallValue", 200))...))
				w.refused(w.call(message{value: amount}), ewasm.ErrWide)
				equal(t, "balance", w.GetBalance(sender).Hex(), amount.Hex())
			})
			t.Run("getTxGasPrice", func(t *testing.T) {
				w := f.world(t)
				w.tx.GasPrice = amount
				w.place(self, contract(t, append(mark, do("getTxGasPrice", 200))...))
				w.refused(w.call(message{}), ewasm.ErrWide)
			})
		})
	}
}

// Hera compares the value with the balance as u128: call and callCode only if there is a value, create always.
func TestGapACallWithValueFromABalanceOver128BitsTraps(t *testing.T) {
	largest := new(uint256.Int).SubUint64(new(uint256.Int).Lsh(uint256.NewInt(1), 128), 1)
	for name, test := range map[string]struct {
		use   string
		traps bool
	}{
		"call with value":        {get("call", 5000, 100, 200, 0, 0), true},
		"callCode with value":    {get("callCode", 5000, 100, 200, 0, 0), true},
		"call without value":     {get("call", 5000, 100, 300, 0, 0), false},
		"callCode without value": {get("callCode", 5000, 100, 300, 0, 0), false},
		"callDelegate":           {get("callDelegate", 5000, 100, 0, 0), false},
		"callStatic":             {get("callStatic", 5000, 100, 0, 0), false},
		"create with value":      {get("create", 200, 0, 0, 400), true},
		"create without value":   {get("create", 300, 0, 0, 400), true},
	} {
		t.Run(name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				for over := range uint64(2) {
					w := f.world(t)
					w.AddBalance(self, new(uint256.Int).AddUint64(largest, over), tracing.BalanceChangeUnspecified)
					w.place(self, contract(t, append(mark, address(100, other), data(200, amount(3)),
						put32(500, test.use), finish(500, 4))...))
					o := w.call(message{})
					if f.name == "byzantium" && test.traps && over == 1 {
						w.refused(o, ewasm.ErrWide)
						continue
					}
					equal(t, "answer", u32(o.finished(t)), 0)
				}
			})
			w := byzantium.world(t) // the depth is looked at first
			w.AddBalance(self, new(uint256.Int).AddUint64(largest, 1), tracing.BalanceChangeUnspecified)
			w.place(self, contract(t, address(100, other), data(200, amount(3)), put32(500, test.use), finish(500, 4)))
			equal(t, "answer at the depth limit", u32(w.call(message{depth: 1024}).finished(t)), 1)
		})
	}
}

func TestGapReturnBufferClearedByASuccessfulCreate(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for name, initcode := range map[string][]byte{
			"deploying": constructor(t, []byte("code")), "finishing empty": emptyContract,
		} {
			w := f.world(t)
			w.place(other, contract(t, data(0, "old data"), finish(0, 8)))
			out := w.run(address(0, other), data(1000, initcode),
				do("callStatic", 10_000, 0, 0, 0), put32(100, get("getReturnDataSize")),
				put32(104, get("create", 500, 1000, len(initcode), 200)), put32(108, get("getReturnDataSize")),
				finish(100, 12)).finished(t)
			equal(t, "size before", u32(out), 8)
			equal(t, name+": answer", u32(out[4:]), 0)
			equal(t, name+": size after", u32(out[8:]), 0)
		}
	})
}

// Hera leaves the old buffer if a call or create answers 1 early; the EVM clears it, and so do we. (At the depth
// limit the buffer cannot hold anything to clear.)
func TestReturnBufferClearedByAnEarlyAnswer(t *testing.T) {
	for name, early := range map[string]string{
		"call":     get("call", 0, 0, 32, 0, 0),
		"callCode": get("callCode", 0, 0, 32, 0, 0),
		"create":   get("create", 32, 1000, len(emptyContract), 200),
	} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(other, contract(t, data(0, "old data"), finish(0, 8)))
			out := w.run(address(0, other), data(32, amount(99)), data(1000, emptyContract),
				do("callStatic", 10_000, 0, 0, 0), put32(100, get("getReturnDataSize")),
				put32(104, early), put32(108, get("getReturnDataSize")), finish(100, 12)).finished(t)
			equal(t, "size before", u32(out), 8)
			equal(t, name+" beyond the balance: answer", u32(out[4:]), 1)
			equal(t, name+" beyond the balance: size after", u32(out[8:]), 0)
		})
	}
}

func TestGapExports(t *testing.T) {
	for _, test := range []struct {
		name             string
		code             []byte
		byzantium, osaka error
	}{
		{"main and memory", emptyContract, nil, nil},
		{"a third", contract(t, `(global (export "__heap_base") i32 (i32.const 0))`), ewasm.ErrExport, nil},
		{"no main", wat.Assemble(t, `(module (memory (export "memory") 1) (func))`), ewasm.ErrMain, ewasm.ErrMain},
		{"no memory", wat.Assemble(t, `(module (memory 1) (func
			(export "main")))`), ewasm.ErrNoMemory, ewasm.ErrNoMemory},
		{"nothing", wat.Assemble(t, `(module (memory 1) (func))`), ewasm.ErrMain, ewasm.ErrMain},
		{
			"a segment beyond the memory", contract(t, `(data (i32.const 65535) "xy")`), nil, ewasm.ErrSegment,
		},
		{
			"main with a parameter",
			wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (param i32)))`),
			ewasm.ErrExport, ewasm.ErrExport,
		},
		{
			"main with a result",
			wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (result i32) i32.const 0))`),
			ewasm.ErrExport, ewasm.ErrExport,
		},
		{
			"main is a global", wat.Assemble(t,
				`(module (memory (export "memory") 1) (global (export "main") i32 (i32.const 0)))`), ewasm.ErrExport,
			ewasm.ErrExport,
		},
		{
			"memory is a function", wat.Assemble(t, `(module (memory 1) (func (export "main") (export "memory")))`),
			ewasm.ErrExport, ewasm.ErrExport,
		},
	} {
		for f, broken := range map[*fork]error{&byzantium: test.byzantium, &osaka: test.osaka} {
			t.Run(test.name+"/"+f.name, func(t *testing.T) {
				w := f.world(t)
				answer := w.make(constructor(t, test.code), 0).answer
				equal(t, "answer to creating it", answer, map[bool]uint32{true: 0, false: 1}[broken == nil])
				_, o := f.world(t).transact(constructor(t, test.code), 0)
				if broken == nil {
					o.finished(t)
				} else {
					o.trapped(t, broken)
				}
			})
		}
	}
}

func TestGapNegativeUseGas(t *testing.T) {
	for _, n := range []int64{-1, -2, -1000, -1 << 63} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(self, contract(t, append(mark, do("useGas", n))...))
			w.refused(w.call(message{}), ewasm.ErrNegative)
		})
	}
}

func TestGapNegativeCallGas(t *testing.T) {
	for _, kind := range callKinds {
		for _, n := range []int64{-1, -1 << 63} {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(self, contract(t, append(mark,
					do(kind, operands(kind, n)...))...))
				w.refused(w.call(message{}), ewasm.ErrNegative)
			})
		}
	}
}

func TestGapCallDataCopyPastTheEndTraps(t *testing.T) {
	for _, input := range []string{"", "four"} {
		for _, more := range []int{1, 32, 1000} {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.place(self, contract(t, append(mark, do("callDataCopy", 100, 0, len(input)+more))...))
				w.refused(w.call(message{input: []byte(input)}), ewasm.ErrSource)
			})
		}
	}
}

// Hera gives a delegate call a stipend when the inherited value is not zero: a loop of them mints gas.
func TestGapNoStipendForCallDelegate(t *testing.T) {
	for _, kind := range []string{"callDelegate", "callStatic"} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.place(other, contract(t, put64(0, get("getGasLeft")), finish(0, 8)))
			w.place(self, relay(t, kind, 100, other, 0))
			out := w.call(message{value: uint256.NewInt(5)}).finished(t)
			equal(t, kind+": gas of the callee", u64(out[4:]), 98)

			w.place(self, relay(t, kind, 0, other, 0))
			out = w.call(message{value: uint256.NewInt(5)}).finished(t)
			equal(t, kind+": answer without gas", u32(out), 1)

			w.place(other, emptyContract)
			w.place(self, contract(t, "(local $n i32)", address(0, other),
				"(loop $again "+do(kind, operands(kind, 0)...)+
					"(br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 100))))"))
			o := w.call(message{value: uint256.NewInt(5)})
			o.finished(t)
			again := map[string]uint64{"byzantium": 700, "osaka": accountWarm}[f.name]
			equal(t, kind+": gas of 100 calls", o.Used, priceOfCall(f)+99*again)
		})
	}
}
