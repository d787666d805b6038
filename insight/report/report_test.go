package report

import (
	"slices"
	"strings"
	"testing"

	"hestia/contracts"
	"hestia/gas"
	"hestia/vm/wasmtime"
)

// checked reports on a module under the schedule of devnets.
func checked(t *testing.T, module []byte) *Report {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	checker := Checker{Engine: engine, Rules: gas.Development()}
	r, err := checker.Check(t.Context(), module)
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
		if r.Sound() || !r.Valid || len(r.Nested) != 1 || r.Nested[0].Valid || r.Nested[0].Error.Rule != "no main" {
			t.Errorf("%s: %+v", name, r.Nested)
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
		{limits.Code + 1, false, "524289 bytes; code may have 524288 at most (creation data 1048576)"},
		{limits.Code + 1, true, ""},
		{limits.Initcode + 1, true, "1048577 bytes; creation data may have 1048576 at most, and code 524288"},
		{limits.Initcode + 1, false, "1048577 bytes; creation data may have 1048576 at most, and code 524288"},
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
	if err := checked(t, []byte("junk")).WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "not a contract") || !strings.Contains(text.String(), "\nrule ") {
		t.Errorf("%s", &text)
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
