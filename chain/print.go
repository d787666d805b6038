package chain

import (
	"github.com/ethereum/go-ethereum/common"
)

// maxPrints bounds how many lines of one transaction or call are passed on: printing is free, and a loop may print.
const maxPrints = 1000

// morePrints stands for the lines beyond maxPrints.
const morePrints = "(it prints more, which is not shown)"

// Print is a line that a contract printed through its debug module, and where it comes from. The line is printable and
// at most 2048 bytes long.
type Print struct {
	Line   string
	From   common.Address // who sent the transaction or calls
	Tx     common.Hash    // the transaction; zero of a call
	Method string         // of JSON-RPC that tries a call out, which changes nothing; empty of a transaction
}

// Printer returns what takes the lines that contracts print in one transaction or call, and passes at most maxPrints of
// them to a function, with where they come from. It is nil if the function is nil.
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
