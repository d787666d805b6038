package ewasm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
	"hestia/internal/wat"
)

// around is a contract with more fields, between its memory and its main.
func around(fields string) string {
	return `(module ` + fields + ` (memory (export "memory") 1) (func (export "main")))`
}

// inMain is a contract whose main does this.
func inMain(body string) string {
	return `(module (memory (export "memory") 1) (func (export "main") ` + body + `))`
}

func importing(module, name, what string) string {
	return around(fmt.Sprintf(`(import %q %q %s)`, module, name, what))
}

// programImporting is a program that imports something.
func programImporting(module, name, what string) string {
	return fmt.Sprintf(`(module (import %q %q %s) (memory (export "memory") 1) (func
		(export "_start")))`, module, name, what)
}

// broken checks that a module breaks a rule at a place.
func broken(t *testing.T, code []byte, schedule *gas.Schedule, rule error, place string) {
	t.Helper()
	m, err := ewasm.Check(code, schedule)
	var r *ewasm.RuleError
	if !errors.As(err, &r) || !errors.Is(err, rule) {
		t.Fatalf("Check = %v, want %v", err, rule)
	}
	if m != nil {
		t.Error("Check returned a module with its error")
	}
	if r.Place != place {
		t.Errorf("place = %q, want %q (%v)", r.Place, place, err)
	}
	if text := err.Error(); !strings.HasPrefix(text, rule.Error()) || !strings.Contains(text, place) ||
		text == rule.Error() {
		t.Errorf("error %q does not say rule, place and reason", text)
	}
}

// schedules that contracts must suit.
var schedules = []*gas.Schedule{gas.Byzantium(), gas.Default(), gas.Development()}

func allow(t *testing.T, text string, schedule *gas.Schedule) {
	t.Helper()
	if _, err := ewasm.Check(wat.Assemble(t, text), schedule); err != nil {
		t.Errorf("%s: %v\n%s", schedule.Name, err, text)
	}
}

func TestOrdinaryContractsAreAllowed(t *testing.T) {
	for name, text := range map[string]string{
		"smallest": around(""),
		"import":   importing("ethereum", "getCaller", "(func (param i32))"),
		"import twice": around(`(import "ethereum" "getCaller" (func (param i32)))
			  (import "ethereum" "getCaller" (func (param i32)))`),
		"globals":           around("(global (mut i64) (i64.const 1)) (global i32 (i32.const 2))"),
		"table":             around("(table 4 funcref) (func $f) (elem (i32.const 0) $f)"),
		"passive data":      around(`(data "x")`),
		"sign extension":    inMain("(drop (i32.extend8_s (i32.const 1)))"),
		"bulk memory":       inMain("(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))"),
		"multi-value":       inMain("(block (result i32 i64) (i32.const 1) (i64.const 2)) drop drop"),
		"reference types":   inMain("(drop (ref.null func))"),
		"typed select":      inMain("(drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))"),
		"memory with limit": `(module (memory (export "memory") 1 4) (func (export "main")))`,
		"no pages":          `(module (memory (export "memory") 0) (func (export "main")))`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, schedule := range schedules {
				allow(t, text, schedule)
			}
		})
	}
}

func TestEveryFunctionCanBeImportedWithItsSignatureOnly(t *testing.T) {
	for _, row := range ewasm.Functions() {
		signature := "(func"
		for _, p := range row.Params {
			signature += " (param " + p.String() + ")"
		}
		results := ""
		for _, r := range row.Results {
			results += " (result " + r.String() + ")"
		}
		importing := importing
		if row.Module == ewasm.WASI {
			importing = programImporting
		}
		allow(t, importing(row.Module, row.Name, signature+results+")"), gas.Development())

		place := fmt.Sprintf("import 0 %q %q", row.Module, row.Name)
		for _, wrong := range []string{
			signature + " (param i32)" + results + ")",
			signature + " (param i64)" + results + ")",
			signature + results + " (result i32))",
			signature + results + " (result i64))",
		} {
			broken(
				t, wat.Assemble(t, importing(row.Module, row.Name, wrong)), gas.Development(), ewasm.ErrImport, place,
			)
		}
	}
}

func TestImports(t *testing.T) {
	const caller = "(func (param i32))"
	for _, test := range []struct{ module, name, what string }{
		{"env", "getCaller", caller},
		{"", "getCaller", caller},
		{"Ethereum", "getCaller", caller},
		{"ethereum2", "getCaller", caller},
		{"ethereum", "getcaller", caller},
		{"ethereum", "", caller},
		{"ethereum", "print32", caller}, // it is in debug
		{"debug", "getCaller", caller},
		{"debug", "evmTrace", "(func)"},
		{"hestia", "halt", caller}, // the meter's
		{"ethereum", "getCaller", "(func (param i64))"},
		{"ethereum", "getCaller", "(func)"},
		{"ethereum", "getGasLeft", "(func (result i32))"},
		{"ethereum", "getCaller", "(global i32)"},
		{"ethereum", "memory", "(memory 1)"},
		{"ethereum", "table", "(table 1 funcref)"},
		{"wasi_snapshot_preview1", "fd_write", "(func (param i32 i32 i32 i32) (result i32))"},
	} {
		t.Run(test.module+"/"+test.name, func(t *testing.T) {
			place := fmt.Sprintf("import 0 %q %q", test.module, test.name)
			for _, schedule := range schedules {
				broken(
					t, wat.Assemble(t, importing(test.module, test.name, test.what)), schedule, ewasm.ErrImport, place,
				)
			}
		})
	}
	t.Run("the place is the import's number", func(t *testing.T) {
		text := around(`(import "ethereum" "getCaller" (func (param i32))) (import "env" "abort" (func))`)
		broken(t, wat.Assemble(t, text), gas.Default(), ewasm.ErrImport, `import 1 "env" "abort"`)
	})
}

func TestWhatCompilersImportIsRefusedWithWhatToDo(t *testing.T) {
	for _, row := range []struct{ module, name, want string }{
		{"env", "abort", "--use abort="},
		{"env", "memcpy", "link its definition"},
		{"wasi_snapshot_preview1", "fd_write", "wasm32-unknown-unknown"},
		{"wasi_unstable", "fd_write", "newer SDK"},
		{"wbg", "__wbg_now", "wasm-bindgen"},
	} {
		_, err := ewasm.Check(wat.Assemble(t, importing(row.module, row.name, "(func)")), gas.Default())
		if !errors.Is(err, ewasm.ErrImport) || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s.%s: %v, want %q in it", row.module, row.name, err, row.want)
		}
	}
}

func TestTheDebugModuleIsForDevelopmentOnly(t *testing.T) {
	text := importing("debug", "print32", "(func (param i32))")
	allow(t, text, gas.Development())
	for _, schedule := range []*gas.Schedule{gas.Byzantium(), gas.Default()} {
		broken(t, wat.Assemble(t, text), schedule, ewasm.ErrImport, `import 0 "debug" "print32"`)
	}
}

func TestExports(t *testing.T) {
	const memory = `(memory (export "memory") 1)`
	for name, test := range map[string]struct {
		text  string
		rule  error
		place string
	}{
		"no main": {`(module ` + memory + ` (func))`, ewasm.ErrMain, "exports"},
		"main with a parameter": {
			`(module ` + memory + ` (func (export "main") (param i32)))`, ewasm.ErrExport,
			`export 1 "main"`,
		},
		"main with a result": {
			`(module ` + memory + ` (func (export "main") (result i64) (i64.const 0)))`,
			ewasm.ErrExport, `export 1 "main"`,
		},
		"main is a global": {
			`(module ` + memory + ` (global (export "main") i32 (i32.const 0)))`,
			ewasm.ErrExport, `export 1 "main"`,
		},
		"main is a table": {
			`(module ` + memory + ` (table (export "main") 1 funcref))`, ewasm.ErrExport,
			`export 1 "main"`,
		},
		"main is the memory": {
			`(module (memory (export "memory") (export "main") 1))`, ewasm.ErrExport,
			`export 1 "main"`,
		},
		"main is imported": {
			`(module (import "ethereum" "getCaller" (func $f (param i32))) ` + memory + ` (export "main" (func $f)))`,
			ewasm.ErrExport, `export 1 "main"`,
		},
		"no memory exported": {`(module (memory 1) (func (export "main")))`, ewasm.ErrNoMemory, "exports"},
		"memory is a function": {
			`(module (memory 1) (func (export "main") (export "memory")))`, ewasm.ErrExport,
			`export 1 "memory"`,
		},
		"memory is a global": {`(module (memory 1) (func (export "main"))
			  (global (export "memory") i32 (i32.const 0)))`, ewasm.ErrExport, `export 1 "memory"`},
		"no memory at all": {
			`(module (func (export "main")) (export "memory" (memory 0)))`, ewasm.ErrNoMemory,
			"memory section",
		},
		"two memories": {
			`(module ` + memory + ` (memory 1) (func (export "main")))`, ewasm.ErrNoMemory,
			"memory section",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, schedule := range schedules {
				broken(t, wat.Assemble(t, test.text), schedule, test.rule, test.place)
			}
		})
	}
	t.Run("main by another name", func(t *testing.T) {
		text := `(module ` + memory + ` (func (export "Main")))`
		broken(t, wat.Assemble(t, text), gas.Default(), ewasm.ErrMain, "exports")
		broken(t, wat.Assemble(t, text), gas.Byzantium(), ewasm.ErrExport, `export 1 "Main"`)
	})
	t.Run("main of a function that is not there", func(t *testing.T) {
		code := wat.Assemble(t, `(module `+memory+` (func) (export "main" (func 7)))`)
		broken(t, code, gas.Default(), ewasm.ErrExport, `export 1 "main"`)
	})
}

func TestFurtherExportsAreTheSchedulesToAllow(t *testing.T) {
	for name, text := range map[string]string{
		"global":   around(`(global (export "__heap_base") i32 (i32.const 0))`),
		"function": around(`(func (export "helper"))`),
		"table":    around(`(table (export "table") 1 funcref)`),
	} {
		t.Run(name, func(t *testing.T) {
			allow(t, text, gas.Default())
			if _, err := ewasm.Check(wat.Assemble(t, text), gas.Byzantium()); !errors.Is(err, ewasm.ErrExport) {
				t.Errorf("byzantium: %v, want %v", err, ewasm.ErrExport)
			}
		})
	}
}

func TestStartFunctionsAreTheSchedulesToAllow(t *testing.T) {
	text := around("(func $f) (start $f)")
	allow(t, text, gas.Default())
	allow(t, text, gas.Development())
	broken(t, wat.Assemble(t, text), gas.Byzantium(), ewasm.ErrStart, "start section")
}

func TestInitializersAreFunctionsOfTheContractsOwnWithoutParametersAndResults(t *testing.T) {
	allow(t, around(`(func (export "_initialize"))`), gas.Default())
	for name, text := range map[string]string{
		"parameter": around(`(func (export "_initialize") (param i32))`),
		"result":    around(`(func (export "_initialize") (result i32) (i32.const 0))`),
		"global":    around(`(global (export "_initialize") i32 (i32.const 0))`),
	} {
		t.Run(name, func(t *testing.T) {
			broken(t, wat.Assemble(t, text), gas.Default(), ewasm.ErrExport, `export 0 "_initialize"`)
			broken(t, wat.Assemble(t, text), gas.Byzantium(), ewasm.ErrExport, `export 0 "_initialize"`)
		})
	}
}

func TestFloatsAreRefusedWhereverTheyStand(t *testing.T) {
	for _, float := range []string{"f32", "f64"} {
		for name, test := range map[string]struct{ text, place string }{
			"parameter":   {around("(func (param i32 " + float + "))"), "type 0"},
			"result":      {around("(func (result " + float + ") unreachable)"), "type 0"},
			"unused type": {around("(type (func)) (type (func (param " + float + ")))"), "type 1"},
			"global": {
				around("(global i32 (i32.const 0)) (global " + float + " (" + float + ".const 0))"),
				"global 1",
			},
			"mutable global": {around("(global (mut " + float + ") (" + float + ".const 0))"), "global 0"},
			"local":          {around("(func (local i32 i64 " + float + "))"), "function 0"},
			"local of main":  {inMain("(local " + float + ")"), "function 0"},
		} {
			t.Run(float+"/"+name, func(t *testing.T) {
				for _, schedule := range schedules {
					broken(t, wat.Assemble(t, test.text), schedule, ewasm.ErrFloat, test.place)
				}
			})
		}
	}
	t.Run("functions are counted after the imports", func(t *testing.T) {
		text := around(`(import "ethereum" "getCaller" (func (param i32))) (func) (func (local f32))`)
		broken(t, wat.Assemble(t, text), gas.Default(), ewasm.ErrFloat, "function 2")
	})
	t.Run("block types", func(t *testing.T) {
		for _, body := range []string{
			"(drop (block (result f32) unreachable))", "(drop (loop (result f64) unreachable))",
			"(drop (if (result f32) (i32.const 0) (then unreachable) (else unreachable)))",
		} {
			refusedInMain(t, body)
		}
	})
	t.Run("block type by index", func(t *testing.T) {
		text := `(module (type (func)) (type (func (param i32) (result f64))) (memory (export "memory") 1)
			(func (export "main") (type 0) (i32.const 1) (block (type 1) unreachable) drop))`
		broken(t, wat.Assemble(t, text), gas.Default(), ewasm.ErrFloat, "type 1")
	})
	t.Run("typed select", func(t *testing.T) {
		refusedInMain(t, "(drop (select (result f64) (unreachable) (unreachable) (i32.const 1)))")
	})
}

// refusedInMain checks that main breaks the float rule and that the place is an offset in it.
func refusedInMain(t *testing.T, body string) {
	t.Helper()
	_, err := ewasm.Check(wat.Assemble(t, inMain(body)), gas.Default())
	var r *ewasm.RuleError
	if !errors.As(err, &r) || r.Rule != ewasm.ErrFloat || !strings.HasPrefix(r.Place, "function 0, offset 0x") {
		t.Errorf("%s: %v, want %v in function 0", body, err, ewasm.ErrFloat)
	}
}

// Every opcode that takes no index, by its name in the text format: floats are those that say so.
func TestFloatOpcodesAreRefusedAndNoOthers(t *testing.T) {
	floats := 0
	for code := range 0x10000 {
		op := wasm.Opcode(code)
		if !op.Known() || op == wasm.OpElse || op == wasm.OpEnd {
			continue
		}
		body := "unreachable " + op.String()
		switch op.Immediate() {
		case wasm.ImmNone, wasm.ImmMemArg, wasm.ImmMemory:
		case wasm.ImmI32, wasm.ImmI64, wasm.ImmF32, wasm.ImmF64:
			body += " 0"
		default:
			continue
		}
		if strings.Contains(op.String(), "f32") || strings.Contains(op.String(), "f64") {
			floats++
			refusedInMain(t, body)
		} else {
			allow(t, inMain(body), gas.Default())
		}
	}
	// f32 and f64 have each 2 accesses, 1 constant, 6 comparisons, 14 operations; 26 convert, 4 of them
	// reinterpreting; 8 truncate without a trap.
	if want := 2*(2+1+6+14) + 22 + 8; floats != want {
		t.Errorf("%d float opcodes, want %d", floats, want)
	}
}

func TestFloatsInUnreachableCodeAreRefused(t *testing.T) {
	refusedInMain(t, "return (drop (f64.const 1))")
	refusedInMain(t, "(block (br 0) (drop (f32.add (f32.const 1) (f32.const 2))))")
}

func TestMemoryIsLimited(t *testing.T) {
	for _, schedule := range schedules {
		text := func(pages uint32) string {
			return fmt.Sprintf(`(module (memory (export "memory") %d) (func (export "main")))`, pages)
		}
		allow(t, text(schedule.Limits.Pages), schedule)
		broken(t, wat.Assemble(t, text(schedule.Limits.Pages+1)), schedule, ewasm.ErrLimit, "memory 0")
		broken(t, wat.Assemble(t, text(65536)), schedule, ewasm.ErrLimit, "memory 0")
		// A maximum is only a promise: growth has the schedule's limit whatever it says.
		allow(t, `(module (memory (export "memory") 1 65536) (func (export "main")))`, schedule)
	}
}

func TestTablesAreLimitedInSum(t *testing.T) {
	for _, schedule := range schedules {
		entries := schedule.Limits.TableEntries
		allow(t, around(fmt.Sprintf("(table %d funcref)", entries)), schedule)
		allow(t, around(fmt.Sprintf("(table %d funcref) (table 1 funcref)", entries-1)), schedule)
		for _, tables := range []string{
			fmt.Sprintf("(table %d funcref)", entries+1),
			fmt.Sprintf("(table %d funcref) (table 1 externref)", entries),
			"(table 4294967295 funcref) (table 4294967295 funcref)", // 32 bits would wrap
			"(table 4294967295 funcref) (table 1 funcref)",
		} {
			broken(t, wat.Assemble(t, around(tables)), schedule, ewasm.ErrLimit, "table section")
		}
	}
}

func TestConstantExpressionsAreOneInstruction(t *testing.T) {
	const sum = "(i32.add (i32.const 1) (i32.const 2))"
	for place, fields := range map[string]string{
		"global 1":          "(global i32 (i32.const 0)) (global i32 " + sum + ")",
		"data segment 1":    `(data "passive") (data (offset ` + sum + `) "active")`,
		"element segment 1": "(table 9 funcref) (func $f) (elem func $f) (elem (table 0) (offset " + sum + ") func $f)",
	} {
		t.Run(place, func(t *testing.T) {
			for _, schedule := range schedules {
				broken(t, wat.Assemble(t, around(fields)), schedule, ewasm.ErrInvalid, place)
			}
		})
	}
}

func TestCodeThatIsNoModule(t *testing.T) {
	for _, code := range []string{
		"", "\x00", "\x00as", "\x00asn\x01\x00\x00\x00", "(module)", "\x60\x00",
		"\xef\x01\x00",
	} {
		broken(t, []byte(code), gas.Default(), ewasm.ErrNotWasm, "")
		if ewasm.IsWasm([]byte(code)) {
			t.Errorf("IsWasm(%q)", code)
		}
	}
	broken(t, nil, gas.Default(), ewasm.ErrNotWasm, "")
}

func TestMalformedModules(t *testing.T) {
	good := string(wat.Assemble(t, around("")))
	for name, code := range map[string]string{
		"only the magic":    "\x00asm",
		"no version":        "\x00asm\x01\x00\x00",
		"version 0":         "\x00asm\x00\x00\x00\x00" + good[8:],
		"version 2":         "\x00asm\x02\x00\x00\x00" + good[8:],
		"component":         "\x00asm\x0d\x00\x01\x00" + good[8:],
		"bytes after":       good + "\x00",
		"unknown section":   good + "\x0e\x00",
		"section twice":     good[:14] + good[8:14] + good[14:],
		"oversized section": "\x00asm\x01\x00\x00\x00\x01\xff\xff\xff\xff\x0f",
		"huge count":        "\x00asm\x01\x00\x00\x00\x01\x05\xff\xff\xff\xff\x0f",
		"simd":              string(wat.Assemble(t, inMain("(drop (v128.const i64x2 0 0))"))),
		"tail call":         string(wat.Assemble(t, inMain("return_call 0"))),
		"atomics":           string(wat.Assemble(t, inMain("(drop (i32.atomic.load (i32.const 0)))"))),
		"exceptions":        string(wat.Assemble(t, around("(tag)"))),
		"shared memory": string(wat.Assemble(t,
			`(module (memory (export "memory") 1 1 shared) (func (export "main")))`)),
		"memory64": string(wat.Assemble(t, `(module (memory (export "memory") i64 1) (func
			(export "main")))`)),
		"garbage collector": string(wat.Assemble(t, around("(type (struct))"))),
	} {
		t.Run(name, func(t *testing.T) {
			for _, schedule := range schedules {
				broken(t, []byte(code), schedule, ewasm.ErrMalformed, "")
			}
		})
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	// Its last section is the code, which no section before it can do without.
	code := wat.Assemble(t, importing("ethereum", "getCaller",
		`(func (param i32))) (table 1 funcref) (elem (i32.const 0) 0) (global i32 (i32.const 1)`))
	for n := range code {
		_, err := ewasm.Check(code[:n], gas.Default())
		if !isRule(err) {
			t.Errorf("first %d of %d bytes: %v, want a RuleError", n, len(code), err)
		}
	}
}

func isRule(err error) bool {
	var rule *ewasm.RuleError
	return errors.As(err, &rule)
}

func TestNoFlippedByteMakesCheckPanic(t *testing.T) {
	code := wat.Assemble(t, importing("ethereum", "getCaller",
		`(func $f (param i32))) (table 1 funcref) (elem (i32.const 0) $f) (data (i32.const 0) "data"`))
	for i := range code {
		for bit := range 8 {
			flipped := append([]byte(nil), code...)
			flipped[i] ^= 1 << bit
			if _, err := ewasm.Check(flipped, gas.Default()); err != nil && !isRule(err) {
				t.Errorf("byte %d, bit %d: %T", i, bit, err)
			}
		}
	}
}

func TestCheckLeavesTheCodeAlone(t *testing.T) {
	code := wat.Assemble(t, around("(func (local i64))"))
	before := string(code)
	if _, err := ewasm.Check(code, gas.Default()); err != nil {
		t.Fatal(err)
	}
	if string(code) != before {
		t.Error("Check changed the code it read")
	}
}

// TestSegmentsFitWhatTheyInitialize holds the bounds of active segments. Byzantium leaves them to instantiation, as its
// published tests do.
func TestSegmentsFitWhatTheyInitialize(t *testing.T) {
	const elem = "(table 3 funcref) (func $f) "
	for place, list := range map[string][]string{
		"data segment 0": {
			`(data (i32.const 65536) "x")`,
			`(data (i32.const 65535) "xy")`,
			`(data (i32.const -1) "xyz")`, // the end is beyond 32 bits
			`(data (i32.const 65537) "")`,
		},
		"data segment 2": {`(data "passive") (data (i32.const 1) "fits") (data (i32.const 0x10000) "x")`},
		"element segment 0": {
			elem + "(elem (i32.const 3) func $f)",
			elem + "(elem (i32.const 2) func $f $f)",
			elem + "(elem (i32.const -1) func $f $f)",
			elem + "(elem (i32.const 4) func)",
			elem + "(elem (i32.const 3) funcref (ref.func $f))",
		},
		"element segment 1": {
			elem + "(table $u 1 funcref) (elem (table $u) (i32.const 0) func $f) " +
				"(elem (table $u) (i32.const 1) func $f)",
		},
	} {
		for _, fields := range list {
			for _, schedule := range []*gas.Schedule{gas.Default(), gas.Development()} {
				broken(t, wat.Assemble(t, around(fields)), schedule, ewasm.ErrSegment, place)
			}
			allow(t, around(fields), gas.Byzantium())
		}
	}
	for _, fields := range []string{
		`(data (i32.const 65535) "x")`,
		`(data (i32.const 65536) "")`,
		`(data "a passive segment is not placed")`,
		elem + "(elem (i32.const 2) func $f)",
		elem + "(elem (i32.const 3) func)",
		elem + "(elem func $f $f $f $f)",
		elem + "(elem declare func $f $f $f $f)",
	} {
		for _, schedule := range schedules {
			allow(t, around(fields), schedule)
		}
	}
}
