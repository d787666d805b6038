// Package meter rewrites a module so that it counts its own gas and bounds its own native stack.
//
// Instrument analyses every function against a schedule (analysis.go and the files it names: plain tables, no
// instruction is touched) and then rewrites it (rewrite.go, body.go: no price is known there). The counters are two
// mutable globals that the result exports; when one runs out the module leaves through an imported function. What is
// charged where, and why nobody can tell it from counting one instruction at a time, is argued in docs/gas.md.
//
// It knows nothing of Ethereum: which imports, exports and types a contract may have is decided elsewhere, and the module
// is expected to be valid. An invalid one is refused or stays invalid, and is never a reason to panic.
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
	GasGlobal    = "__gas_left"   // exported mutable i64: particles left, exact whenever the outside can look
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
	Instantiation int64 // particles owed before it is instantiated: initial memory, tables and active segments
}

// Instrument returns m instrumented under s, leaving m as it was.
//
// Functions keep their types and order, but as the halt function is the last import every defined function's index grows
// by one. Custom sections are left out: they would describe the module that was. Instructions of m keep their offsets in m.
func Instrument(m *wasm.Module, s *gas.Schedule, o Options) (*Metered, error) {
	if err := reserved(m); err != nil {
		return nil, err
	}
	sp, err := newSpace(m)
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
	return &Metered{
		Module:        rewrite(sp, plans, Options{Gas: max(o.Gas, 0), Stack: o.Stack}),
		Instantiation: instantiation(m, prices),
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

// firstPages returns with how many pages the memory of a module begins, an imported one too.
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

// add and times saturate at the largest int64: more than any tank holds.
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
