// Package mirror lets contracts read their own frame without leaving the module. It replaces the host functions that only
// read what cannot change while they look (who called, with which data, in which block, what gas is left) by wasm functions
// over a copy of it: words in globals, calldata and return data in a second memory that the contract has no name for. Before
// those that only compute on operands in the contract's memory (keccak256, module bignum) it puts functions that hold the
// operands within memory, so that an engine can do their work in machine code of its own, its leaves, which cannot fail. Before
// finish and revert it does the same, and has the contract's functions return where nothing else is to be done (soften.go). All
// others it calls with the gas that is left and the size of the memory, which the engine would else have to ask for.
//
// A function of the mirror takes the host function's price itself. Where anything is not as it should be (not enough gas,
// an operand outside memory, more data than was copied, someone watching) it has changed nothing and calls the host
// function, which fails, or succeeds, as it always does: what a contract can see is decided there alone.
//
// The package knows metered modules and contexts, no engine. Start at Choose, Of, View.Inject and View.Fill; docs/adr says why.
package mirror

import (
	"hestia/ewasm"
	"hestia/gas"
)

// What a module with a mirror exports and imports besides its own.
const (
	EnterFunction = "__enter" // exported, (gas i64, mirror i32, words i64...) -> gas i64: runs main
	Module        = "hestia"  // of all it imports
	MemoryName    = "mirror"  // imported shared memory, only where the view is Shared
	MemoryPages   = 1 << 13   // its largest size
)

// MaxWords is the most words a view has.
const MaxWords = 48

// View is what contracts for which the same functions were chosen read of their frames by themselves. A nil view reads nothing.
type View struct {
	served []served
	words  int
	shared bool // some of it is bytes, in the second memory
}

// served is a function of the mirror at work in a view.
type served struct {
	*function
	price gas.Price
	first int // of its words in the view
}

// dearest is the most that a function of the mirror may cost, so that no sum of gas can overflow.
const dearest = 1 << 20

// Of returns the view by which contracts read with the functions instead of the host's, under a schedule.
func Of(chosen []*ewasm.Function, s *gas.Schedule) *View {
	v := &View{}
	for _, row := range chosen {
		f, price := &functions[row.Number], s.Host[row.Number]
		if f.leaf == lends || max(price.Base, price.Word, price.Byte) <= dearest {
			v.served = append(v.served, served{f, price, v.words})
			v.words += f.words
			v.shared = v.shared || f.bytes
		}
	}
	return v
}

// Words is how many words of a context the view reads, at most MaxWords.
func (v *View) Words() int {
	if v == nil {
		return 0
	}
	return v.words
}

// Shared tells whether modules of the view import the second memory, and their frames need a Window of it.
func (v *View) Shared() bool { return v != nil && v.shared }

// Fill writes the view's words of a context. They do not change while the frame runs.
func (v *View) Fill(c *ewasm.Context, to []uint64) {
	if v == nil {
		return
	}
	for _, f := range v.served {
		if f.fill != nil {
			f.fill(c, to[f.first:f.first+f.words])
		}
	}
}
