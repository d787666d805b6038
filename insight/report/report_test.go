package report

import (
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
		!strings.HasPrefix(inner.Place, "data segment 0, offset 0x") {
		t.Errorf("inside: %+v", inner)
	}
}

func TestCheckRefusesAConstructorOfWhatIsNoContract(t *testing.T) {
	const empty = "\x00asm\x01\x00\x00\x00"
	for name, module := range map[string][]byte{
		"data segment":   contracts.Deploy([]byte(empty)),
		"custom section": append([]byte(string(contracts.Counter.Runtime)), "\x00\x0d\x04code"+empty...),
	} {
		r := checked(t, module)
		if r.Sound() || !r.Valid || len(r.Nested) != 1 || r.Nested[0].Valid || r.Nested[0].Error.Rule != "no main" {
			t.Errorf("%s: %+v", name, r.Nested)
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
