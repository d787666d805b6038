package ewasm_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

func TestFunctionsGivesACopy(t *testing.T) {
	ewasm.Functions()[0] = nil
	if ewasm.Functions()[0] == nil {
		t.Error("a change of the slice changed the table")
	}
}

// Arguments reach a row raw; a machine without wasm may hold anything in the upper half of an i32.
func TestPointersAreTheLow32BitsOfTheirOperand(t *testing.T) {
	c := &ewasm.Context{Frame: frame.Frame{Gas: gas.NewTank(100), Schedule: gas.Byzantium()}, Memory: make([]byte, 32)}
	c.Self[0] = 0xab
	if _, err := ewasm.Lookup("ethereum", "getAddress").Call(c, ewasm.Args{0xffffffff_00000004}); err != nil {
		t.Fatal(err)
	}
	if c.Memory[4] != 0xab {
		t.Errorf("memory = %x, want the address at 4", c.Memory)
	}
}

func TestTheBasePriceIsPaidBeforeAnythingElse(t *testing.T) {
	for _, test := range []struct {
		gas  uint64
		want error
	}{{374, gas.ErrOutOfGas}, {375, ewasm.ErrStatic}} {
		c := &ewasm.Context{Frame: frame.Frame{Gas: gas.NewTank(test.gas), Schedule: gas.Byzantium(), Static: true}}
		_, err := ewasm.Lookup("ethereum", "log").Call(c, make(ewasm.Args, 7))
		if !errors.Is(err, test.want) {
			t.Errorf("with %d gas: %v, want %v", test.gas, err, test.want)
		}
	}
}

func TestConcludeTellsTheFiveEndsApart(t *testing.T) {
	call := func(c *ewasm.Context, name string) error {
		_, err := ewasm.Lookup("ethereum", name).Call(c, ewasm.Args{1, 2})
		return err
	}
	fault := &frame.FaultError{Err: errors.New("disk")}
	for _, test := range []struct {
		name   string
		err    func(c *ewasm.Context) error
		end    frame.End
		word   string
		output string
		left   uint64
	}{
		{"return", func(*ewasm.Context) error { return nil }, frame.Finished, "finished", "", 100},
		{"finish", func(c *ewasm.Context) error { return call(c, "finish") }, frame.Finished, "finished", "bc", 100},
		{"revert", func(c *ewasm.Context) error { return call(c, "revert") }, frame.Reverted, "reverted", "bc", 100},
		{"trap", func(c *ewasm.Context) error { return errors.New("unreachable") }, frame.Halted, "halted", "", 0},
		{"out of gas", func(*ewasm.Context) error { return gas.ErrOutOfGas }, frame.Halted, "halted", "", 0},
		{
			"broken rule", func(*ewasm.Context) error { return &ewasm.RuleError{Rule: ewasm.ErrFloat} }, frame.Halted,
			"halted", "", 0,
		},
		{"fault", func(*ewasm.Context) error { return fault }, frame.Fault, "fault", "", 0},
		{"fault within a host function", func(*ewasm.Context) error {
			return fmt.Errorf("wrapped: %w", &ewasm.Trap{Function: "call", Err: fault})
		}, frame.Fault, "fault", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &ewasm.Context{
				Frame:  frame.Frame{Gas: gas.NewTank(100), Schedule: gas.Byzantium()},
				Memory: []byte("abcd"),
			}
			r := c.Conclude(test.err(c))
			if r.End != test.end || r.End.String() != test.word {
				t.Errorf("end = %v, want %v", r.End, test.end)
			}
			if string(r.Output) != test.output || r.Left.Left() != test.left {
				t.Errorf("output %q and %d gas, want %q and %d", r.Output, r.Left.Left(), test.output, test.left)
			}
			if (r.Cause == nil) != (test.end == frame.Finished) {
				t.Errorf("cause = %v", r.Cause)
			}
		})
	}
}

func TestATrapNamesItsFunction(t *testing.T) {
	c := &ewasm.Context{Frame: frame.Frame{Gas: gas.NewTank(100), Schedule: gas.Byzantium()}}
	_, err := ewasm.Lookup("ethereum", "getAddress").Call(c, ewasm.Args{0})
	if want := "getAddress: access outside linear memory"; err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

func TestPreparedContractsExportOnlyWhatIsReached(t *testing.T) {
	for name, fields := range map[string]string{
		"toolchain's": `(global (export "__heap_base") i32 (i32.const 0))`,
		"meter's": `(global (export "` + meter.GasGlobal + `") i64 (i64.const 0)) (func (export "` +
			meter.StackGlobal + `"))`,
	} {
		t.Run(name, func(t *testing.T) {
			code := wat.Assemble(t, around(fields))
			m, err := ewasm.Check(code, gas.Default())
			if err != nil {
				t.Fatal(err)
			}
			prepared, err := ewasm.Prepare(m, gas.Default())
			if err != nil {
				t.Fatal(err)
			}
			metered, err := wasm.Decode(prepared.Module.Encode())
			if err != nil {
				t.Fatal(err)
			}
			exports := map[string]wasm.ExternalKind{}
			for _, item := range metered.Exports {
				exports[item.Name] = item.Kind
			}
			if len(exports) != 4 || exports["main"] != wasm.ExternalFunction ||
				exports["memory"] != wasm.ExternalMemory ||
				exports[meter.GasGlobal] != wasm.ExternalGlobal || exports[meter.StackGlobal] != wasm.ExternalGlobal {
				t.Errorf("exports %v, want main, memory and the meter's two", exports)
			}
			if err := wasmtime.ModuleValidate(wasmtime.NewEngine(), prepared.Module.Encode()); err != nil {
				t.Error(err)
			}
			if before, err := wasm.Decode(code); err != nil || len(m.Exports) != len(before.Exports) {
				t.Errorf("Prepare changed the module it was given (%v)", err)
			}
		})
	}
}

func TestPreparedContractsOweTheirFirstPages(t *testing.T) {
	var owed [3]int64
	for pages := range owed {
		text := fmt.Sprintf(`(module (memory (export "memory") %d) (func (export "main")))`, pages)
		m, err := ewasm.Check(wat.Assemble(t, text), gas.Default())
		if err != nil {
			t.Fatal(err)
		}
		prepared, err := ewasm.Prepare(m, gas.Default())
		if err != nil {
			t.Fatal(err)
		}
		if prepared.Pages != uint32(pages) {
			t.Errorf("pages = %d, want %d", prepared.Pages, pages)
		}
		owed[pages] = prepared.Instantiation
	}
	page := int64(gas.Default().Instructions.MemoryPage)
	if owed[1]-owed[0] != page || owed[2]-owed[1] != page {
		t.Errorf("owed for 0, 1, 2 pages: %v, want %d more each", owed, page)
	}
}
