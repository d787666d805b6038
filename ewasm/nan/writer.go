package nan

import "hestia/internal/wasm"

// kind is a type of floats, and what a guard needs of it.
type kind struct {
	value     wasm.ValueType
	constant  wasm.Opcode
	canonical uint64
	differ    wasm.Opcode
}

var (
	single = kind{wasm.F32, wasm.OpF32Const, Canonical32, wasm.OpF32Ne}
	double = kind{wasm.F64, wasm.OpF64Const, Canonical64, wasm.OpF64Ne}
)

// shown returns the type of the operand that an instruction shows.
func shown(op wasm.Opcode) *kind {
	switch op {
	case wasm.OpF64Store, wasm.OpI64ReinterpretF64, wasm.OpF64Copysign:
		return &double
	}
	return &single
}

// writer writes one body.
type writer struct {
	body   []wasm.Instruction
	locals []wasm.Locals
	next   uint64 // index of the next local to be added
	held   map[*kind]uint64
}

func (w *writer) add(op wasm.Opcode, x uint64) {
	w.body = append(w.body, wasm.Instruction{Op: op, X: x})
}

// guard replaces the operand on top if it is a NaN, which is all that differs from itself. The branch is never taken in
// practice; a select would put the comparison between the operand and what it is for (docs/adr/0024).
func (w *writer) guard(k *kind) {
	empty := int64(wasm.EmptyBlock)
	held := w.local(k)
	w.add(wasm.OpLocalTee, held)
	w.add(wasm.OpLocalGet, held)
	w.add(k.differ, 0)
	w.add(wasm.OpIf, uint64(empty))
	w.add(k.constant, k.canonical)
	w.add(wasm.OpLocalSet, held)
	w.add(wasm.OpEnd, 0)
	w.add(wasm.OpLocalGet, held)
}

// local returns the local that holds operands of a kind.
func (w *writer) local(k *kind) uint64 {
	held, ok := w.held[k]
	if !ok {
		if w.held == nil {
			w.held = map[*kind]uint64{}
		}
		held = w.next
		w.held[k] = held
		w.locals = append(w.locals, wasm.Locals{Count: 1, Type: k.value})
		w.next++
	}
	return held
}

// canonical reports whether an instruction leaves a value whose bits are the same everywhere: a constant that is no
// NaN, or the canonical one, or a converted integer.
func canonical(in *wasm.Instruction) bool {
	switch in.Op {
	case wasm.OpF32Const:
		return in.X&0x7fffffff <= 0x7f800000 || in.X == Canonical32
	case wasm.OpF64Const:
		return in.X&(1<<63-1) <= 0x7ff0000000000000 || in.X == Canonical64
	}
	return in.Op >= wasm.OpF32ConvertI32S && in.Op <= wasm.OpF32ConvertI64U ||
		in.Op >= wasm.OpF64ConvertI32S && in.Op <= wasm.OpF64ConvertI64U
}
