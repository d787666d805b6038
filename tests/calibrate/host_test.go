//go:build linux

package calibrate

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// hostCall is a host function called in a loop. Its key, at keyAt, is another each time; the library, at libraryAt,
// is a contract that does nothing, and its code lies at codeAt.
type hostCall struct {
	name  string // the function, then what is special after a comma
	code  string // empty: called with zeroes
	calls int    // in the longer run; zero for usual
}

const (
	keyAt     = 64
	libraryAt = 128
	codeAt    = 4096
	copyAt    = 8192
)

// special are the calls that say more than one with zeroes.
var special = []hostCall{
	{name: "getBlockHash", code: "(drop (call $getBlockHash (i64.const 999) (i32.const 0)))"},
	{name: "getExternalBalance, warm", code: "(call $getExternalBalance (i32.const 0) (i32.const 32))"},
	{name: "getExternalBalance, cold", code: "(call $getExternalBalance (i32.const 64) (i32.const 32))"},
	{name: "getExternalCodeSize, warm", code: "(drop (call $getExternalCodeSize (i32.const 128)))"},
	{name: "getExternalCodeSize, cold", code: "(drop (call $getExternalCodeSize (i32.const 64)))"},
	{
		name: "externalCodeCopy, 32 bytes",
		code: "(call $externalCodeCopy (i32.const 128) (i32.const 8192) (i32.const 0) (i32.const 32))",
	},
	{name: "callDataCopy, 32 bytes", code: "(call $callDataCopy (i32.const 8192) (i32.const 0) (i32.const 32))"},
	{name: "callDataCopy, 16384 bytes", code: "(call $callDataCopy (i32.const 8192) (i32.const 0) (i32.const 16384))"},
	{name: "codeCopy, 32 bytes", code: "(call $codeCopy (i32.const 8192) (i32.const 0) (i32.const 32))"},
	{name: "storageLoad, warm", code: "(call $storageLoad (i32.const 0) (i32.const 32))"},
	{name: "storageLoad, cold", code: "(call $storageLoad (i32.const 64) (i32.const 32))"},
	{name: "storageStore, warm, the same", code: "(call $storageStore (i32.const 0) (i32.const 160))"},
	{name: "storageStore, cold, from zero", code: "(call $storageStore (i32.const 64) (i32.const 128))"},
	{
		name: "log, 32 bytes",
		code: "(call $log (i32.const 0) (i32.const 32) (i32.const 0) " +
			"(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
	},
	{
		name: "log, 32 bytes, 4 topics",
		code: "(call $log (i32.const 0) (i32.const 32) (i32.const 4) " +
			"(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
	},
	{
		name: "call, no code, warm",
		code: "(drop (call $call (i64.const 0) (i32.const 0) (i32.const 160) (i32.const 0) (i32.const 0)))",
	},
	{
		name:  "call, a contract, warm",
		code:  "(drop (call $call (i64.const 10000) (i32.const 128) (i32.const 160) (i32.const 0) (i32.const 0)))",
		calls: 24,
	},
	{
		name:  "callCode, a contract, warm",
		code:  "(drop (call $callCode (i64.const 10000) (i32.const 128) (i32.const 160) (i32.const 0) (i32.const 0)))",
		calls: 24,
	},
	{
		name: "callDelegate, a contract, warm",
		code: "(drop (call $callDelegate (i64.const 10000) (i32.const 128) (i32.const 0) (i32.const 0)))", calls: 24,
	},
	{
		name: "callStatic, a contract, warm",
		code: "(drop (call $callStatic (i64.const 10000) (i32.const 128) (i32.const 0) (i32.const 0)))", calls: 24,
	},
	{name: "create", code: fmt.Sprintf(
		"(drop (call $create (i32.const 160) (i32.const 4096) (i32.const %d) (i32.const 8192)))",
		len(emptyContract)), calls: 24},
}

// emptyContract is a contract whose main does nothing, with one page.
var emptyContract = []byte("\x00asm\x01\x00\x00\x00" + "\x01\x04\x01\x60\x00\x00" + "\x03\x02\x01\x00" +
	"\x05\x03\x01\x00\x01" +
	"\x07\x11\x02\x04main\x00\x00\x06memory\x02\x00" + "\x0a\x04\x01\x02\x00\x0b")

// hostCalls are the special calls, and one with zeroes of every other function of contracts that a loop can call: it
// must return. The functions of programs are timed in tests/eei.
func hostCalls() []hostCall {
	list := special
	covered := map[string]bool{}
	for _, c := range special {
		covered[functionOf(c.name)] = true
	}
	for _, row := range ewasm.Functions() {
		if row.Module != "debug" && row.Module != ewasm.WASI && !covered[row.Name] && row.Ends == ewasm.Returns {
			list = append(list, hostCall{name: fullName(row), code: withZeroes(row)})
		}
	}
	return list
}

func functionOf(name string) string {
	name, _, _ = strings.Cut(name, ",")
	return name
}

func withZeroes(row *ewasm.Function) string {
	text := "(call $" + row.Name
	for _, p := range row.Params {
		text += fmt.Sprintf(" (%v.const 0)", p)
	}
	text += ")"
	if len(row.Results) > 0 {
		return "(drop " + text + ")"
	}
	return text
}

// fullName says which module a function is from unless that is the usual one.
func fullName(row *ewasm.Function) string {
	if row.Module == "ethereum" {
		return row.Name
	}
	return row.Module + "." + row.Name
}

func rowNamed(t testing.TB, name string) *ewasm.Function {
	t.Helper()
	for _, row := range ewasm.Functions() {
		if fullName(row) == name {
			return row
		}
	}
	t.Fatalf("no host function %q", name)
	return nil
}

// contract loops over a call as often as the first four bytes of its input say.
func (c *hostCall) contract(t testing.TB) []byte {
	t.Helper()
	imports := `(import "ethereum" "callDataCopy" (func $callDataCopy (param i32 i32 i32)))`
	if row := rowNamed(t, functionOf(c.name)); row.Name != "callDataCopy" {
		imports += fmt.Sprintf("(import %q %q (func $%s%s%s))", row.Module, row.Name, row.Name,
			typeList("param", row.Params), typeList("result", row.Results))
	}
	text := fmt.Sprintf(`(module %s (memory (export "memory") 1)
		(data (i32.const %d) "%s") (data (i32.const %d) "%s")
		(func (export "main") (local $n i32)
			(call $callDataCopy (i32.const 256) (i32.const 0) (i32.const 4))
			(local.set $n (i32.load (i32.const 256)))
			(loop $again
				(i32.store (i32.const %d) (i32.add (local.get $n) (i32.const 0x1000000)))
				%s
				(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`,
		imports, libraryAt, escaped(library[:]), codeAt, escaped(emptyContract), keyAt, c.code)
	binary := wat.Assemble(t, text)
	return binary
}

func typeList(keyword string, types []wasm.ValueType) string {
	text := ""
	for _, v := range types {
		text += fmt.Sprintf(" (%s %v)", keyword, v)
	}
	return text
}

func escaped(data []byte) string {
	text := ""
	for _, b := range data {
		text += fmt.Sprintf("\\%02x", b)
	}
	return text
}

var (
	sender  = common.HexToAddress("0x5e00000000000000000000000000000000000001")
	self    = common.HexToAddress("0xc000000000000000000000000000000000000002")
	library = common.HexToAddress("0x1b00000000000000000000000000000000000003")
	today   = params.Rules{
		IsHomestead: true, IsEIP150: true, IsEIP155: true, IsEIP158: true, IsEIP2929: true, IsByzantium: true,
		IsConstantinople: true, IsPetersburg: true, IsIstanbul: true, IsBerlin: true, IsLondon: true, IsMerge: true,
		IsShanghai: true, IsCancun: true, IsPrague: true, IsOsaka: true,
	}
)

// host runs contracts on the real engine and state.
type host struct {
	engine *wasmtime.Engine
	store  *state.Store
}

func newHost(t testing.TB) *host {
	t.Helper()
	e, err := wasmtime.New(wasmtime.Config{})
	must(t, err)
	s, err := state.Open("", state.Options{})
	must(t, err)
	t.Cleanup(func() {
		s.Close()
		e.Close()
	})
	return &host{e, s}
}

// run calls code with n as its input in a world of its own, and returns the time and the gas that took.
func (h *host) run(t testing.TB, code []byte, s *gas.Schedule, n int) (nanos, used float64) {
	t.Helper()
	db, err := h.store.At(types.EmptyRootHash)
	must(t, err)
	db.AddBalance(sender, uint256.NewInt(1), tracing.BalanceChangeUnspecified)
	for at, code := range map[common.Address][]byte{self: code, library: emptyContract} {
		db.SetNonce(at, 1, tracing.NonceChangeUnspecified)
		db.SetCode(at, code, tracing.CodeChangeUnspecified)
	}
	db.SetState(self, common.Hash{}, common.Hash{1})
	db.Finalise(today)
	db.Prepare(today, sender, common.Address{}, &self, gethvm.ActivePrecompiles(today), nil)
	machine := vm.New(vm.Environment{
		Engine: h.engine, State: db, Config: transition.DefaultConfig(transition.DevnetID), Rules: today, Schedule: s,
		Block: &frame.Block{Number: 1000, GasLimit: 1 << 40, Hash: func(uint64) common.Hash { return common.Hash{1} }},
	})
	input := make([]byte, 1<<14)
	binary.LittleEndian.PutUint32(input, uint32(n))
	const given = 1 << 36
	call := frame.Call{
		Kind: frame.PlainCall, Target: self, Value: new(uint256.Int), Input: input,
		Gas: gas.NewTank(given),
	}
	begin := threadTime()
	result := machine.RunCall(&frame.Transaction{Origin: sender, GasPrice: uint256.NewInt(7)}, sender, call)
	nanos = float64(threadTime() - begin)
	if result.End != frame.Finished {
		t.Fatalf("%v: %v", result.End, result.Cause)
	}
	return nanos, float64(given - result.Left.Left())
}

const usualCalls = 200

func (c *hostCall) most() int {
	if c.calls == 0 {
		return usualCalls
	}
	return c.calls
}

// price is the gas of one call and the instructions around it.
func (c *hostCall) price(t testing.TB, h *host) float64 {
	t.Helper()
	code := c.contract(t)
	_, many := h.run(t, code, gas.Default(), c.most())
	_, once := h.run(t, code, gas.Default(), 1)
	return (many - once) / float64(c.most()-1)
}

func measureHost(t *testing.T) []figure {
	clock, h := newClock(t), newHost(t)
	calls := hostCalls()
	took, rest, codes := make([]samples, len(calls)), make([]samples, len(calls)), make([][]byte, len(calls))
	for i := range calls {
		codes[i] = calls[i].contract(t)
		h.run(t, codes[i], gas.Default(), 1) // compiles
	}
	for range *rounds {
		for i := range calls {
			rate := clock.rate(t)
			many, _ := h.run(t, codes[i], gas.Default(), calls[i].most())
			once, _ := h.run(t, codes[i], gas.Default(), 1)
			took[i], rest[i] = append(took[i], rate*many), append(rest[i], rate*once)
		}
	}
	var all []figure
	for i := range calls {
		name := hostTime + " " + calls[i].name
		all = append(all, took[i].figure(name).minus(rest[i].figure("")).by(float64(calls[i].most()-1)))
	}
	return all
}
