package chain

import "github.com/ethereum/go-ethereum/common"

// maxPrints bounds how many lines of one transaction or call are passed on: a loop may print.
const maxPrints = 1000

// morePrints stands for the lines beyond maxPrints.
const morePrints = "(it prints more, which is not shown)"

// Print is a line that a contract printed through its debug module, and its origin. The line is printable and
// at most 2048 bytes long.
type Print struct {
	Line   string
	From   common.Address // the sender of the transaction or call
	Tx     common.Hash    // the transaction; zero for a simulated call
	Method string         // the JSON-RPC method that simulates the call; empty for a transaction
}

// Printer returns a function for the lines that contracts print in one transaction or call. It passes the first
// maxPrints of them to a function, with their origin. It is nil if that function is nil.
func Printer(from Print, to func(Print)) func(line string) {
	if to == nil {
		return nil
	}
	printed := 0
	return func(line string) {
		switch printed++; {
		case printed > maxPrints+1:
			return
		case printed > maxPrints:
			line = morePrints
		}
		from.Line = line
		to(from)
	}
}
