// Package nan makes floating point give the same bits on every engine and machine.
//
// The specification of WebAssembly leaves sign and payload of a computed NaN to the engine. Guard changes a module so
// that all NaNs look alike wherever their bits can be seen. It knows nothing of metering or contracts, expects a valid
// module and is applied last, so that nothing that runs escapes it. docs/adr/0024 has the reasons, and why the five
// instructions below are all that matter.
package nan

import (
	"slices"

	"hestia/internal/wasm"
)

// Canonical are the bits that every NaN shows: positive, quiet, and no payload.
const (
	Canonical32 = 0x7fc00000
	Canonical64 = 0x7ff8000000000000
)

// Guard returns m with every NaN replaced by the canonical one before an instruction that shows its bits: f32.store,
// f64.store, i32.reinterpret_f32, i64.reinterpret_f64, and f32.copysign and f64.copysign for their second operand. It
// leaves m unchanged, and returns it if it has none of them. The instructions that show bits may become others, of
// integers. Instructions keep their offsets; those added have none.
func Guard(m *wasm.Module) *wasm.Module {
	if !slices.ContainsFunc(m.Codes, func(code wasm.Code) bool { return slices.ContainsFunc(code.Body, shows) }) {
		return m
	}
	out := *m
	out.Canonical()
	out.Codes = slices.Clone(m.Codes)
	for i := range out.Codes {
		if slices.ContainsFunc(out.Codes[i].Body, shows) {
			params := len(m.Types[m.Functions[i]].Params)
			out.Codes[i] = guarded(&m.Codes[i], uint64(params))
		}
	}
	return &out
}

// Shows reports whether an instruction makes visible the sign or payload of the operand on top.
func Shows(op wasm.Opcode) bool {
	switch op {
	case wasm.OpF32Store, wasm.OpI32ReinterpretF32, wasm.OpF32Copysign,
		wasm.OpF64Store, wasm.OpI64ReinterpretF64, wasm.OpF64Copysign:
		return true
	}
	return false
}

func shows(in wasm.Instruction) bool { return Shows(in.Op) }

// guarded returns a body with guards, whose function has so many parameters.
func guarded(code *wasm.Code, params uint64) wasm.Code {
	w := writer{next: params + code.DeclaredLocals(), locals: slices.Clone(code.Locals)}
	w.body = make([]wasm.Instruction, 0, len(code.Body)+len(code.Body)/4)
	for i, in := range code.Body {
		if Shows(in.Op) && (i == 0 || !canonical(&code.Body[i-1])) {
			w.guarded(in)
		} else {
			w.body = append(w.body, in)
		}
	}
	return wasm.Code{Locals: w.locals, Body: w.body, Offset: code.Offset}
}
