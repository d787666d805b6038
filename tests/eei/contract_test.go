package eei

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// contract compiles a contract from its parts: module fields such as (func ...) or (data ...), and instructions, which
// make up main in the order given. Host functions are imported by use: $getCaller imports getCaller with its signature
// from the table. The memory has one page unless a part declares it. If a part calls a function of WASI, it is a
// program.
func contract(t testing.TB, parts ...string) []byte {
	t.Helper()
	return wat.Assemble(t, source(parts))
}

var (
	field = regexp.MustCompile(`^\s*\((func|data|memory|global|table|elem|type|export|start)[ )]`)
	used  = regexp.MustCompile(`\$(\w+)`)
)

func source(parts []string) string {
	var first, fields, body []string
	memory := `(memory (export "memory") 1)`
	for _, part := range parts {
		switch {
		case strings.HasPrefix(part, "(memory ("):
			memory = part
		case strings.HasPrefix(part, "(import "):
			first = append(first, part)
		case field.MatchString(part):
			fields = append(fields, part)
		default:
			body = append(body, part)
		}
	}
	entry := "main"
	if usesWASI(parts) {
		entry = "_start"
	}
	main := "(func (export \"" + entry + "\")\n  " + strings.Join(body, "\n  ") + ")"
	rest := strings.Join(append(fields, main), "\n")
	return "(module\n" + imports(rest) + strings.Join(first, "\n") + memory + "\n" + rest + ")"
}

// usesWASI reports whether parts call a function that only programs have, which makes a program of them.
func usesWASI(parts []string) bool {
	for _, match := range used.FindAllStringSubmatch(strings.Join(parts, " "), -1) {
		if ewasm.Lookup(ewasm.WASI, match[1]) != nil {
			return true
		}
	}
	return false
}

// imports declares the host functions that text names.
func imports(text string) string {
	var declared strings.Builder
	seen := map[string]bool{}
	for _, match := range used.FindAllStringSubmatch(text, -1) {
		row := lookup(match[1])
		if row == nil || seen[row.Name] {
			continue
		}
		seen[row.Name] = true
		fmt.Fprintf(&declared, "(import %q %q (func $%s", row.Module, row.Name, row.Name)
		declared.WriteString(typeList("param", row.Params) + typeList("result", row.Results) + "))\n")
	}
	return declared.String()
}

func typeList(keyword string, types []wasm.ValueType) string {
	if len(types) == 0 {
		return ""
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.String()
	}
	return " (" + keyword + " " + strings.Join(names, " ") + ")"
}

func lookup(name string) *ewasm.Function {
	for _, module := range []string{"ethereum", "bignum", "debug", ewasm.WASI} {
		if row := ewasm.Lookup(module, name); row != nil {
			return row
		}
	}
	return nil
}

// get is the expression that calls a host function. Numbers become constants of the parameter's type, strings are
// expressions.
func get(name string, operands ...any) string {
	row := lookup(name)
	if row == nil || len(operands) != len(row.Params) {
		panic(fmt.Sprintf("no host function %s with %d parameters", name, len(operands)))
	}
	text := "(call $" + name
	for i, operand := range operands {
		if expression, ok := operand.(string); ok {
			text += " " + expression
		} else {
			text += fmt.Sprintf(" (%v.const %d)", row.Params[i], operand)
		}
	}
	return text + ")"
}

// do calls a host function and drops its result.
func do(name string, operands ...any) string {
	if len(lookup(name).Results) > 0 {
		return "(drop " + get(name, operands...) + ")"
	}
	return get(name, operands...)
}

// put32 and put64 store an expression at an address.
func put32(at int, expression string) string {
	return fmt.Sprintf("(i32.store (i32.const %d) %s)", at, expression)
}

func put64(at int, expression string) string {
	return fmt.Sprintf("(i64.store (i32.const %d) %s)", at, expression)
}

// finish ends with the window of memory from at.
func finish(at, length int) string { return do("finish", at, length) }

// data is a segment that lays bytes at an address.
func data[B ~[]byte | ~string](at int, bytes B) string {
	var text strings.Builder
	for _, b := range []byte(bytes) {
		text.WriteString(escapes[b])
	}
	return fmt.Sprintf(`(data (i32.const %d) "%s")`, at, text.String())
}

// escapes spells every byte as the text format does.
var escapes = func() (table [256]string) {
	for b := range table {
		table[b] = fmt.Sprintf(`\%02x`, b)
	}
	return table
}()

func address(at int, account common.Address) string { return data(at, account[:]) }

// word is a number as 32 big-endian bytes: a key or value of storage, or a topic.
func word(number byte) []byte { return common.Hash{31: number}.Bytes() }

// amount is a number as the interface writes it: 16 bytes, little-endian.
func amount(wei uint64) []byte { return amountOf(uint256.NewInt(wei)) }

func amountOf(wei *uint256.Int) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, wei[0]), wei[1])
}

// constructor is creation data that deploys code.
func constructor(t testing.TB, code []byte) []byte {
	pages := (len(code) + 65535) / 65536
	return contract(t, fmt.Sprintf(`(memory (export "memory") %d)`, max(pages, 1)), data(0, code), finish(0, len(code)))
}

// operands of a call to target with the gas, the address at 0, the value at 32 if the kind takes one, and no input.
func operands(kind string, gas any) []any {
	if kind == "call" || kind == "callCode" {
		return []any{gas, 0, 32, 0, 0}
	}
	return []any{gas, 0, 0, 0}
}

// relay is a contract that makes one call and finishes with its answer, as an i32, and what it returned.
func relay(t testing.TB, kind string, gas any, target common.Address, wei uint64, before ...string) []byte {
	parts := append([]string{address(0, target), data(32, amount(wei))}, before...)
	return contract(t, append(parts,
		put32(64, get(kind, operands(kind, gas)...)),
		do("returnDataCopy", 68, 0, get("getReturnDataSize")),
		do("finish", 64, "(i32.add (i32.const 4) "+get("getReturnDataSize")+")"),
	)...)
}

var callKinds = []string{"call", "callCode", "callDelegate", "callStatic"}

func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func u64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// words is how many 32 bytes are begun in length.
func words(length int) uint64 { return uint64(length+31) / 32 }
