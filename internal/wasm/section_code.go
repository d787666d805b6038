package wasm

import "math"

// codes reads the code section. Each body has its size in front, and ends with its end.
//
//	codesec = vec(size vec(locals) expr)
//	locals  = u32 valtype                        so many locals of one type
func (r *reader) codes() {
	at := r.at
	r.m.Codes = items(r, 3, (*reader).code)
	if functions, bodies := len(r.m.Functions), len(r.m.Codes); functions != bodies {
		r.fail(at, "%d bodies but %d functions", bodies, functions)
	}
}

func (w *writer) codes() {
	w.count(len(w.m.Codes))
	for i := range w.m.Codes {
		c := &w.m.Codes[i]
		outer := w.open(scope{codeSection, uint32(i) + 1})
		w.count(len(c.Locals))
		for _, run := range c.Locals {
			w.u32(run.Count)
			w.byte(byte(run.Type))
		}
		if w.offsets != nil {
			w.offsets = append(w.offsets, w.offsetsIn(c.Body))
		} else {
			w.expression(c.Body)
		}
		content := uint32(len(w.b) - w.from)
		w.close(outer)
		if w.offsets != nil {
			w.shift(w.offsets[i:], uint32(len(w.b)-w.from)-content)
		}
	}
}

// offsetsIn writes instructions and returns the offset of each in the scope.
func (w *writer) offsetsIn(list []Instruction) []uint32 {
	offsets := make([]uint32, len(list))
	for i := range list {
		offsets[i] = uint32(len(w.b) - w.from)
		w.instruction(&list[i])
	}
	return offsets
}

// code reads one body.
func (r *reader) code() Code {
	outer := r.open(scope{codeSection, uint32(r.item) + 1})
	if r.err != nil {
		return Code{}
	}
	c := Code{Offset: uint32(r.at)}
	c.Locals = list(r, 2, (*reader).locals)
	var total uint64
	for _, run := range c.Locals {
		total += uint64(run.Count)
	}
	if total > math.MaxUint32 {
		r.fail(int(c.Offset), "%d locals, more than 2^32-1", total)
	}
	c.Body = r.expression()
	r.close(outer)
	return c
}

func (r *reader) locals() Locals { return Locals{Count: r.u32(), Type: r.valueType()} }
