package mirror

import (
	"maps"
	"slices"

	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// A frame that finishes or reverts leaves by a trap, because functions of the contract are on the stack. If all of
// them would do nothing more, the call can return instead, which takes a fifth of the time. So main, and functions
// that never return except by ending the frame (the brief ones below), are made to return at once from a call that
// has ended the frame. A global counts the other functions on the stack: the engine lets the call return only if
// there are none.

// briefRounds is how often brief functions are sought by the calls of others, so that the time is linear in the
// module's size.
const briefRounds = 4

// softener rewrites the contract's functions in a module with its mirror.
type softener struct {
	*injector
	first   uint32 // index of the contract's first function
	main    uint32
	ends    map[uint32]bool // functions from whose calls the caller is to return
	reaches []bool          // by defined function: whether it may call one of ends, directly or not
}

// soften makes calls that end the frame return if they can.
func (in *injector) soften() {
	s := &softener{injector: in, first: uint32(in.out.ImportedFunctions()), ends: maps.Clone(in.isEnd)}
	main := slices.IndexFunc(in.out.Exports, func(item wasm.Export) bool { return item.Name == "main" })
	s.main = in.out.Exports[main].Index
	if len(s.ends) == 0 {
		return
	}
	s.haltIsNoReturn()
	in.out.Globals[in.between].Init = []wasm.Instruction{{Op: wasm.OpI32Const}, {Op: wasm.OpEnd}}
	s.findBrief()
	s.findReaching()
	for i := range in.defined {
		if f := s.first + uint32(i); f == s.main || s.never[f] {
			in.out.Codes[i].Body = s.body(i)
		}
	}
}

// haltIsNoReturn marks the import with which the meter halts: it never returns.
func (s *softener) haltIsNoReturn() {
	index := uint32(0)
	for i := range s.out.Imports {
		if item := &s.out.Imports[i]; item.Kind == wasm.ExternalFunction {
			s.never[index] = item.Module == meter.HaltModule && item.Name == meter.HaltFunction
			index++
		}
	}
}

// findBrief finds the functions that end the frame, unless they trap or run for ever.
func (s *softener) findBrief() {
	for range briefRounds {
		found := false
		for i := range s.defined {
			if f := s.first + uint32(i); !s.never[f] && f != s.main && !s.returns(s.out.Codes[i].Body) {
				s.never[f], s.ends[f] = true, true
				found = true
			}
		}
		if !found {
			return
		}
	}
}

// reach is what returns knows of an open construct.
type reach struct {
	entered bool // control can reach its beginning
	left    bool // and its end by a branch
}

// returns reports whether control can reach the end of a body, or a return.
func (s *softener) returns(body []wasm.Instruction) bool {
	nest, live := wasm.Nest[reach]{}, true
	for _, in := range nest.Over(body) {
		top := nest.Top()
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			top.Data.entered = live
		case wasm.OpElse:
			top.Data.left, live = top.Data.left || live, top.Data.entered
		case wasm.OpEnd:
			live = live || top.Data.left || top.Op == wasm.OpIf && top.Data.entered
		case wasm.OpBr, wasm.OpBrIf, wasm.OpBrTable:
			for _, label := range in.Labels() {
				if to := nest.Target(label); live && to.Op != wasm.OpLoop {
					to.Data.left = true
				}
			}
			live = live && in.Op == wasm.OpBrIf
		case wasm.OpReturn:
			if live {
				return true
			}
		case wasm.OpUnreachable:
			live = false
		case wasm.OpCall:
			live = live && !s.never[uint32(in.X)]
		}
	}
	return live
}

// findReaching finds the functions that can reach a call that ends the frame, through the call graph.
func (s *softener) findReaching() {
	callers := make([][]int, s.defined)
	s.reaches = make([]bool, s.defined)
	var work []int
	for i := range s.defined {
		for _, in := range s.out.Codes[i].Body {
			f := uint32(in.X)
			own := int(f) - int(s.first)
			switch {
			case in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && s.ends[f]:
				if !s.reaches[i] {
					s.reaches[i] = true
					work = append(work, i)
				}
			case in.Op == wasm.OpCall && own >= 0 && own < s.defined:
				callers[own] = append(callers[own], i)
			}
		}
	}
	for len(work) > 0 {
		i := work[len(work)-1]
		work = work[:len(work)-1]
		for _, caller := range callers[i] {
			if !s.reaches[caller] {
				s.reaches[caller] = true
				work = append(work, caller)
			}
		}
	}
}

// body returns the body of a function with a return after every call that ends the frame, and calls that may reach
// one counted.
func (s *softener) body(i int) []wasm.Instruction {
	var code []wasm.Instruction
	results := s.out.Types[s.out.Functions[i]].Results
	for _, in := range s.out.Codes[i].Body {
		f := uint32(in.X)
		own := int(f) - int(s.first)
		switch {
		case in.Op == wasm.OpCall && s.ends[f]:
			code = append(code, in)
			for _, t := range results {
				code = append(code, zero(t))
			}
			code = append(code, wasm.Instruction{Op: wasm.OpReturn})
		case in.Op == wasm.OpCallIndirect, in.Op == wasm.OpCall && own >= 0 && own < s.defined && s.reaches[own]:
			code = append(s.count(code, 1), in)
			code = s.count(code, ^uint64(0))
		default:
			code = append(code, in)
		}
	}
	return code
}

func (s *softener) count(code []wasm.Instruction, by uint64) []wasm.Instruction {
	return append(code,
		wasm.Instruction{Op: wasm.OpGlobalGet, X: s.between},
		wasm.Instruction{Op: wasm.OpI32Const, X: by},
		wasm.Instruction{Op: wasm.OpI32Add},
		wasm.Instruction{Op: wasm.OpGlobalSet, X: s.between})
}

// zero returns an instruction that leaves a value of a type. The value is not used.
func zero(t wasm.ValueType) wasm.Instruction {
	switch t {
	case wasm.I32:
		return wasm.Instruction{Op: wasm.OpI32Const}
	case wasm.I64:
		return wasm.Instruction{Op: wasm.OpI64Const}
	case wasm.F32:
		return wasm.Instruction{Op: wasm.OpF32Const}
	case wasm.F64:
		return wasm.Instruction{Op: wasm.OpF64Const}
	}
	return wasm.Instruction{Op: wasm.OpRefNull, X: uint64(t)}
}
