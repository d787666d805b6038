package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file finds the part of a body around which a checked function takes its weight, if the walk of binding.go finds
// that paths differ: single-entry code with all calls that rely on the counter, as small as structured code shows it,
// so that paths without a call leave the counter alone.

// part is code of one sequence: its first instruction, or the opening of its first construct, up to its last or the end
// of its last construct.
type part struct{ first, last int }

// sequence is what is known of a body, or of an arm of a construct.
type sequence struct {
	calls  bool      // it has a call that relies on the counter
	whole  part      // all that has such calls
	best   part      // the smallest part that has all of them
	loops  bool      // one of them does not lead back to the function
	left   bool      // control may leave it before the first of them
	before *sequence // the first arm of an if, in the second
}

// add adds code to a sequence. best is the smallest part of it with all calls.
func (s *sequence) add(code, best part, loops bool) {
	if s.calls {
		s.whole.last = code.last
		s.best = s.whole
	} else {
		s.calls, s.whole, s.best = true, code, best
	}
	s.loops = s.loops || loops
}

// part returns the smallest part of a body with all its calls that rely on the counter.
//
// A loop is divided only if all its calls lead back to the function and an iteration may make none. There are no more
// iterations with such a call in all activations than there are activations, and some of these make no call.
func (b *binder) part(body []wasm.Instruction, f *flow) part {
	var nest wasm.Nest[sequence]
	var whole part
	for i, in := range nest.Over(body) {
		top := nest.Top()
		switch {
		case in.Op == wasm.OpBlock || in.Op == wasm.OpLoop || in.Op == wasm.OpIf:
			top.Data = sequence{}
		case in.Op == wasm.OpElse:
			before := top.Data
			top.Data = sequence{before: &before}
		case in.Op == wasm.OpEnd && top.Start < 0:
			whole = top.Data.best
		case in.Op == wasm.OpEnd:
			b.close(&top.Data, nest.Target(1), part{top.Start, i}, top.Op)
		case f.live[i] && b.relies(in):
			top.Data.add(part{i, i}, part{i, i}, !b.recurs(in))
		case in.Op == wasm.OpBr || in.Op == wasm.OpBrIf || in.Op == wasm.OpBrTable:
			top.Data.left = top.Data.left || !top.Data.calls
		}
	}
	return whole
}

// close adds a construct to the sequence around it.
func (b *binder) close(s *sequence, around *wasm.Construct[sequence], code part, op wasm.Opcode) {
	best, calls, loops := s.best, s.calls, s.loops
	if first := s.before; first != nil && first.calls {
		if best = first.best; calls {
			best = code
		}
		calls, loops = true, loops || first.loops
	}
	if always := best.first == s.whole.first && !s.left; op == wasm.OpLoop && (loops || always) {
		best = code
	}
	around.Data.left = around.Data.left || !around.Data.calls && s.left
	if calls {
		around.Data.add(code, best, loops)
	}
}

// around returns the bindings that take the weight before a part and give it back behind it, and on every edge out of
// it; false if one cannot be split.
func (b *binder) around(body []wasm.Instruction, f *flow, p part) (list []binding, ok bool) {
	list = []binding{{at: p.first}}
	var nest wasm.Nest[struct{}]
	base := 0
	for i, in := range nest.Over(body[:p.last+1]) {
		if i == p.first {
			base = nest.Depth()
			b.saved = p.first == p.last && nest.Around().Loops > 0
		}
		if i < p.first || !f.live[i] {
			continue
		}
		leaves := slices.ContainsFunc(in.Labels(), func(label uint32) bool {
			return int(label) >= nest.Depth()-base
		})
		switch {
		case in.Op == wasm.OpReturn || in.Op == wasm.OpBr && leaves:
			list = append(list, binding{at: i, give: true})
		case in.Op == wasm.OpBrIf && leaves && b.plain(nest.Target(uint32(in.X)).Start):
			list = append(list, binding{at: i, give: true, edge: true})
		case leaves:
			return nil, false
		}
	}
	if f.live[p.last+1] {
		list = append(list, binding{at: p.last + 1, give: true})
	}
	return list, true
}
