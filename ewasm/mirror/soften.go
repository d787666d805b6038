package mirror

import (
	"maps"
	"slices"

	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// A frame that finishes or reverts leaves by a trap, since functions of the contract stand around the call that it was. Where
// all of them would do nothing more, it may as well return: that takes a fifth of the time. Functions that never return but by
// ending the frame (brief ones below) and main are therefore made to return at once from a call that has ended it, and count
// in a global what others run between them and the end: only where there are none may the engine let the call return.

// Rounds of finding brief functions by the calls of others, so that a module cannot take time beyond its size.
const briefRounds = 4

// softener rewrites the contract's functions in a module with its mirror.
type softener struct {
	*injector
	first uint32 // index of the contract's first function
	main  uint32
	ends  map[uint32]bool // calls of these are to return
	leads []bool          // by defined function: whether it may come to one of ends
}

// soften makes calls that end the frame return where they can.
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
	s.findLeading()
	for i := range in.defined {
		if f := s.first + uint32(i); f == s.main || s.never[f] {
			in.out.Codes[i].Body = s.body(i)
		}
	}
}

// haltIsNoReturn tells the import that the meter halts by from others.
func (s *softener) haltIsNoReturn() {
	index := uint32(0)
	for i := range s.out.Imports {
		if item := &s.out.Imports[i]; item.Kind == wasm.ExternalFunction {
			s.never[index] = item.Module == meter.HaltModule && item.Name == meter.HaltFunction
			index++
		}
	}
}

// findBrief finds the functions that end the frame, if they do not trap or go on for ever.
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

// findLeading finds the functions from which a call that ends the frame can be come to.
func (s *softener) findLeading() {
	callers := make([][]int, s.defined)
	s.leads = make([]bool, s.defined)
	var work []int
	for i := range s.defined {
		for _, in := range s.out.Codes[i].Body {
			f := uint32(in.X)
			own := int(f) - int(s.first)
			switch {
			case in.Op == wasm.OpCallIndirect || in.Op == wasm.OpCall && s.ends[f]:
				if !s.leads[i] {
					s.leads[i] = true
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
			if !s.leads[caller] {
				s.leads[caller] = true
				work = append(work, caller)
			}
		}
	}
}

// body is that of a function, with a return after every call that ends the frame, and others that may come to one counted.
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
		case in.Op == wasm.OpCallIndirect, in.Op == wasm.OpCall && own >= 0 && own < s.defined && s.leads[own]:
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

// zero leaves a value of a type that nobody will look at.
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
