package ewasm

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// Operand is one parameter of a host function: a number, or a pointer to a window of linear memory.
type Operand struct {
	Name    string
	Type    wasm.ValueType
	Use     Use
	Width   int    // bytes of the window; 0 if Length says how many, or another function
	Length  string // the operand that holds the window's length
	Item    int    // if Length counts items of so many bytes; 0 if it counts bytes
	Counter string // the operand before that counts this one and its like; empty if it is always there
	Little  bool   // a number of 32 bytes in the window is little-endian; one of 16 bytes always is
}

// Use says what a host function does with an operand.
type Use uint8

// The uses of an operand.
const (
	Number Use = iota // takes it as it is
	Reads             // reads the window it points to
	Writes            // writes the window it points to
)

// Has reports whether operand i takes part in a call: of counted operands (the topics of a log) only the first do.
func (f *Function) Has(i int, a Args) bool {
	counter := f.Operands[i].Counter
	if counter == "" {
		return true
	}
	at := f.operand(counter)
	return uint64(i-at) <= uint64(uint32(a[at]))
}

// Counts returns how many counted operands a call has, at most as many as the function takes.
func (f *Function) Counts(a Args) (n int) {
	for i := range f.Operands {
		if f.Operands[i].Counter != "" && f.Has(i, a) {
			n++
		}
	}
	return n
}

// IsCounter reports whether operand i says how many of others there are.
func (f *Function) IsCounter(i int) bool {
	for _, other := range f.Operands {
		if other.Counter == f.Operands[i].Name {
			return true
		}
	}
	return false
}

// operand returns the index of a named operand that exists.
func (f *Function) operand(name string) int {
	for i := range f.Operands {
		if f.Operands[i].Name == name {
			return i
		}
	}
	panic("no operand " + name + " of " + f.Name)
}

// Window returns how many bytes the window of operand i has in a call, 0 if only another function says it.
func (f *Function) Window(i int, a Args) uint64 {
	o := &f.Operands[i]
	if o.Length == "" {
		return uint64(o.Width)
	}
	return uint64(uint32(a[f.operand(o.Length)])) * uint64(max(o.Item, 1))
}

// The words that the table is written in.

func number(name string, t wasm.ValueType) Operand { return Operand{Name: name, Type: t} }

func reads(name string, width int) Operand {
	return Operand{Name: name, Type: wasm.I32, Use: Reads, Width: width}
}

func writes(width int) Operand {
	return Operand{Name: "result", Type: wasm.I32, Use: Writes, Width: width}
}

// answer is a window that a result is written to; a width of 0 stands for what another function says.
func answer(name string, width int) Operand {
	return Operand{Name: name, Type: wasm.I32, Use: Writes, Width: width}
}

func counted(use Use, name, length string) Operand {
	return Operand{Name: name, Type: wasm.I32, Use: use, Length: length}
}

func items(use Use, name, count string, bytes int) Operand {
	return Operand{Name: name, Type: wasm.I32, Use: use, Length: count, Item: bytes}
}

func topicAt(n int) Operand {
	topic := reads(fmt.Sprintf("topic%d", n), 32)
	topic.Counter = "topics"
	return topic
}

func list(operands ...Operand) []Operand { return operands }

func traps(reasons ...error) []error { return reasons }

// rows are the functions of one module and edition.
type rows map[gas.Operation]Function

// module completes rows with what they share and what follows from their operands.
func module(name string, since gas.Edition, part rows) rows {
	for number, row := range part {
		row.Number = number
		row.Module, row.Since = name, since
		for _, operand := range row.Operands {
			row.Params = append(row.Params, operand.Type)
		}
		if row.Constant.is() {
			row.do = row.Constant.do
		}
		if row.answers != nil {
			row.Results = word
			row.do = answering(row, row.answers)
		}
		part[number] = row
	}
	return part
}

// table puts rows at their numbers.
func table(parts ...rows) (whole [gas.Operations]Function) {
	for _, part := range parts {
		for number, row := range part {
			whole[number] = row
		}
	}
	return whole
}
