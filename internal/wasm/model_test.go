package wasm

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestIndexSpacesPutImportsFirst(t *testing.T) {
	m := requireRoundTrip(t, textModules(t)["sections"])
	got := []int{m.ImportedFunctions(), m.ImportedGlobals()}
	if want := []int{2, 2}; !cmp.Equal(got, want) {
		t.Errorf("imports %v, want %v", got, want)
	}
	want := []string{"(i32) -> i32", "() -> ()", "(i32) -> i32", "() -> ()", "(i64, f32) -> (f64, i32)"}
	for index, signature := range want {
		if f, ok := m.FunctionType(uint32(index)); !ok || f.String() != signature {
			t.Errorf("function %d: %s, %v; want %s", index, f, ok, signature)
		}
	}
	for _, index := range []uint32{uint32(len(want)), 1<<32 - 1} {
		if f, ok := m.FunctionType(index); ok {
			t.Errorf("function %d: %s, want none", index, f)
		}
	}
}

func TestFunctionTypeRefusesTypeOutOfRange(t *testing.T) {
	m := &Module{Imports: []Import{{Function: 1}}, Functions: []uint32{2}, Types: []FuncType{{}}}
	for index := range uint32(2) {
		if _, ok := m.FunctionType(index); ok {
			t.Errorf("function %d has a type", index)
		}
	}
}

func TestSignaturesAreEqualByTheirTypes(t *testing.T) {
	a := FuncType{Params: []ValueType{I32}, Results: []ValueType{I64}}
	for _, c := range []struct {
		other FuncType
		equal bool
	}{
		{FuncType{Params: []ValueType{I32}, Results: []ValueType{I64}}, true},
		{FuncType{Params: []ValueType{I32, I64}}, false},
		{FuncType{Params: []ValueType{I32}, Results: []ValueType{I32}}, false},
		{FuncType{}, false},
	} {
		if got := a.Equal(c.other); got != c.equal {
			t.Errorf("%s equals %s: %v, want %v", a, c.other, got, c.equal)
		}
	}
	if !(FuncType{}).Equal(FuncType{Params: []ValueType{}}) {
		t.Error("nil and empty parameters differ")
	}
}

func TestNamesOfTypesAndKinds(t *testing.T) {
	for got, want := range map[string]string{
		I32.String(): "i32", I64.String(): "i64", F32.String(): "f32", F64.String(): "f64",
		FuncRef.String(): "funcref", ExternRef.String(): "externref", ValueType(0x7b).String(): "0x7b",
		ExternalFunction.String(): "func", ExternalTable.String(): "table", ExternalMemory.String(): "memory",
		ExternalGlobal.String(): "global", ExternalKind(9).String(): "0x09",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if !F32.Float() || !F64.Float() || I32.Float() || I64.Float() || FuncRef.Float() {
		t.Error("floats are f32 and f64")
	}
}

// scramble changes every number, byte, string and flag reachable from v.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scramble(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scramble(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		v.SetUint(v.Uint() ^ 1)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	for name, b := range textModules(t) {
		m := requireRoundTrip(t, withCustoms(requireRoundTrip(t, b)).Encode())
		want := m.Encode()
		clone := m.Clone()
		if diff := cmp.Diff(m, clone, cmpopts.IgnoreUnexported(Module{})); diff != "" {
			t.Errorf("%s: clone differs:\n%s", name, diff)
		}
		scramble(reflect.ValueOf(clone).Elem())
		if !bytes.Equal(m.Encode(), want) {
			t.Errorf("%s: changing the clone changes the original", name)
		}
	}
}
