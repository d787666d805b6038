// Package meter rewrites a module so that it counts its own gas and bounds its own native stack.
//
// Instrument analyses every function under a schedule (analysis.go and the passes it calls: they fill plain tables and
// change no instruction) and then rewrites it (rewrite.go, body.go: they know no price). The counters are two mutable
// globals that the result exports; when one runs out the module leaves through an imported function. docs/gas.md says
// what is charged at which place, and proves that the outside cannot tell it from counting one instruction at a time.
//
// It knows nothing of Ethereum: which imports, exports and types a contract may have is decided elsewhere. It expects a
// valid module. It refuses an invalid one or returns an invalid one, and never panics.
//
// The passes are those of a compiler, and so are the words:
//
//	basic block         a run of instructions that control enters at the first and leaves after the last (blocks.go)
//	edge                a step of control from the end of one block to the beginning of another, its successor
//	join                a place that edges lead to: a label, the second arm of an if, the code behind a br_if
//	label               the join that a branch to an open construct leads to: a loop's beginning, any other's end
//	loop header         the block at the label of a loop; every iteration begins there
//	back edge           an edge to a header from inside its loop
//	preheader           the block that enters a loop; what is the same in all iterations is done there once
//	trip count          how often a header is executed, once more than the back edge is taken (tripcount.go)
//	induction variable  a local that every iteration changes by the same constant (induction.go)
//	dominator           a block on every path to another; the opening of a construct dominates its inside, so that
//	                    structured code needs no dominator tree
//	dataflow fact       what a pass knows of a place, joined with "and" or "or" if edges meet (deferral.go,
//	                    binding.go)
//	fixpoint            facts that another walk over the code would not change; one walk reaches it if the facts on
//	                    back edges are decided beforehand, as they are here
//	observation         an instruction at which the outside may read the gas counter: a call that can reach the
//	                    host, a return; our word, not a compiler's
package meter

import (
	"errors"
	"fmt"
	"math"

	"hestia/gas"
	"hestia/internal/wasm"
)

// What an instrumented module exports and imports besides its own.
const (
	GasGlobal    = "__gas_left"   // exported mutable i64: particles left, exact at every observation
	StackGlobal  = "__stack_left" // exported mutable i32: bytes of native stack left, as functions are weighed
	HaltModule   = "hestia"
	HaltFunction = "halt" // imported, takes one of the reasons below as i32 and must not return
)

// The reasons with which a module calls its halt function.
const (
	HaltOutOfGas      = 1
	HaltStackOverflow = 2
)

// Errors of Instrument, wrapped with the function and offset concerned.
var (
	ErrUnpriced = errors.New("instruction has no price")
	ErrReserved = errors.New("name is reserved for metering")
	ErrInvalid  = errors.New("module is not valid")
)

// Options are the initial values of the two counters.
type Options struct {
	Gas   int64 // particles; below zero counts as none
	Stack int32 // bytes; zero or less means the schedule's Limits.StackBytes
}

// Metered is an instrumented module and what its instantiation costs.
type Metered struct {
	Module        *wasm.Module
	Instantiation int64 // particles to charge before instantiation: initial memory, tables and active segments
	Added         int   // how many of its functions, the last ones, are none of the original's
}

// Instrument returns m instrumented under s and leaves m unchanged. The error wraps one of the three above.
//
// Functions keep their types and order, but the halt function is the last import, so the index of every defined
// function grows by one. Custom sections are left out, as they describe m. Instructions of m keep their offsets in m.
// The maxima of m's memory and tables are lowered to the schedule's limits: what grows is paid up to there.
func Instrument(m *wasm.Module, s *gas.Schedule, o Options) (*Metered, error) {
	if err := reserved(m); err != nil {
		return nil, err
	}
	sp, err := newSpace(bounded(m, &s.Limits))
	if err != nil {
		return nil, err
	}
	a, err := analyse(sp)
	if err != nil {
		return nil, err
	}
	prices := s.InstructionsFor(firstPages(m))
	plans, err := a.plans(prices)
	if err != nil {
		return nil, err
	}
	if o.Stack <= 0 {
		o.Stack = s.Limits.StackBytes
	}
	out := rewrite(sp, plans, Options{Gas: max(o.Gas, 0), Stack: o.Stack})
	return &Metered{
		Module:        out,
		Instantiation: instantiation(m, prices),
		Added:         len(out.Functions) - len(m.Functions),
	}, nil
}

// reserved refuses a module that already uses a name of the instrumentation.
func reserved(m *wasm.Module) error {
	for _, im := range m.Imports {
		if im.Module == HaltModule && im.Name == HaltFunction {
			return fmt.Errorf("import %s.%s at offset %#x: %w", im.Module, im.Name, im.Offset, ErrReserved)
		}
	}
	for _, ex := range m.Exports {
		if ex.Name == GasGlobal || ex.Name == StackGlobal {
			return fmt.Errorf("export %s at offset %#x: %w", ex.Name, ex.Offset, ErrReserved)
		}
	}
	return nil
}

// firstPages returns the initial size of a module's memory, defined or imported, in pages.
func firstPages(m *wasm.Module) uint32 {
	pages := uint32(0)
	for _, memory := range m.Memories {
		pages = max(pages, memory.Min)
	}
	for i := range m.Imports {
		if m.Imports[i].Kind == wasm.ExternalMemory {
			pages = max(pages, m.Imports[i].Memory.Min)
		}
	}
	return pages
}

// instantiation prices what happens before any instruction runs, in particles.
func instantiation(m *wasm.Module, p *gas.Instructions) int64 {
	total := uint64(0)
	for _, mem := range m.Memories {
		total = add(total, times(uint64(mem.Min), p.MemoryPage))
	}
	for _, d := range m.Data {
		if d.Mode == wasm.Active {
			total = add(total, times(uint64(len(d.Init)), p.Byte))
		}
	}
	for _, t := range m.Tables {
		total = add(total, times(uint64(t.Limits.Min), p.Entry))
	}
	for _, e := range m.Elements {
		if e.Mode == wasm.Active {
			total = add(total, times(uint64(len(e.Functions)+len(e.Expressions)), p.Entry))
		}
	}
	return int64(total)
}

// add saturates at the largest int64, which is more than any tank holds; so does times.
func add(a, b uint64) uint64 {
	if a > math.MaxInt64-min(b, math.MaxInt64) {
		return math.MaxInt64
	}
	return a + b
}

func times(n uint64, price uint32) uint64 {
	if price != 0 && n > math.MaxInt64/uint64(price) {
		return math.MaxInt64
	}
	return n * uint64(price)
}
