// Package console reads what Solidity contracts print with console.log of Hardhat and Foundry: calls of an address
// without code, whose input is encoded arguments.
//
// It knows no frame and no state. Whatever the bytes, it prints or does not, in time that the length of a line bounds.
// Start at Lines.
package console

import (
	"strings"
	"sync"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Address is what console.log calls: "console.log" in ASCII.
var Address = common.HexToAddress("0x000000000000000000636F6e736F6c652e6c6f67")

// maxLine is the most bytes of text that one call prints.
const maxLine = 2048

// Lines returns the lines that a call with this input prints: printable text, of at most 2,048 bytes in all. It returns
// none if the input is of no console.log or its arguments are cut short.
func Lines(input []byte) []string {
	if len(input) < 4 {
		return nil
	}
	kinds, known := signatures()[[4]byte(input)]
	if !known {
		return nil
	}
	values := make([]value, len(kinds))
	for i, kind := range kinds {
		var ok bool
		if values[i], ok = decode(kind, input[4:], i); !ok {
			return nil
		}
	}
	text := format(values)
	lines := strings.Split(text[:min(len(text), maxLine)], "\n")
	for i, line := range lines {
		lines[i] = strings.Map(printable, line)
	}
	return lines
}

// printable keeps what a terminal can show and replaces the rest, so that contracts cannot send escape codes to it.
func printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r == unicode.ReplacementChar || !unicode.IsPrint(r):
		return '.'
	}
	return r
}

// signatures returns the types of the arguments by selector: every list of up to four of uint256, string, bool and
// address, and one of any other type that console has. The first versions hashed "uint" and "int", which are no names
// of the ABI, so each list with a number has two selectors.
var signatures = sync.OnceValue(func() map[[4]byte][]kind {
	table := make(map[[4]byte][]kind)
	add := func(kinds ...kind) {
		for _, short := range []bool{false, true} {
			names := make([]string, len(kinds))
			for i, k := range kinds {
				if names[i] = k.name; short && k.short != "" {
					names[i] = k.short
				}
			}
			hash := crypto.Keccak256([]byte("log(" + strings.Join(names, ",") + ")"))
			table[[4]byte(hash)] = kinds
		}
	}
	usual := []kind{unsigned, text, boolean, account}
	lists := [][]kind{{}}
	for len(lists) > 0 {
		list := lists[0]
		lists = lists[1:]
		add(list...)
		if len(list) == 4 {
			continue
		}
		for _, k := range usual {
			lists = append(lists, append(list[:len(list):len(list)], k))
		}
	}
	add(signed)
	add(text, signed)
	add(bytes)
	for size := 1; size <= wordBytes; size++ {
		add(fixed(size))
	}
	return table
})
