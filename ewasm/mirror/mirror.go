// Package mirror lets contracts read their own frame without leaving the module.
//
// It replaces host functions that only read what cannot change meanwhile (the caller, the input, the block, the gas
// left) by wasm functions over a copy of it: words in globals, calldata and return data in a second memory for which
// the contract has no name. Host functions that only compute on operands in memory (keccak256, module bignum) get
// functions in front that check these operands, so that an engine can do the work in machine code of its own, its
// leaves, which cannot fail. So do finish and revert; and the contract's functions return from them if nothing else
// is to be done (soften.go). All other host functions are passed the gas left and the size of the memory, which the
// engine would otherwise have to ask for.
//
// A function of the mirror charges the host function's price itself. If anything is wrong (not enough gas, an operand
// outside memory, more data than was copied, a tracer), it has changed nothing and calls the host function, which
// fails or succeeds as it always does. So what a contract can see is decided in package ewasm alone.
//
// The package knows metered modules and contexts, but no engine. Start at Choose, Of, View.Inject and View.Fill;
// docs/adr has the reasons.
package mirror

import (
	"hestia/ewasm"
	"hestia/gas"
)

// The exports and imports that a mirror adds to a module.
const (
	EnterFunction = "__enter" // exported, (gas i64, mirror i32, words i64...) -> gas i64: runs main
	Module        = "hestia"  // of all it imports
	MemoryName    = "mirror"  // imported shared memory, only if the view is Shared
	MemoryPages   = 1 << 13   // its largest size
)

// MaxWords is the most words a view has.
const MaxWords = 48

// View is what contracts with the same chosen functions read of their frames by themselves. A nil view reads nothing.
type View struct {
	served []served
	words  int
	shared bool // some of it is bytes in the second memory
}

// served is a function of the mirror in a view.
type served struct {
	*function
	price gas.Price
	first int // index of its first word in the view
}

// maxPrice is the highest price of a function of the mirror, in gas, so that no sum of gas can overflow.
const maxPrice = 1 << 20

// Of returns the view of contracts that import the chosen functions, under a schedule.
func Of(chosen []*ewasm.Function, s *gas.Schedule) *View {
	v := &View{}
	for _, row := range chosen {
		f, price := &functions[row.Number], s.Host[row.Number]
		if f.leaf == lends || max(price.Base, price.Word, price.Byte) <= maxPrice {
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

// Shared reports whether modules of the view import the second memory, so that their frames need a Window of it.
func (v *View) Shared() bool { return v != nil && v.shared }

// Fill writes the view's words of a context to to. They do not change while the frame runs.
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
