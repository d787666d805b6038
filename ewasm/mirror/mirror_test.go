package mirror_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// contract returns a program that imports the whole interface of the default schedule. Import number i is $hi.
func contract(t testing.TB, body string) *wasm.Module {
	t.Helper()
	text := "(module"
	for i, row := range ewasm.Functions() {
		if row.Module != "debug" {
			text += fmt.Sprintf("(import %q %q (func $h%d (type $t%d)))", row.Module, row.Name, i, i)
			text += fmt.Sprintf("(type $t%d (func", i)
			for _, p := range row.Params {
				text += fmt.Sprintf(" (param %v)", p)
			}
			for _, r := range row.Results {
				text += fmt.Sprintf(" (result %v)", r)
			}
			text += "))"
		}
	}
	text += fmt.Sprintf(`(memory (export "memory") 1) (data (i32.const 8) "data") (data $later "later")
		  (table 2 funcref) (elem (i32.const 0) $h%d $h%d)
	  (func (export "_start") %s))`, number("getCaller"), number("keccak256"), body)
	code := wat.Assemble(t, text)
	m, err := ewasm.Check(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func number(name string) int {
	for i, row := range ewasm.Functions() {
		if row.Name == name {
			return i
		}
	}
	return -1
}

// copies calls callDataCopy with some operands.
func copies() string {
	return fmt.Sprintf("(call $h%d (i32.const 0) (i32.const 0) (i32.const 4))", number("callDataCopy"))
}

func names(chosen []*ewasm.Function) (list []string) {
	for _, f := range chosen {
		list = append(list, f.Name)
	}
	return list
}

func TestEveryImportIsChosen(t *testing.T) {
	imported := slices.DeleteFunc(ewasm.Functions(), func(f *ewasm.Function) bool { return f.Module == "debug" })
	if diff := cmp.Diff(names(imported), names(mirror.Choose(contract(t, "")))); diff != "" {
		t.Errorf("want (-) have (+):\n%s", diff)
	}
}

// inside are the functions that a module with a mirror answers by itself, besides those that answer with a constant.
var inside = []string{"useGas", "getGasLeft", "callDataCopy", "getReturnDataSize", "returnDataCopy"}

// TestEveryFunctionIsReachedTheWayItsRowSays names every function that is missing from the mirror's array.
func TestEveryFunctionIsReachedTheWayItsRowSays(t *testing.T) {
	have := map[*ewasm.Function]string{}
	for way, rows := range map[string][]*ewasm.Function{
		"leaf": mirror.Leaves(), "end": mirror.Ends(),
		"lent": mirror.Others(),
	} {
		for _, row := range rows {
			have[row] += way
		}
	}
	for _, row := range ewasm.Functions() {
		k, want := &row.Constant, "lent"
		switch {
		case k.Bytes != nil || k.Amount != nil || k.Number != nil || slices.Contains(inside, row.Name):
			want = ""
		case row.Computes:
			want = "leaf"
		case (row.Ends == ewasm.Finishes || row.Ends == ewasm.Reverts) && !row.Writes: // with an output, and no more
			want = "end"
		}
		if have[row] != want {
			t.Errorf("%s is reached as %q, want %q", row.Name, have[row], want)
		}
	}
}

func TestEveryScheduleIsServedWhole(t *testing.T) {
	m := contract(t, "(loop "+copies()+")")
	for _, s := range []*gas.Schedule{gas.Default(), gas.Byzantium()} {
		v := mirror.Of(mirror.Choose(m), s)
		if v.Words() > mirror.MaxWords || v.Words() < 30 || !v.Shared() {
			t.Errorf("%s: %d words, shared %v; want at most %d and shared", s.Name, v.Words(), v.Shared(),
				mirror.MaxWords)
		}
	}
}

func TestFunctionsTooExpensiveAreTheHosts(t *testing.T) {
	s := *gas.Default()
	s.Host[gas.GetCaller].Base = 1 << 40
	caller := []*ewasm.Function{ewasm.Lookup("ethereum", "getCaller")}
	expensive, cheap := mirror.Of(caller, &s).Words(), mirror.Of(caller, gas.Default()).Words()
	if expensive != 0 || cheap != 3 {
		t.Errorf("getCaller has %d words if its price could overflow and %d if not, want 0 and 3", expensive, cheap)
	}
}

func TestAModuleWithItsMirrorIsValidAndKeepsItsFunctions(t *testing.T) {
	config := wasmtime.NewConfig()
	config.SetWasmMultiMemory(true)
	config.SetWasmThreads(true)
	engine := wasmtime.NewEngineWithConfig(config)
	for name, body := range map[string]string{
		"words": fmt.Sprintf("(call $h%d (i32.const 0))", number("getCaller")),
		"ends": fmt.Sprintf("(call $h%d (i32.const 0) (i32.const 9)) (call $h%d (i32.const 0) (i32.const 513))",
			number("finish"), number("revert")),
		"leaves": fmt.Sprintf("(call $h%[1]d (i32.const 0) (i32.const 0) (i32.const 0)) "+
			"(table.set (i32.const 1) (ref.func $h%[1]d))", number("keccak256")),
		"bytes": `(loop ` + copies() + `) (i64.store offset=3 (i32.const 1) (i64.load8_s (memory.size)))
		  (memory.init $later (i32.const 0) (i32.const 0) (i32.const 1)) (memory.copy (i32.const 0) (i32.const 9)
		    (i32.const 1))
		  (memory.fill (i32.const 0) (memory.grow (i32.const 0)) (i32.const 1))`,
	} {
		prepared, err := ewasm.Prepare(contract(t, body), gas.Default())
		if err != nil {
			t.Fatal(err)
		}
		before := prepared.Module.Encode()
		for _, v := range []*mirror.View{
			mirror.Of(mirror.Choose(prepared.Module), gas.Default()),
			mirror.Of(nil, gas.Default()),
		} {
			whole := v.Inject(prepared.Module)
			if err := wasmtime.ModuleValidate(engine, whole.Encode()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !bytes.Equal(before, prepared.Module.Encode()) {
				t.Fatalf("%s: Inject changed the module it was given", name)
			}
			if whole.ImportedFunctions() != prepared.Module.ImportedFunctions() ||
				!slicesBegin(whole.Functions, prepared.Module.Functions) {
				t.Errorf("%s: functions have moved", name)
			}
		}
	}
}

func slicesBegin(list, start []uint32) bool {
	return len(list) >= len(start) && cmp.Equal(list[:len(start)], start)
}

func TestWordsAreTheBytesOfTheContext(t *testing.T) {
	c := &ewasm.Context{Frame: frame.Frame{
		Caller: common.HexToAddress("0x0102030405060708090a0b0c0d0e0f1011121314"),
		Value:  new(uint256.Int).Lsh(uint256.NewInt(9), 128),
		Input:  make([]byte, 77),
	}}
	v := mirror.Of([]*ewasm.Function{
		ewasm.Lookup("ethereum", "getCaller"), ewasm.Lookup("ethereum", "getCallValue"),
		ewasm.Lookup("ethereum", "getCallDataSize"),
	}, gas.Default())
	have := make([]uint64, v.Words())
	v.Fill(c, have)
	want := []uint64{0x0807060504030201, 0x100f0e0d0c0b0a09, 0x14131211, 0, 0, 9, 77}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("want (-) have (+):\n%s", diff)
	}
}

func TestAWindowHoldsWhatFits(t *testing.T) {
	window := mirror.Window(bytes.Repeat([]byte{0xee}, mirror.WindowBytes))
	long := bytes.Repeat([]byte("c"), 2*mirror.WindowBytes)
	window.Open([]uint64{1, 2}, long)
	if bytes.Count(window, []byte("c")) != 3840 {
		t.Errorf("%d bytes of calldata in the window, want 3840", bytes.Count(window, []byte("c")))
	}
	window.SetReturnData(bytes.Repeat([]byte("r"), 2*mirror.WindowBytes))
	if bytes.Count(window, []byte("c")) != 3840 || bytes.Count(window, []byte("r")) != 3840 {
		t.Error("return data lies over calldata")
	}
}
