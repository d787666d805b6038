package vm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wat"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// constructor returns creation data that deploys code.
func constructor(t *testing.T, code []byte) []byte {
	t.Helper()
	var data strings.Builder
	for _, b := range code {
		fmt.Fprintf(&data, `\%02x`, b)
	}
	module := wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 0) "%s")
		(func (export "main") (call $finish (i32.const 0) (i32.const %d))))`, data.String(), len(code)))
	return module
}

// compiling is a schedule under which nothing costs gas but compiling.
func compiling() *gas.Schedule {
	s := *gas.Byzantium()
	s.Name, s.State = "compiling", gas.State{RefundQuotient: 2, Compilation: 10}
	s.Limits.CompileCustoms = false
	return &s
}

// priceOf is what compiling code costs at 10 gas a microsecond.
func priceOf(t *testing.T, code []byte) uint64 {
	t.Helper()
	_, counts, err := admit.Module(code, gas.Default())
	if err != nil {
		t.Fatal(err)
	}
	return (gas.Default().Compile.Estimate(counts) + 999) / 1000 * 10
}

func (b bench) create(code []byte, left uint64) frame.Result {
	_, r := b.RunCreate(tx, sender, frame.Creation{Value: new(uint256.Int), Code: code, Gas: gas.NewTank(left)})
	return r
}

func TestACreationPaysForCompilingItsDataAndWhatItDeploys(t *testing.T) {
	const plenty = 1_000_000
	code := contract(t, 1, "")
	data := constructor(t, code)
	b := machine(t, func(env *vm.Environment) { env.Schedule = compiling() })
	for range 2 { // known code costs the same
		r := b.create(data, plenty)
		if r.End != frame.Finished {
			t.Fatalf("%v: %v", r.End, r.Cause)
		}
		if have, want := plenty-r.Left.Left(), priceOf(t, data)+priceOf(t, code); have != want {
			t.Errorf("gas %d, want %d", have, want)
		}
	}
	text := constructor(t, []byte("no module"))
	if r := b.create(text, plenty); plenty-r.Left.Left() != priceOf(t, text) {
		t.Errorf("gas %d to deploy text, want %d", plenty-r.Left.Left(), priceOf(t, text))
	}
}

func TestACreationEndsWhereItCannotPayForCompiling(t *testing.T) {
	code := contract(t, 1, "")
	data := constructor(t, code)
	whole := priceOf(t, data) + priceOf(t, code)
	b := machine(t, func(env *vm.Environment) { env.Schedule = compiling() })
	for _, test := range []struct {
		left     uint64
		end      frame.End
		compiled uint64 // modules until then
	}{
		{0, frame.Halted, 0},
		{priceOf(t, data) - 1, frame.Halted, 0},
		{priceOf(t, data), frame.Halted, 1},
		{whole - 1, frame.Halted, 1},
		{whole, frame.Finished, 2},
	} {
		r := b.create(data, test.left)
		if r.End != test.end || r.End == frame.Halted && !errors.Is(r.Cause, gas.ErrOutOfGas) {
			t.Errorf("with %d gas: %v: %v, want %v", test.left, r.End, r.Cause, test.end)
		}
		if r.Left.Left() != 0 {
			t.Errorf("with %d gas: %d left", test.left, r.Left.Left())
		}
		if n := b.Engine.(*wasmtime.Engine).Stats().Compiled; n != test.compiled {
			t.Errorf("with %d gas: %d modules compiled, want %d", test.left, n, test.compiled)
		}
	}
}

func TestBeyondTheLimitsACreationBurnsItsGas(t *testing.T) {
	slow := contract(t, 1, strings.Repeat("loop ", 100)+strings.Repeat("end ", 100))
	for _, schedule := range []*gas.Schedule{gas.Byzantium(), gas.Default()} {
		for name, data := range map[string][]byte{"creation data": slow, "deployed": constructor(t, slow)} {
			b := machine(t, func(env *vm.Environment) { env.Schedule = schedule })
			r := b.create(data, 10_000_000)
			if r.End != frame.Halted || !errors.Is(r.Cause, ewasm.ErrLimit) || r.Left.Left() != 0 {
				t.Errorf("%s, %s: %v: %v, %d left", schedule.Name, name, r.End, r.Cause, r.Left.Left())
			}
		}
	}
}
