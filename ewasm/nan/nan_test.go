package nan

import (
	"slices"
	"testing"

	"hestia/internal/wasm"
	"hestia/internal/wat"
)

func decoded(t *testing.T, text string) *wasm.Module {
	t.Helper()
	m, err := wasm.Decode(wat.Assemble(t, "(module (memory 1) "+text+")"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// opcodes are those of a module's first function.
func opcodes(m *wasm.Module) (all []wasm.Opcode) {
	for _, in := range m.Codes[0].Body {
		all = append(all, in.Op)
	}
	return all
}

func TestModulesWithoutFloatsStayTheSame(t *testing.T) {
	for _, text := range []string{
		`(func (param i32) (i32.store (local.get 0) (i32.const 1)))`,
		`(func (param f64) (result f64) (f64.add (local.get 0) (f64.const nan)))`, ``,
	} {
		if m := decoded(t, text); Guard(m) != m {
			t.Errorf("%s: another module", text)
		}
	}
}

// Each instruction that shows bits is one on integers afterwards, or is followed by nothing but its move back.
func TestEveryInstructionThatShowsBitsIsGuarded(t *testing.T) {
	for op, text := range map[wasm.Opcode]string{
		wasm.OpF32Store:          `(func (param f32) (f32.store (i32.const 0) (local.get 0)))`,
		wasm.OpF64Store:          `(func (param f64) (f64.store offset=9 (i32.const 0) (local.get 0)))`,
		wasm.OpI32ReinterpretF32: `(func (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))`,
		wasm.OpI64ReinterpretF64: `(func (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))`,
		wasm.OpF32Copysign: `(func (param f32) (result f32)
			(f32.copysign (local.get 0) (f32.neg (local.get 0))))`,
		wasm.OpF64Copysign: `(func (param f64 f64) (result f64) (f64.copysign (local.get 0) (local.get 1)))`,
	} {
		m := decoded(t, text)
		before := m.Clone().Encode()
		out := Guard(m)
		if !slices.Contains(opcodes(out), wasm.OpSelect) {
			t.Errorf("%v is not guarded: %v", op, opcodes(out))
		}
		if !slices.Equal(before, m.Clone().Encode()) {
			t.Errorf("%v: the original changed", op)
		}
		for _, in := range m.Codes[0].Body {
			kept := func(i wasm.Instruction) bool { return i.Offset == in.Offset }
			if in.Op == op && !slices.ContainsFunc(out.Codes[0].Body, kept) {
				t.Errorf("%v: its offset is lost", op)
			}
		}
	}
}

func TestWhatCannotBeAStrangeNaNNeedsNoGuard(t *testing.T) {
	for text, guarded := range map[string]bool{
		`(f64.store (i32.const 0) (f64.const -0x1p3))`:                                       false,
		`(f64.store (i32.const 0) (f64.const nan))`:                                          false,
		`(f64.store (i32.const 0) (f64.const -nan))`:                                         true,
		`(f64.store (i32.const 0) (f64.const nan:0x8000000000001))`:                          true,
		`(f64.store (i32.const 0) (f64.const -inf))`:                                         false,
		`(f32.store (i32.const 0) (f32.const inf))`:                                          false,
		`(f32.store (i32.const 0) (f32.const nan:0x1))`:                                      true,
		`(f32.store (i32.const 0) (f32.const nan))`:                                          false,
		`(f32.store (i32.const 0) (f32.convert_i64_u (i64.const 1)))`:                        false,
		`(f64.store (i32.const 0) (f64.convert_i32_s (i32.const 1)))`:                        false,
		`(f64.store (i32.const 0) (f64.promote_f32 (f32.const 1)))`:                          true,
		`(f32.store (i32.const 0) (f32.demote_f64 (f64.const 1)))`:                           true,
		`(f32.store (i32.const 0) (f32.reinterpret_i32 (i32.const 1)))`:                      true,
		`(f32.store (i32.const 0) (block (result f32) (f32.const 1)))`:                       true,
		`(f64.store (i32.const 0) (f64.load (i32.const 8)))`:                                 true,
		`(unreachable) (f32.store)`:                                                          true,
		`(f32.store (i32.const 0) (f32.convert_i32_u (f32.ne (f32.const 1) (f32.const 2))))`: false,
	} {
		out := Guard(decoded(t, "(func "+text+")"))
		if have := slices.Contains(opcodes(out), wasm.OpSelect); have != guarded {
			t.Errorf("%s: guarded %v, want %v", text, have, guarded)
		}
	}
}

// The locals that guards need stand behind all others, one of each type in a function.
func TestGuardsAddALocalOfEachTypeOnce(t *testing.T) {
	out := Guard(decoded(t, `(func (param i64) (local f32 f64)
		(f64.store (i32.const 0) (local.get 2)) (f32.store (i32.const 0) (local.get 1))
		(f64.store (i32.const 0) (local.get 2)) (f32.store (i32.const 0) (local.get 1)))`))
	want := []wasm.Locals{
		{Count: 1, Type: wasm.F32}, {Count: 1, Type: wasm.F64}, {Count: 1, Type: wasm.I64}, {Count: 1, Type: wasm.I32},
	}
	if have := out.Codes[0].Locals; !slices.Equal(have, want) {
		t.Errorf("locals %v, want %v", have, want)
	}
}
