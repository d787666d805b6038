package eei

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"hestia/ewasm"
	"hestia/internal/wasm"
)

const header = "../../contracts/src/eei.h"

// TestTheHeaderIsPrintedFromTheTable keeps the C header in step with the table: every function, its operands and types.
func TestTheHeaderIsPrintedFromTheTable(t *testing.T) {
	want := printHeader()
	if *update {
		if err := os.WriteFile(header, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(header)
	if err != nil {
		t.Fatal(err)
	}
	sameSections(t, "contracts/src/eei.h", string(have), want, "\n// ")
}

// headerPreface is what the header says before the functions.
//
//go:embed testdata/preface.h
var headerPreface string

const headerEnd = `
// Marks the function that runs when the contract is called.
#define CONTRACT_MAIN __attribute__((export_name("main"), used))

#endif
`

func printHeader() string {
	var out strings.Builder
	out.WriteString(headerPreface)
	module := ""
	for _, row := range interfaceOf() {
		if row.Module != module {
			module = row.Module
			fmt.Fprintf(&out, "\n// Module %s.\n", module)
		}
		printDeclaration(&out, row)
	}
	out.WriteString(headerEnd)
	return out.String()
}

// printDeclaration says in a comment what a function does, and declares it.
func printDeclaration(out *strings.Builder, row *ewasm.Function) {
	macro, result := "EEI", "void"
	if row.Ends != ewasm.Returns {
		macro = "EEI_END"
	}
	if len(row.Results) > 0 {
		result = cType(row.Results[0])
	}
	fmt.Fprintf(out, "\n// %s\n%s(%q, %q)\n", row.Says, macro, row.Module, row.Name)
	line := fmt.Sprintf("%s %s(", result, cName(row))
	parameters := []string{}
	for _, o := range row.Operands {
		parameters = append(parameters, cOperand(o))
	}
	if len(parameters) == 0 {
		parameters = []string{"void"}
	}
	for i, p := range parameters {
		if i > 0 {
			p = " " + p
		}
		if i < len(parameters)-1 {
			p += ","
		}
		if len(line)+len(p) > 116 {
			out.WriteString(line + "\n")
			line = "   "
		}
		line += p
	}
	out.WriteString(line + ");\n")
}

// cOperand declares a number by its type and a window by its direction.
func cOperand(o ewasm.Operand) string {
	switch o.Use {
	case ewasm.Reads:
		return "const void *" + o.Name
	case ewasm.Writes:
		return "void *" + o.Name
	default:
		return cType(o.Type) + " " + o.Name
	}
}

func cType(t wasm.ValueType) string {
	if t == wasm.I64 {
		return "int64_t"
	}
	return "uint32_t"
}

// cName is the function's name in C: eei_ for module ethereum, else the module, then the name in words without a get.
func cName(row *ewasm.Function) string {
	name := map[bool]string{true: "eei", false: row.Module}[row.Module == "ethereum"]
	for i, r := range strings.TrimPrefix(row.Name, "get") {
		if unicode.IsUpper(r) || i == 0 {
			name += "_"
		}
		name += string(unicode.ToLower(r))
	}
	return name
}
