package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// maxPrints and maxPrintedBytes bound what of one transaction or request is passed on: a loop may print.
const (
	maxPrints       = 1000
	maxPrintedBytes = 256 << 10
)

// Print is a line that a contract printed through its debug module, and its origin. The line is printable and
// at most 2048 bytes long.
type Print struct {
	Line   string
	From   common.Address // the sender of the transaction or call
	Tx     common.Hash    // the transaction; zero for a simulated call
	Method string         // the JSON-RPC method that simulates the call; empty for a transaction
}

// Prints passes on what contracts print in one transaction or request: the first 1,000 lines, or fewer if these have
// 256 KiB. It is not safe for concurrent use.
type Prints struct {
	to    func(Print)
	lines int
	bytes int
	more  int // lines that were not passed on
	last  Print
}

// NewPrints returns the prints that are passed to a function; nil discards them.
func NewPrints(to func(Print)) *Prints { return &Prints{to: to} }

// From returns a function for the lines of an origin. It is nil if they are discarded.
func (p *Prints) From(origin Print) func(line string) {
	if p.to == nil {
		return nil
	}
	return func(line string) {
		if p.more > 0 || p.lines == maxPrints || p.bytes+len(line) > maxPrintedBytes {
			p.more, p.last = p.more+1, origin
			return
		}
		p.lines, p.bytes = p.lines+1, p.bytes+len(line)
		print := origin
		print.Line = line
		p.to(print)
	}
}

// End passes on how many lines more there were, if any. It is called once, when nothing prints any longer.
func (p *Prints) End() {
	if p.more > 0 {
		p.last.Line = fmt.Sprintf("(and %d more lines, which are not shown)", p.more)
		p.to(p.last)
	}
}
