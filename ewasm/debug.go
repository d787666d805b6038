package ewasm

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// maxPrint is the most bytes of memory that one call prints. A line has one price, so it must be short.
const maxPrint = 1024

// The debug module prints, for development. A schedule that does not sell it refuses contracts that import it.

// print passes a line on. It makes none if the frame has no debug function.
func (c *Context) print(line func() string) {
	if c.Debug != nil {
		c.Debug(line())
	}
}

func print32(c *Context, a Args) (uint64, error) {
	c.print(func() string { return fmt.Sprint(int32(a[0])) })
	return 0, nil
}

func print64(c *Context, a Args) (uint64, error) {
	c.print(func() string { return fmt.Sprint(int64(a[0])) })
	return 0, nil
}

func printMem(c *Context, a Args) (uint64, error) { return c.printBytes(a[0], a[1], printable) }

func printMemHex(c *Context, a Args) (uint64, error) {
	return c.printBytes(a[0], a[1], hex.EncodeToString)
}

func (c *Context) printBytes(pointer, length uint64, format func([]byte) string) (uint64, error) {
	window, err := c.bytes(pointer, length)
	if err == nil {
		c.print(func() string { return format(window[:min(len(window), maxPrint)]) })
	}
	return 0, err
}

func printStorage(c *Context, a Args) (uint64, error) { return c.printSlot(a[0], printable) }

func printStorageHex(c *Context, a Args) (uint64, error) {
	return c.printSlot(a[0], hex.EncodeToString)
}

// printSlot reads a slot without warming it.
func (c *Context) printSlot(pointer uint64, format func([]byte) string) (uint64, error) {
	key, err := c.hash(pointer)
	if err == nil {
		value := c.State.GetState(c.Self, key) // read even if nothing is printed, so that runs do not differ
		c.print(func() string { return format(value[:]) })
	}
	return 0, err
}

// printable keeps what a terminal can show and replaces the rest, so that contracts cannot send escape codes to it.
func printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}, string(b))
}
