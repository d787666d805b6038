// Package terminal writes for people: amounts in ether, short addresses, and text of contracts in which no character
// can move the cursor.
//
// It knows no command and no chain. Start at Printer and Printable.
package terminal

import (
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"
)

// Printer writes lines to W until one cannot be written. Err is the error of that one.
type Printer struct {
	W   io.Writer
	Err error
}

// Line writes one line, in the format of package fmt. The line feed is added.
func (p *Printer) Line(format string, args ...any) {
	if p.Err == nil {
		_, p.Err = fmt.Fprintf(p.W, format+"\n", args...)
	}
}

// IsTerminal reports whether colours can be written to w: it is a terminal, not a dumb one, and NO_COLOR is not set
// (https://no-color.org).
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Printable replaces every character that is not printable by U+FFFD: control characters, line feeds, and those that
// turn the direction of text. A contract chose the text and could rewrite the lines above it.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// Short abbreviates an address to its first and last four digits, which people compare: 0xf39F..2266.
func Short(a common.Address) string {
	text := a.Hex()
	return text[:6] + ".." + text[len(text)-4:]
}

// Ether writes an amount of wei in ether, exactly and without trailing zeros.
func Ether(wei *big.Int) string {
	whole, rest := new(big.Int).QuoRem(wei, big.NewInt(params.Ether), new(big.Int))
	if rest.Sign() == 0 {
		return whole.String()
	}
	return strings.TrimRight(fmt.Sprintf("%v.%018v", whole, rest), "0")
}
