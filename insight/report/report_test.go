package report

import (
	"slices"
	"strings"
	"testing"

	"hestia/contracts"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// checked reports on a module under the schedule of devnets.
func checked(t *testing.T, module []byte) *Report {
	t.Helper()
	return checkedBy(t, Checker{Rules: gas.Development()}, module)
}

// checkedBy is checked for a checker, which gets an engine.
func checkedBy(t *testing.T, checker Checker, code []byte) *Report {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	checker.Engine = engine
	r, err := checker.Check(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCheckSaysWhatADeployerWantsToKnow(t *testing.T) {
	r := checked(t, contracts.Counter.Runtime)
	if !r.Valid || r.Error != nil || r.Bytes != len(contracts.Counter.Runtime) {
		t.Errorf("%+v", r)
	}
	imports := strings.Join(r.Imports, " ")
	if !strings.Contains(imports, "ethereum.storageStore") || len(r.Exports) < 2 || r.Memory.Initial == 0 {
		t.Errorf("imports %v, exports %v, memory %+v", r.Imports, r.Exports, r.Memory)
	}
	for _, limit := range r.Limits {
		if limit.Used > limit.Allowed || limit.Allowed == 0 {
			t.Errorf("limit %+v", limit)
		}
	}
	d := r.Deployment
	if d.Code < 200*uint64(r.Bytes) || d.Creation < 53_000 || d.Transaction < d.Code+53_000 || d.Error != "" {
		t.Errorf("deployment %+v", d)
	}
	if r.Compile.EstimatedMicroseconds == 0 || r.Compile.MeasuredMicroseconds == 0 || r.Compile.Gas == 0 {
		t.Errorf("compiling %+v", r.Compile)
	}
}

func TestCheckFindsTheModuleInAConstructor(t *testing.T) {
	r := checked(t, contracts.Token.Creation)
	if len(r.Nested) != 1 {
		t.Fatalf("%d modules inside", len(r.Nested))
	}
	inner := r.Nested[0]
	if !r.Sound() || !inner.Valid || inner.Bytes != len(contracts.Token.Runtime) ||
		!strings.HasPrefix(inner.Place, `custom section "runtime", offset 0x`) {
		t.Errorf("inside: %+v", inner)
	}
}

func TestCheckRefusesAConstructorOfWhatIsNoContract(t *testing.T) {
	const empty = "\x00asm\x01\x00\x00\x00"
	for name, module := range map[string][]byte{
		"data segment":   contracts.Finishing([]byte(empty)),
		"runtime":        contracts.Deploy([]byte(empty)),
		"custom section": append([]byte(string(contracts.Counter.Runtime)), "\x00\x0d\x04code"+empty...),
	} {
		r := checked(t, module)
		if r.Sound() || len(r.Nested) != 1 || r.Nested[0].Valid || r.Nested[0].Error.Rule != "no main" {
			t.Errorf("%s: %+v", name, r.Nested)
		}
		if certain := name == "runtime"; r.Valid == certain { // what others deploy is up to their main
			t.Errorf("%s: valid %v", name, r.Valid)
		}
	}
}

// padded is a module with a custom section that makes it so many bytes long.
func padded(t *testing.T, module []byte, length int) []byte {
	t.Helper()
	fill := length - len(module) - 1 - 4 // the id, and the size in four bytes
	if fill < 2 {
		t.Fatalf("%d bytes are too few", length)
	}
	out := append(slices.Clone(module), 0, byte(fill)|0x80, byte(fill>>7)|0x80, byte(fill>>14)|0x80, byte(fill>>21))
	out = append(out, 1, 'x')
	return append(out, make([]byte, fill-2)...)
}

func TestCheckRefusesAModuleOverTheLimitOfItsUse(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	limits := gas.Development().Limits
	for _, row := range []struct {
		length   int
		creation bool
		what     string // empty for a contract
	}{
		{limits.Code, false, ""},
		{limits.Code + 1, false, "4194305 bytes; code may have 4194304 at most (creation data 5242880)"},
		{limits.Code + 1, true, ""},
		{limits.Initcode + 1, true, "5242881 bytes; creation data may have 5242880 at most, and code 4194304"},
		{limits.Initcode + 1, false, "5242881 bytes; creation data may have 5242880 at most, and code 4194304"},
	} {
		checker := Checker{Engine: engine, Rules: gas.Development(), Creation: row.creation}
		r, err := checker.Check(t.Context(), padded(t, contracts.Counter.Runtime, row.length))
		if err != nil {
			t.Fatal(err)
		}
		if r.Valid != (row.what == "") || r.Sound() != r.Valid || r.Bytes != row.length {
			t.Errorf("%d bytes, creation %v: valid %v", row.length, row.creation, r.Valid)
		}
		if r.Error != nil && (r.Error.What != row.what || r.Error.Rule != "limit exceeded") {
			t.Errorf("%+v, want %q", r.Error, row.what)
		}
		if (r.Deployment.Code == 0) != (row.creation || !r.Valid) {
			t.Errorf("%d bytes, creation %v: %+v", row.length, row.creation, r.Deployment)
		}
	}
}

func TestCheckNamesRuleAndPlace(t *testing.T) {
	r := checked(t, contracts.Deploy(contracts.Counter.Runtime)[:60])
	if r.Valid || r.Error == nil || r.Error.Rule != "malformed module" || r.Error.What == "" {
		t.Errorf("%+v", r.Error)
	}
	var text strings.Builder
	junk := checkedBy(t, Checker{Rules: gas.Development(), Wasm: true}, []byte("junk"))
	if err := junk.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "not a contract") || !strings.Contains(text.String(), "\nrule ") {
		t.Errorf("%s", &text)
	}
}

// word is an ABI word of a constructor's arguments.
func word(last byte) []byte { return append(make([]byte, 31), last) }

// argsSection is the marker without a meaning of its content.
const argsSection = "\x00\x05\x04args"

func TestCheckTakesCreationDataApart(t *testing.T) {
	module := contracts.Finishing(contracts.Counter.Runtime)
	r := checked(t, slices.Concat(module, []byte(argsSection), word(42), word(7)))
	want := Constructor{Marker: "args", Module: len(module), Arguments: 64}
	if !r.Sound() || r.Constructor == nil || *r.Constructor != want {
		t.Fatalf("%+v, %+v, want %+v", r.Error, r.Constructor, want)
	}
	if len(r.Nested) != 1 || r.Nested[0].Bytes != len(contracts.Counter.Runtime) || !r.Nested[0].Valid {
		t.Errorf("inside: %+v", r.Nested)
	}
	plain := checked(t, module)
	if r.Compile.Gas != plain.Compile.Gas || r.Deployment.Code != 0 ||
		r.Deployment.Creation <= plain.Deployment.Creation {
		t.Errorf("%+v, without arguments %+v", r.Deployment, plain.Deployment)
	}
	var text strings.Builder
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text.String(), ": a constructor under") ||
		!strings.Contains(text.String(), `a section "args", 64 bytes of arguments`) {
		t.Errorf("%s", &text)
	}
}

func TestCheckHoldsTheRuntimeOfCreationDataToBeAContract(t *testing.T) {
	token := contracts.Token.Runtime
	marked := string(token) + argsSection // markers of deployed code mean nothing
	over := padded(t, token, gas.Development().Limits.Code+1)
	for _, row := range []struct {
		name, runtime string
		rule          string // that the runtime breaks; empty for none
		warning       string
	}{
		{"a contract", string(token), "", ""},
		{"a contract with a marker", marked, "", ""},
		{"a contract over the limit", string(over), "limit exceeded", ""},
		{"a module that is no contract", "\x00asm\x01\x00\x00\x00", "no main", ""},
		{"a contract and more", string(token) + string(word(1)), "malformed module", ""},
		{"a cut module", string(token[:99]), "malformed module", ""},
		{"EVM code", "\x5f\x5f\xf3", "", ""},
		{"nothing", "", "", `the section "runtime" is empty: the contract has no code`},
		{"a reserved byte", "\xef", "invalid code: must not begin with 0xef", ""},
		{"bytes over the limit", strings.Repeat("x", gas.Development().Limits.Code+1), "limit exceeded", ""},
	} {
		r := checked(t, append(contracts.Deploy([]byte(row.runtime)), word(1)...))
		if r.Valid != (row.rule == "") || r.Sound() != r.Valid || r.Constructor == nil ||
			r.Constructor.Arguments != 32 || r.Constructor.Runtime != len(row.runtime) ||
			r.Constructor.Warning != row.warning {
			t.Errorf("%s: valid %v, %+v, %+v", row.name, r.Valid, r.Error, r.Constructor)
		}
		if (len(r.Nested) == 0) != (row.warning != "") {
			t.Errorf("%s: %d inside", row.name, len(r.Nested))
		}
		for _, inner := range r.Nested {
			if inner.Constructor != nil || (inner.Error != nil) != (row.rule != "") ||
				inner.Error != nil && (inner.Error.Rule != row.rule || strings.Contains(inner.Error.What, "args")) {
				t.Errorf("%s: %+v, want %q", row.name, inner.Error, row.rule)
			}
		}
	}
}

func TestCheckSaysOfUnmarkedArgumentsWhatTheNodeSays(t *testing.T) {
	const hint = `if a constructor's arguments follow the module, end it by a custom section "args"`
	r := checked(t, append(contracts.Finishing(contracts.Counter.Runtime), word(42)...))
	if r.Valid || r.Constructor != nil || r.Error.Rule != "malformed module" || !strings.HasSuffix(r.Error.What, hint) {
		t.Errorf("%+v", r.Error)
	}
	cut := contracts.Finishing(contracts.Counter.Runtime)
	cut = append(cut[:len(cut)-1:len(cut)-1], argsSection...)
	if r = checked(t, cut); r.Valid {
		t.Errorf("%+v", r)
	}
}

func TestCheckHoldsCreationDataToItsOwnLimit(t *testing.T) {
	limits := gas.Development().Limits
	module := slices.Concat(contracts.Finishing(contracts.Counter.Runtime), []byte(argsSection))
	for _, length := range []int{limits.Code + 1, limits.Initcode, limits.Initcode + 1} {
		r := checked(t, append(slices.Clone(module), make([]byte, length-len(module))...))
		if r.Valid != (length <= limits.Initcode) || r.Constructor.Arguments != length-len(module) {
			t.Errorf("%d bytes: valid %v, %+v", length, r.Valid, r.Constructor)
		}
	}
}

// FuzzNested finds no data in which looking for modules panics or ends outside.
func FuzzNested(f *testing.F) {
	f.Add([]byte(contracts.Token.Creation))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x00\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		total := 0
		for _, m := range modulesIn("data", data) {
			total += len(m.code)
		}
		if total > len(data) {
			t.Errorf("%d bytes of modules in %d", total, len(data))
		}
	})
}

func TestAFunctionThatNothingRunsIsNamed(t *testing.T) {
	for name, warned := range map[string]bool{"_start": true, "_initialize": false, "other": false} {
		code := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main"))
			(func (export "`+name+`")))`)
		r := checked(t, code)
		if !r.Valid || strings.Contains(r.Warning, "nothing runs the exported function "+name) != warned {
			t.Errorf("%s: valid %v, %q", name, r.Valid, r.Warning)
		}
	}
}

func TestCheckSaysOfEVMCodeWhatItIs(t *testing.T) {
	limits := gas.Development().Limits
	code := func(length int) []byte { return append([]byte{0x5f}, make([]byte, length-1)...) }
	for name, row := range map[string]struct {
		code     []byte
		creation bool
		rule     string
		warns    bool
	}{
		"code":                    {code(100), false, "", false},
		"as much as there may be": {code(limits.EVMCode), false, "", false},
		"too much":                {code(limits.EVMCode + 1), false, "limit exceeded", false},
		"creation data":           {code(limits.EVMInitcode), true, "", false},
		"too much creation data":  {code(limits.EVMInitcode + 1), true, "limit exceeded", false},
		"a reserved byte":         {[]byte{0xef}, false, "invalid code: must not begin with 0xef", true},
		"no instruction":          {[]byte("(module)"), false, "", true},
	} {
		r := checkedBy(t, Checker{Rules: gas.Development(), Creation: row.creation}, row.code)
		if r.Kind != "evm" || r.Valid != (row.rule == "") || r.Error != nil && r.Error.Rule != row.rule ||
			(r.Warning != "") != row.warns || r.Limits[0].Used != uint64(len(row.code)) {
			t.Errorf("%s: %+v, %+v", name, r, r.Error)
		}
		if deployed := r.Deployment.Transaction > 200*uint64(len(row.code)); deployed != (r.Valid && !row.creation) {
			t.Errorf("%s: %+v", name, r.Deployment)
		}
		var text strings.Builder
		if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "EVM code") {
			t.Errorf("%s: %s, %v", name, &text, err)
		}
	}
	if r := checkedBy(t, Checker{Rules: gas.Byzantium()}, code(10)); r.Kind != "wasm" || r.Valid {
		t.Errorf("under byzantium: %+v", r)
	}
}
