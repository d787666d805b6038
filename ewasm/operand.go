package ewasm

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// Operand is one parameter of a host function: a number, or a pointer to a window of linear memory.
type Operand struct {
	Name   string
	Type   wasm.ValueType
	Use    Use
	Width  int    // bytes of the window; 0 where Length says how many
	Length string // the operand that holds the window's length
}

// Use says what a host function does with an operand.
type Use uint8

// The uses of an operand.
const (
	Number Use = iota // takes it as it is
	Reads             // reads the window it points to
	Writes            // writes the window it points to
)

// The words that the table is written in.

func number(name string, t wasm.ValueType) Operand { return Operand{Name: name, Type: t} }

func reads(name string, width int) Operand {
	return Operand{Name: name, Type: wasm.I32, Use: Reads, Width: width}
}

func writes(width int) Operand {
	return Operand{Name: "result", Type: wasm.I32, Use: Writes, Width: width}
}

func topicAt(n int) Operand { return reads(fmt.Sprintf("topic%d", n), 32) }

func list(operands ...Operand) []Operand { return operands }

func traps(reasons ...error) []error { return reasons }

// module completes rows with what they share and what follows from their operands.
func module(name string, since gas.Edition, rows []Function) []Function {
	for i := range rows {
		row := &rows[i]
		row.Module, row.Since = name, since
		for _, operand := range row.Operands {
			row.Params = append(row.Params, operand.Type)
		}
	}
	return rows
}
