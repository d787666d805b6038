package meter

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"hestia/gas"
	"hestia/internal/wasm"
)

var binaryenSeeds = flag.Int("binaryen", 40, "how many modules to have binaryen generate")

// binaryens returns modules that binaryen's fuzzer makes of seeds. They are programs of all kinds; the generator of
// these tests aims at what the analysis does.
func binaryens(t testing.TB, seeds int) (all []*wasm.Module) {
	t.Helper()
	tool, err := exec.LookPath("wasm-opt")
	if err != nil {
		t.Skip("needs wasm-opt, of Debian's package binaryen")
	}
	dir := t.TempDir()
	for seed := range seeds {
		in, out := filepath.Join(dir, fmt.Sprint(seed)), filepath.Join(dir, fmt.Sprint(seed, ".wasm"))
		must(t, os.WriteFile(in, randomBytes(uint64(seed), 500+seed*97%4000), 0o600))
		features := []string{"--mvp-features", "--enable-bulk-memory", "--enable-sign-ext", "--enable-mutable-globals"}
		if seed%3 == 1 {
			features = append(features, "--enable-multivalue")
		}
		command := exec.Command(tool, append(features, "--translate-to-fuzz", in, "-o", out)...)
		if message, err := command.CombinedOutput(); err != nil {
			t.Fatalf("wasm-opt on seed %d: %v\n%s", seed, err, message)
		}
		binary, err := os.ReadFile(out)
		must(t, err)
		m, err := wasm.Decode(binary)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		all = append(all, m)
	}
	return all
}

func randomBytes(seed uint64, n int) []byte {
	b := make([]byte, n)
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// undropped returns a module in which copying from an active data segment has become copying within memory: wazero 1.x
// does not drop such segments as it should.
func undropped(m *wasm.Module) *wasm.Module {
	m = m.Clone()
	for i := range m.Codes {
		for j := range m.Codes[i].Body {
			if in := &m.Codes[i].Body[j]; in.Op == wasm.OpMemoryInit && m.Data[in.X].Mode == wasm.Active {
				*in = wasm.Instruction{Op: wasm.OpMemoryCopy}
			}
		}
	}
	return m
}

// integral returns a module with f32 replaced by i32 and f64 by i64, and each instruction by one of integers that takes
// and leaves the same: a schedule without floats meters it too.
func integral(m *wasm.Module) *wasm.Module {
	m = m.Clone()
	for i := range m.Types {
		integralTypes(m.Types[i].Params)
		integralTypes(m.Types[i].Results)
	}
	for i := range m.Imports {
		m.Imports[i].Global.Type = integralType(m.Imports[i].Global.Type)
	}
	for i := range m.Globals {
		m.Globals[i].Type.Type = integralType(m.Globals[i].Type.Type)
		integralCode(m.Globals[i].Init)
	}
	for i := range m.Codes {
		for j := range m.Codes[i].Locals {
			m.Codes[i].Locals[j].Type = integralType(m.Codes[i].Locals[j].Type)
		}
		integralCode(m.Codes[i].Body)
	}
	return m
}

func integralType(t wasm.ValueType) wasm.ValueType {
	switch t {
	case wasm.F32:
		return wasm.I32
	case wasm.F64:
		return wasm.I64
	}
	return t
}

func integralTypes(types []wasm.ValueType) {
	for i := range types {
		types[i] = integralType(types[i])
	}
}

func integralCode(body []wasm.Instruction) {
	for i := range body {
		in := &body[i]
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			if t := int64(in.X); t < 0 && t != wasm.EmptyBlock {
				in.X = uint64(int64(integralType(wasm.ValueType(0x80+t))) - 0x80)
			}
		case wasm.OpSelectTyped:
			for j, t := range in.Targets {
				in.Targets[j] = uint32(integralType(wasm.ValueType(t)))
			}
		case wasm.OpF32Const:
			in.X = signed32(in.X)
		}
		in.Op = integralOpcode(in.Op)
	}
}

// alike are ranges of opcodes of floats with the integer instruction that stands in for the first of them.
var alike = []struct {
	first, last, by wasm.Opcode
	each            bool // the next one stands in for the next one
}{
	{wasm.OpF32Load, wasm.OpF32Load, wasm.OpI32Load, false},
	{wasm.OpF64Load, wasm.OpF64Load, wasm.OpI64Load, false},
	{wasm.OpF32Store, wasm.OpF32Store, wasm.OpI32Store, false},
	{wasm.OpF64Store, wasm.OpF64Store, wasm.OpI64Store, false},
	{wasm.OpF32Const, wasm.OpF32Const, wasm.OpI32Const, false},
	{wasm.OpF64Const, wasm.OpF64Const, wasm.OpI64Const, false},
	{wasm.OpF32Eq, wasm.OpF32Ge, wasm.OpI32Eq, true},
	{wasm.OpF64Eq, wasm.OpF64Ge, wasm.OpI64Eq, true},
	{wasm.OpF32Abs, wasm.OpF32Sqrt, wasm.OpI32Popcnt, false},
	{wasm.OpF32Add, wasm.OpF32Copysign, wasm.OpI32Add, true},
	{wasm.OpF64Abs, wasm.OpF64Sqrt, wasm.OpI64Popcnt, false},
	{wasm.OpF64Add, wasm.OpF64Copysign, wasm.OpI64Add, true},
	{wasm.OpI32TruncF32S, wasm.OpI32TruncF32U, wasm.OpI32Clz, false},
	{wasm.OpI32TruncF64S, wasm.OpI32TruncF64U, wasm.OpI32WrapI64, false},
	{wasm.OpI64TruncF32S, wasm.OpI64TruncF32U, wasm.OpI64ExtendI32S, true},
	{wasm.OpI64TruncF64S, wasm.OpI64TruncF64U, wasm.OpI64Clz, false},
	{wasm.OpF32ConvertI32S, wasm.OpF32ConvertI32U, wasm.OpI32Ctz, false},
	{wasm.OpF32ConvertI64S, wasm.OpF32DemoteF64, wasm.OpI32WrapI64, false},
	{wasm.OpF64ConvertI32S, wasm.OpF64ConvertI32U, wasm.OpI64ExtendI32S, true},
	{wasm.OpF64ConvertI64S, wasm.OpF64ConvertI64U, wasm.OpI64Ctz, false},
	{wasm.OpF64PromoteF32, wasm.OpF64PromoteF32, wasm.OpI64ExtendI32U, false},
	{wasm.OpI32ReinterpretF32, wasm.OpI32ReinterpretF32, wasm.OpNop, false},
	{wasm.OpI64ReinterpretF64, wasm.OpI64ReinterpretF64, wasm.OpNop, false},
	{wasm.OpF32ReinterpretI32, wasm.OpF64ReinterpretI64, wasm.OpNop, false},
	{wasm.OpI32TruncSatF32S, wasm.OpI32TruncSatF32U, wasm.OpI32Clz, false},
	{wasm.OpI32TruncSatF64S, wasm.OpI32TruncSatF64U, wasm.OpI32WrapI64, false},
	{wasm.OpI64TruncSatF32S, wasm.OpI64TruncSatF32U, wasm.OpI64ExtendI32S, true},
	{wasm.OpI64TruncSatF64S, wasm.OpI64TruncSatF64U, wasm.OpI64Clz, false},
}

func integralOpcode(op wasm.Opcode) wasm.Opcode {
	for _, row := range alike {
		if op >= row.first && op <= row.last {
			if row.each {
				return row.by + op - row.first
			}
			return row.by
		}
	}
	return op
}

// Every law holds for what binaryen generates, on every engine and under both schedules.
func TestLawsHoldForBinaryensModules(t *testing.T) {
	returns, calls := 0, 0
	for seed, m := range binaryens(t, *binaryenSeeds) {
		m = undropped(m)
		s := []*gas.Schedule{uneven, integers, uneven, gas.Default()}[seed%4]
		if s == integers {
			m = integral(m)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			for _, e := range engines {
				l := newLaw(t, m, s, e)
				l.steps = 20_000
				eachExport(m, func(export string, function uint32, args []uint64) {
					want := l.holds(t, export, function, args)
					calls += len(want.Calls)
					if want.Ending == returned {
						returns++
					}
				})
			}
		})
	}
	if n := *binaryenSeeds; returns < n || calls < n {
		t.Errorf("%d modules returned %d times and called the host %d times: too seldom", n, returns, calls)
	}
}

// With their floats in place the metered modules stay valid, and do the same on an engine.
func TestBinaryensFloatsComputeTheSameMetered(t *testing.T) {
	for seed, m := range binaryens(t, *binaryenSeeds) {
		metered := instrument(t, m, uneven, Options{}).Module
		plain, counted := wasmtimeEngine{}.load(t, m, m.Encode()), wasmtimeEngine{}.load(t, metered, metered.Encode())
		eachExport(m, func(export string, _ uint32, args []uint64) {
			before := plain.run(t, start{export: export, args: args})
			after := counted.run(t, start{
				export: export, args: args, metered: true, gas: plentyGas, stack: plentyStack,
			})
			same := fmt.Sprint(before.Results, before.Memory) == fmt.Sprint(after.Results, after.Memory)
			if before.Ending == returned && !same {
				t.Errorf("seed %d: %s(%d): %+v plain, %+v metered", seed, export, args, before, after)
			}
		})
	}
}
