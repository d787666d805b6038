package eei

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// Contracts that make others. maker creates from the data at 1000 with the amount at 0 and finishes with the answer,
// the address as written at 20, and what the constructor left in the return buffer.

const addressUnwritten = "0xAaAAaAaaaAaaAaaAAAAAaAAAaaaaaaAaAaaAaaAa"

func maker(t testing.TB, initcode []byte, wei uint64) []byte {
	unwritten := common.HexToAddress(addressUnwritten)
	pages := (1000+len(initcode))/65536 + 1
	return contract(t, fmt.Sprintf(`(memory (export "memory") %d)`, pages),
		data(0, amount(wei)), address(20, unwritten), data(1000, initcode),
		put32(16, get("create", 0, 1000, len(initcode), 20)),
		do("returnDataCopy", 40, 0, get("getReturnDataSize")),
		do("finish", 16, "(i32.add (i32.const 24) "+get("getReturnDataSize")+")"))
}

// made is what a maker reports.
type made struct {
	outcome
	answer   uint32
	address  common.Address
	returned string
}

func (w *world) make(initcode []byte, wei uint64) made {
	w.t.Helper()
	w.place(self, maker(w.t, initcode, wei))
	return w.madeBy(w.call(message{}))
}

func (w *world) madeBy(o outcome) made {
	w.t.Helper()
	out := o.finished(w.t)
	return made{o, u32(out), common.BytesToAddress(out[4:24]), string(out[24:])}
}

// child is the address of the first contract that self makes: its own nonce is 1.
var child = crypto.CreateAddress(self, 1)

// createPrice is what creating costs before the constructor runs, and the copying of an empty return buffer.
func createPrice(f fork, initcode []byte) uint64 {
	price := uint64(32000)
	if f.name == "osaka" {
		price += 2 * words(len(initcode))
	}
	return price
}

const reporting = 2 + 3 + 2 // what a maker pays to report an empty return buffer

func TestCreateDeploysWhatTheConstructorFinishesWith(t *testing.T) {
	for name, code := range map[string][]byte{
		"contract":               emptyContract,
		"nothing":                {},
		"text":                   []byte("no module"),
		"three bytes of a magic": []byte("\x00as"),
		"evm code":               {0x60, 0x00, 0xf3},
	} {
		t.Run(name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.fund(self, 10)
				initcode := constructor(t, code)
				m := w.make(initcode, 3)
				equal(t, "answer", m.answer, 0)
				equal(t, "address", m.address, child)
				equal(t, "return data", m.returned, "")
				equal(t, "code", string(w.GetCode(child)), string(code))
				equal(t, "nonce of the contract", w.GetNonce(child), 1)
				equal(t, "nonce of the creator", w.GetNonce(self), 2)
				equal(t, "balance of the contract", w.balance(child), 3)
				equal(t, "balance of the creator", w.balance(self), 7)
				equal(t, "gas", m.Used, createPrice(f, initcode)+200*uint64(len(code))+reporting)
			})
		})
	}
}

func TestAConstructorThatOnlyReturnsDeploysNoCode(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		initcode := contract(t, mark...)
		equal(t, "answer", w.make(initcode, 0).answer, 0)
		equal(t, "code", w.GetCodeSize(child), 0)
		equal(t, "nonce", w.GetNonce(child), 1)
		equal(t, "slot", w.slot(child, 9), common.Hash{31: 1})
	})
}

func TestAConstructorsFrame(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(self, 10)
		initcode := contract(t,
			do("getAddress", 0), do("getCaller", 20), do("getTxOrigin", 40), do("getCallValue", 60),
			put32(76, get("getCallDataSize")), put32(80, get("getCodeSize")),
			address(200, child), do("getAddress", 200), put32(84, get("getExternalCodeSize", 200)),
			do("codeCopy", 88, 0, 32),
			finish(0, 120))
		w.make(initcode, 4)
		code := w.GetCode(child)
		if len(code) != 120 {
			t.Fatalf("%d bytes of code, want 120", len(code))
		}
		equal(t, "address", common.BytesToAddress(code[:20]), child)
		equal(t, "caller", common.BytesToAddress(code[20:40]), self)
		equal(t, "origin", common.BytesToAddress(code[40:60]), sender)
		equal(t, "value", u64(code[60:]), 4)
		equal(t, "calldata", u32(code[76:]), 0)
		equal(t, "own code is the creation data", int(u32(code[80:])), len(initcode))
		equal(t, "code of the account is not there yet", u32(code[84:]), 0)
		equal(t, "copied code", string(code[88:120]), string(initcode[:32]))
	})
}

func TestACreatedContractRuns(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.make(constructor(t, contract(t, data(0, "alive"), finish(0, 5))), 0)
		equal(t, "output", string(w.call(message{to: child}).finished(t)), "alive")
	})
}

func TestEachCreationMovesTheNonce(t *testing.T) {
	w := osaka.world(t)
	w.run(data(100, emptyContract),
		do("create", 0, 100, len(emptyContract), 32), do("create", 0, 100, len(emptyContract), 32)).finished(t)
	equal(t, "nonce", w.GetNonce(self), 3)
	for nonce := range uint64(2) {
		equal(t, "contract exists", w.Exist(crypto.CreateAddress(self, nonce+1)), true)
	}
}

// failures are constructors that fail, with how and with what gas.
var failures = []struct {
	name   string
	code   func(t testing.TB) []byte
	answer uint32
	burns  bool // all gas of the constructor
	forks  string
}{
	{"trap", func(t testing.TB) []byte { return contract(t, append(mark, "unreachable")...) }, 1, true, ""},
	{"out of gas", func(t testing.TB) []byte { return contract(t, append(mark, do("useGas", 1<<40))...) }, 1, true, ""},
	{"revert", func(t testing.TB) []byte { return contract(t, do("revert", 0, 0)) }, 2, false, ""},
	{"not a module", func(testing.TB) []byte { return []byte("(module)") }, 1, true, ""},
	{"evm code", func(testing.TB) []byte { return []byte{0x60, 0x00, 0x60, 0x00, 0xf3} }, 1, true, "byzantium"},
	{"an instruction that the EVM does not have", func(testing.TB) []byte { return []byte{0xfe} }, 1, true, ""},
	{"truncated module", func(testing.TB) []byte { return emptyContract[:len(emptyContract)-1] }, 1, true, ""},
	{"module with floats", func(t testing.TB) []byte { return contract(t, "(drop (f32.const 0))") }, 1, true, ""},
	{
		"deploying a truncated module",
		func(t testing.TB) []byte { return constructor(t, emptyContract[:20]) }, 1, true,
		"",
	},
	{"deploying a bare magic", func(t testing.TB) []byte { return constructor(t, []byte("\x00asm")) }, 1, true, ""},
	{"deploying floats", func(t testing.TB) []byte {
		return constructor(t, contract(t, "(func (param f64))"))
	}, 1, true, ""},
	{"deploying a start function", func(t testing.TB) []byte {
		return constructor(t, contract(t, "(func $f)", "(start $f)"))
	}, 1, true, "byzantium"},
	{"deploying an unknown import", func(t testing.TB) []byte {
		return constructor(t, contract(t, `(import "env" "abort" (func))`))
	}, 1, true, ""},
	{
		"deploying an ill-typed module", func(t testing.TB) []byte { return constructor(t, contract(t, "drop")) }, 1,
		true, "",
	},
	{
		"deploying a reserved first byte", func(t testing.TB) []byte { return constructor(t, []byte{0xef}) }, 1, true,
		"osaka",
	},
	{"deploying a delegation designator", func(t testing.TB) []byte {
		return constructor(t, types.AddressToDelegation(other))
	}, 1, true, "osaka"},
}

func TestAFailedCreationLeavesTheNonceAndNothingElse(t *testing.T) {
	for _, failure := range failures {
		t.Run(failure.name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				if failure.forks != "" && failure.forks != f.name {
					t.Skip("allowed under this schedule")
				}
				w := f.world(t)
				w.fund(self, 10)
				code := failure.code(t)
				m := w.make(code, 3)
				equal(t, "answer", m.answer, failure.answer)
				equal(t, "address", m.address, common.HexToAddress(addressUnwritten))
				equal(t, "return data", m.returned, "")
				equal(t, "nonce of the creator", w.GetNonce(self), 2)
				equal(t, "balance of the creator", w.balance(self), 10)
				equal(t, "slot", w.slot(child, 9), common.Hash{})
				equal(t, "logs", len(w.Logs()), 0)
				equal(t, "contract exists", w.Exist(child), false)
				left := plenty - createPrice(f, code)
				used := createPrice(f, code) + reporting
				if failure.burns {
					used += left - left/64
				}
				equal(t, "gas", m.Used, used)
			})
		})
	}
}

func TestByzantiumDeploysTheByteThatLondonReserved(t *testing.T) {
	w := byzantium.world(t)
	equal(t, "answer", w.make(constructor(t, []byte{0xef, 1}), 0).answer, 0)
	equal(t, "code", common.Bytes2Hex(w.GetCode(child)), "ef01")
}

func TestARevertedCreationHandsOverItsReason(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		initcode := contract(t, data(0, "reason"), do("useGas", 50), do("revert", 0, 6))
		m := w.make(initcode, 0)
		equal(t, "answer", m.answer, 2)
		equal(t, "return data", m.returned, "reason")
		equal(t, "gas", m.Used, createPrice(f, initcode)+50+reporting+3)
	})
}

func TestCreateForwardsAllButOne64th(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		initcode := contract(t, put64(0, get("getGasLeft")), finish(0, 8)) // deploys the number
		equal(t, "answer", w.make(initcode, 0).answer, 0)
		left := plenty - createPrice(f, initcode)
		equal(t, "gas of the constructor", u64(w.GetCode(child)), left-left/64-2)
	})
}

func TestCreateBeyondTheBalanceAnswers1AndChangesNothing(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(self, 10)
		m := w.make(emptyContract, 11)
		equal(t, "answer", m.answer, 1)
		equal(t, "nonce", w.GetNonce(self), 1)
		equal(t, "address", m.address, common.HexToAddress(addressUnwritten))
		equal(t, "gas", m.Used, createPrice(f, emptyContract)+reporting)
	})
}

func TestCreateAtTheDepthLimitAnswers1AndChangesNothing(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for depth, answer := range map[int]uint32{1023: 0, 1024: 1} {
			w := f.world(t)
			w.place(self, maker(t, emptyContract, 0))
			m := w.madeBy(w.call(message{depth: depth}))
			equal(t, fmt.Sprintf("answer at depth %d", depth), m.answer, answer)
			equal(t, "nonce", w.GetNonce(self), 2-uint64(answer))
			equal(t, "gas", m.Used, createPrice(f, emptyContract)+reporting)
		}
	})
}

func TestCreateWithTheLastNonceAnswers1(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.place(self, maker(t, emptyContract, 0))
		w.SetNonce(self, math.MaxUint64, tracing.NonceChangeUnspecified)
		m := w.madeBy(w.call(message{}))
		equal(t, "answer", m.answer, 1)
		equal(t, "nonce", w.GetNonce(self), math.MaxUint64)
		equal(t, "gas", m.Used, createPrice(f, emptyContract)+reporting)

		w.SetNonce(self, math.MaxUint64-1, tracing.NonceChangeUnspecified)
		equal(t, "answer with the nonce before", w.madeBy(w.call(message{})).answer, 0)
	})
}

func TestCreateOntoAContractFailsAndBurnsItsGas(t *testing.T) {
	for name, occupy := range map[string]func(w *world){
		"code":  func(w *world) { w.SetCode(child, []byte("code"), tracing.CodeChangeUnspecified) },
		"nonce": func(w *world) { w.SetNonce(child, 1, tracing.NonceChangeUnspecified) },
	} {
		t.Run(name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.fund(self, 10)
				occupy(w)
				before := string(w.GetCode(child))
				m := w.make(emptyContract, 3)
				equal(t, "answer", m.answer, 1)
				equal(t, "nonce of the creator", w.GetNonce(self), 2)
				equal(t, "balance of the creator", w.balance(self), 10)
				equal(t, "code there", string(w.GetCode(child)), before)
				left := plenty - createPrice(f, emptyContract)
				equal(t, "gas", m.Used, createPrice(f, emptyContract)+left-left/64+reporting)
			})
		})
	}
}

func TestCreateOntoABalanceKeepsIt(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(self, 10)
		w.fund(child, 5)
		equal(t, "answer", w.make(emptyContract, 3).answer, 0)
		equal(t, "balance", w.balance(child), 8)
	})
}

func TestTheDepositIsPaidByTheConstructor(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		initcode := constructor(t, make([]byte, 100))
		// The constructor needs 20,000 after one 64th stays behind: the least that suffices, and one less.
		const enough = 20_317
		equal(t, "forwarded", enough-enough/64, 20_000)
		for left, answer := range map[uint64]uint32{enough: 0, enough - 1: 1} {
			w := f.world(t)
			w.place(self, contract(t, data(1000, initcode),
				put32(16, get("create", 0, 1000, len(initcode), 20)), finish(16, 4)))
			o := w.call(message{gas: createPrice(f, initcode) + left})
			equal(t, "answer", u32(o.finished(t)), answer)
			equal(t, "code", w.GetCodeSize(child), int(1-answer)*100)
			equal(t, "gas left", o.Left.Left(), enough/64)
		}
	})
}

func TestCodeSizeIsLimited(t *testing.T) {
	for _, f := range []fork{byzantium, wasmAlone} {
		limit := map[string]int{"byzantium": 24576, "osaka": 512 << 10}[f.name]
		deployed(t, f, limit, func(size int) []byte {
			return contract(t, `(memory (export "memory") 9)`, finish(0, size))
		})
	}
}

func TestTheSizeOfEachKindOfCodeIsLimited(t *testing.T) {
	deployed(t, osaka, 24576, func(size int) []byte {
		return contract(t, `(memory (export "memory") 9)`, finish(0, size))
	})
	deployed(t, osaka, 768<<10, func(size int) []byte { return constructor(t, padded(t, size)) })
}

// deployed checks that the code of constructors of as many bytes as the limit is deployed, and of one more is not.
func deployed(t *testing.T, f fork, limit int, constructor func(size int) []byte) {
	t.Helper()
	for size, answer := range map[int]uint32{limit: 0, limit + 1: 1} {
		w := f.world(t)
		w.place(self, maker(t, constructor(size), 0))
		m := w.madeBy(w.call(message{gas: 200_000_000}))
		equal(t, fmt.Sprintf("answer with %d bytes", size), m.answer, answer)
		equal(t, "code", w.GetCodeSize(child), int(1-answer)*size)
	}
}

func TestCreationDataIsLimited(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		const limit = 1 << 20
		for size, trap := range map[int]error{limit: nil, limit + 1: ewasm.ErrInitcode} {
			w := f.world(t)
			parts := append(mark, `(memory (export "memory") 20)`, data(1000, bytes.TrimRight(padded(t, size), "\x00")))
			w.place(self, contract(t, append(parts, put32(500, get("create", 600, 1000, size, 20)), finish(500, 4))...))
			o := w.call(message{})
			if trap != nil {
				w.refused(o, trap)
			} else {
				equal(t, "answer", u32(o.finished(t)), 0)
			}
		}
	})
}

// padded is emptyContract with a custom section that makes it size bytes long.
func padded(t testing.TB, size int) []byte {
	t.Helper()
	content := size - len(emptyContract) - 1 - 5 - 1 // less identifier, a length of five bytes and the name's length
	section := []byte{0}
	n := content + 1
	for i := range 5 {
		b := byte(n>>(7*i)) & 0x7f
		if i < 4 {
			b |= 0x80
		}
		section = append(section, b)
	}
	section = append(section, 0)
	code := append([]byte(string(emptyContract)), append(section, make([]byte, content)...)...)
	if len(code) != size {
		t.Fatalf("%d bytes, want %d", len(code), size)
	}
	return code
}

func TestCreatePaysForItsDataByTheWord(t *testing.T) {
	for _, size := range []int{64, 65, 96} {
		initcode := padded(t, size)
		for _, f := range []fork{byzantium, osaka} {
			want := map[string]uint64{"byzantium": 32000, "osaka": 32000 + 2*words(size)}[f.name]
			o := f.world(t).run(data(1000, initcode), do("create", 0, 1000, size, 20))
			o.finished(t)
			equal(t, fmt.Sprintf("%s: gas of %d bytes", f.name, size), o.Used, want)
		}
	}
}

func TestTheResultPointerOfCreateIsUsedOnlyOnSuccess(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for name, initcode := range map[string][]byte{
			"revert": contract(t, do("revert", 0, 0)), "trap": contract(t, "unreachable"),
		} {
			o := f.world(t).run(data(1000, initcode), do("create", 0, 1000, len(initcode), -1))
			equal(t, name, o.End, frame.Finished)
		}
		w := f.world(t)
		w.place(self, contract(t, append(mark, data(1000, emptyContract), do("create", 500, 1000, len(emptyContract),
			-1))...))
		w.refused(w.call(message{}), ewasm.ErrMemory)
		equal(t, "contract exists", w.Exist(child), false)
	})
}

func TestANewContractIsWarmEvenIfItsCreationFails(t *testing.T) {
	for name, initcode := range map[string][]byte{
		"success": emptyContract, "trap": contract(t, "unreachable"), "revert": contract(t, do("revert", 0, 0)),
	} {
		w := osaka.world(t)
		o := w.run(data(1000, initcode), address(100, child),
			do("create", 0, 1000, len(initcode), 20),
			put64(200, get("getGasLeft")), do("getExternalBalance", 100, 300), put64(208, get("getGasLeft")),
			finish(200, 16))
		out := o.finished(t)
		equal(t, name, u64(out)-u64(out[8:])-2, accountWarm)
	}
}

func TestConstructorsMayCreate(t *testing.T) {
	w := osaka.world(t)
	inner := constructor(t, []byte("inner"))
	m := w.make(maker(t, inner, 0), 0)
	equal(t, "answer", m.answer, 0)
	equal(t, "code", string(w.GetCode(crypto.CreateAddress(child, 1))), "inner")
	if !strings.HasPrefix(string(w.GetCode(child)), "\x00\x00\x00\x00") {
		t.Errorf("the outer constructor heard %x, want 0", w.GetCode(child)[:4])
	}
}

// transact creates as a transaction does: sender is the creator.
func (w *world) transact(initcode []byte, wei uint64) (common.Address, outcome) {
	creation := frame.Creation{Value: uint256.NewInt(wei), Code: initcode, Gas: gas.NewTank(plenty)}
	at, result := w.machine().RunCreate(w.tx, sender, creation)
	return at, outcome{result, plenty - result.Left.Left()}
}

func TestATransactionCreates(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		at, o := w.transact(constructor(t, emptyContract), 3)
		o.finished(t)
		equal(t, "address", at, crypto.CreateAddress(sender, 0))
		equal(t, "code", string(w.GetCode(at)), string(emptyContract))
		equal(t, "balance", w.balance(at), 3)
		equal(t, "nonce of sender", w.GetNonce(sender), 1)
		equal(t, "gas", o.Used, 200*uint64(len(emptyContract)))
	})
}

func TestATransactionsFailedCreationSaysWhy(t *testing.T) {
	for _, test := range []struct {
		name string
		code []byte
		why  error
	}{
		{"floats", contract(t, "(drop (f32.const 0))"), ewasm.ErrFloat},
		{"deploying floats", constructor(t, contract(t, "(drop (f32.const 0))")), ewasm.ErrFloat},
		{
			"deploying too much", contract(t, `(memory (export "memory") 9)`, finish(0, 512<<10+1)),
			gethvm.ErrMaxCodeSizeExceeded,
		},
		{"deploying a reserved byte", constructor(t, []byte{0xef}), gethvm.ErrInvalidCode},
		{"deposit", constructor(t, padded(t, 512<<10)), gethvm.ErrCodeStoreOutOfGas},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := osaka.world(t)
			_, o := w.transact(test.code, 0)
			o.trapped(t, test.why)
		})
	}
}
