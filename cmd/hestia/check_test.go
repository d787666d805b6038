package main

import (
	"encoding/json"
	"strings"
	"testing"

	"hestia/contracts"
)

// checked runs check --json on a module.
func checked(t *testing.T, module []byte, flags ...string) (report, int) {
	t.Helper()
	args := append([]string{"check", write(t, "module.wasm", module), "--json"}, flags...)
	code, stdout, stderr := hestia(nil, args...)
	var r report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	return r, code
}

func TestCheckSaysWhatADeployerWantsToKnow(t *testing.T) {
	r, code := checked(t, contracts.Counter.Runtime)
	if code != 0 || !r.Valid || r.Error != nil || r.Bytes != len(contracts.Counter.Runtime) {
		t.Errorf("exit status %d, %+v", code, r)
	}
	if !strings.Contains(strings.Join(r.Imports, " "), "ethereum.storageStore") || len(r.Exports) < 2 || r.Memory.Initial == 0 {
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
	r, code := checked(t, contracts.Token.Creation)
	if code != 0 || len(r.Nested) != 1 {
		t.Fatalf("exit status %d, %d modules inside", code, len(r.Nested))
	}
	inner := r.Nested[0]
	if !inner.Valid || inner.Bytes != len(contracts.Token.Runtime) || !strings.HasPrefix(inner.Place, "data segment 0, offset 0x") {
		t.Errorf("inside: %+v", inner)
	}
}

func TestCheckRefusesAConstructorOfWhatIsNoContract(t *testing.T) {
	const empty = "\x00asm\x01\x00\x00\x00"
	for name, module := range map[string][]byte{
		"data segment":   contracts.Deploy([]byte(empty)),
		"custom section": append([]byte(string(contracts.Counter.Runtime)), "\x00\x0d\x04code"+empty...),
	} {
		r, code := checked(t, module)
		if code != 1 || !r.Valid || len(r.Nested) != 1 || r.Nested[0].Valid || r.Nested[0].Error.Rule != "no main" {
			t.Errorf("%s: exit status %d, %+v", name, code, r.Nested)
		}
	}
}

func TestCheckNamesRuleAndPlace(t *testing.T) {
	r, code := checked(t, contracts.Deploy(contracts.Counter.Runtime)[:60])
	if code != 1 || r.Valid || r.Error == nil || r.Error.Rule != "malformed module" || r.Error.What == "" {
		t.Errorf("exit status %d, %+v", code, r.Error)
	}
	code, stdout, _ := hestia(nil, "check", write(t, "junk.wasm", []byte("junk")))
	if code != 1 || !strings.Contains(stdout, "not a contract") || !strings.Contains(stdout, "rule") {
		t.Errorf("exit status %d: %s", code, stdout)
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
