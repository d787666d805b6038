package meter

import (
	"math"
	"slices"

	"hestia/gas"
	"hestia/internal/wasm"
)

// This file says how far memories and tables may grow. A growth beyond that fails in every engine, so that it need not
// be paid for; any other is paid before it is tried.

// growth is a memory or table that an instruction grows.
type growth struct {
	size  wasm.Opcode // the instruction that returns its size
	index uint64
	most  uint64 // the size that it cannot exceed, in pages or entries
}

// bounded returns m with the limits of the schedule as the maxima of its own memory and tables, so that no engine grows
// them further, whatever bounds it has itself. It shares the rest with m.
func bounded(m *wasm.Module, l *gas.Limits) *wasm.Module {
	out := *m
	out.Memories, out.Tables = slices.Clone(m.Memories), slices.Clone(m.Tables)
	for i := range out.Memories {
		lower(&out.Memories[i], l.Reach(out.Memories[i].Min))
	}
	for i := range out.Tables {
		lower(&out.Tables[i].Limits, l.TableEntries)
	}
	return &out
}

// lower lowers a maximum, but not below the initial size.
func lower(l *wasm.Limits, most uint32) {
	most = max(most, l.Min)
	if !l.HasMax || l.Max > most {
		l.Max, l.HasMax = most, true
	}
}

// growth returns what an instruction grows, nil if it grows nothing. The largest size is the declared maximum, or else
// that of the binary format; an index that names nothing is left to validation.
func (sp *space) growth(in *wasm.Instruction) *growth {
	g := &growth{size: wasm.OpMemorySize, index: in.X, most: 1 << 16}
	all := sp.memories
	switch in.Op {
	case wasm.OpMemoryGrow:
	case wasm.OpTableGrow:
		g.size, g.most, all = wasm.OpTableSize, math.MaxUint32, sp.tables
	default:
		return nil
	}
	if in.X < uint64(len(all)) && all[in.X].HasMax {
		g.most = min(g.most, uint64(all[in.X].Max))
	}
	return g
}
