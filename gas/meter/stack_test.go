package meter

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm/nan"
	"hestia/internal/wasm"
)

// repeat joins what f makes of 0 to n-1.
func repeat(n int, f string) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(strings.ReplaceAll(f, "#", fmt.Sprint(i)))
		s.WriteString("\n")
	}
	return s.String()
}

// takesOne is a function of one i64, besides further locals, that executes code.
func takesOne(locals, code string) string {
	return `(func $f (export "f") (param i64) ` + locals + code + `)`
}

// around is a function that executes code before and after a call of itself.
func around(locals, code string) string { return takesOne(locals, code+`(call $f (i64.const 3))`+code) }

// recursive are functions that call themselves for ever, each with a frame as large as its kind can make it.
func recursive() map[string]string {
	const self, local = `(call $f (local.get 0))`, `(local i32)`
	all := map[string]string{
		"nothing": takesOne("", self),
		"results": takesOne(`(result `+strings.Repeat("i64 ", 40)+`)`, self),
	}
	for _, n := range []int{8, 40, 400} {
		kind := func(name, function string) { all[fmt.Sprint(name, " ", n)] = function }
		kind("locals", takesOne(`(local `+strings.Repeat("i64 ", n)+`)`,
			repeat(n, `(local.set # (i64.mul (local.get 0) (i64.load (i32.const #))))`)+self+
				repeat(n, `(i64.store (i32.const #) (local.get #))`)))
		kind("operands", takesOne("", repeat(n, `(i64.load (i32.const #))`)+self+
			repeat(n, `(i64.store (i32.const 0) (i64.const 1)) (drop)`)))
		kind("parameters", `(func $f (export "f") (param `+strings.Repeat("i64 ", n)+`)
			`+repeat(n, `(i64.add (local.get #) (i64.const #))`)+`(call $f))`)
		twice := repeat(n, `(i64.store (i32.const #) (i64.mul (local.get 0) (i64.const 7#1)))`)
		kind("common across the call", takesOne("", twice+self+twice))
		kind("common", takesOne("", twice+twice+self))
		kind("invariant", takesOne(local, `(loop `+twice+`
			(br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 2))))`+self))
		addresses := repeat(n,
			`(i64.store8 (i32.and (i32.mul (local.get 1) (i32.const 7#1)) (i32.const 65535)) (local.get 0))`)
		wrapped := local + `(local.set 1 (i32.wrap_i64 (local.get 0)))`
		kind("addresses", takesOne(wrapped, addresses+self+addresses))
		fields := repeat(n, `(i64.store8 offset=70000 (i32.wrap_i64 (i64.load (i32.const #))) (local.get 0))`)
		kind("addresses loaded", takesOne(local, fields+fields+`(call $f (i64.const 2))`))
		unsigned := repeat(n, `(i64.store8 (i32.const 0) (i64.extend_i32_u (i32.rotl (local.get 1) (i32.const #))))`)
		kind("conversions", takesOne(wrapped, unsigned+self+unsigned))
		chosen := repeat(n,
			`(global.set 0 (select (local.get 0) (i64.const 5#) (i64.lt_u (local.get 0) (i64.const 7#1))))`)
		kind("selections", takesOne("", chosen+self+chosen))
		kind("constants to globals", around("", repeat(n, `(global.set 0 (i64.const 98765432109#))`)))
		kind("constants passed", `(func $g (param i64))`+around("", repeat(n, `(call $g (i64.const 98765432109#))`)))
		compared := repeat(n, `(i32.store (i32.const #) (i64.lt_u (local.get 0) (i64.const 7#1)))`)
		kind("comparisons", takesOne("", compared+self+compared))
		loads := repeat(n, `(i64.store (i32.const 8) (i64.load offset=# (i32.wrap_i64 (local.get 0))))`)
		kind("loads", takesOne("", loads+loads+`(call $f (i64.const 3))`))
		kind("quotients", around("", repeat(n, `(i64.store (i32.const 8) (i64.div_s (i64.const -7#1) (local.get 0)))`)))
		kind("constants", around("", repeat(n, `(i64.store (i32.const 8) (i64.const 123456789012#))`)))
	}
	return all
}

// recursiveFloats are the same of floats, with what hides NaNs.
func recursiveFloats() map[string]string {
	const self, local = `(call $f (local.get 0))`, `(local i32)`
	all := map[string]string{}
	for _, n := range []int{8, 40, 400} {
		kind := func(name, function string) { all[fmt.Sprint("float ", name, " ", n)] = function }
		of := `(f64.convert_i64_s (local.get 0))`
		kind("locals", takesOne(`(local `+strings.Repeat("f64 ", n)+`)`,
			repeat(n, `(local.set # (f64.mul `+of+` (f64.load (i32.const #))))`)[len(`(local.set 0 (f64.mul `+of+
				` (f64.load (i32.const 0))))`):]+self+
				repeat(n, `(f64.store (i32.const #) (local.get #))`)[len(`(f64.store (i32.const 0) (local.get 0))`):]))
		kind("operands", takesOne("", repeat(n, `(f64.load (i32.const #))`)+self+
			repeat(n, `(f64.store (i32.const 0) (f64.const 1)) (drop)`)))
		kind("operands, single", takesOne("", repeat(n, `(f32.load (i32.const #))`)+self+repeat(n, `(drop)`)))
		kind("parameters", `(func $f (export "f") (param i64 `+strings.Repeat("f64 ", n-1)+`) (local.get 0)
			`+repeat(n-1, `(f64.add (f64.load (i32.const #)) (f64.const #))`)+`(call $f))`)
		for name, op := range map[string]string{
			"products": `(f64.mul @ (f64.const 7#1))`, "signs": `(f64.copysign @ (f64.load (i32.const #)))`,
			"negations": `(f64.neg (f64.add @ (f64.const 7#1)))`, "least": `(f64.min @ (f64.const 7#1))`,
			"roots": `(f64.sqrt (f64.add @ (f64.const 7#1)))`, "constants": `(f64.const 7#1)`,
			"demoted":   `(f64.promote_f32 (f32.demote_f64 (f64.add @ (f64.const 7#1))))`,
			"converted": `(f64.convert_i64_u (i64.rotl (local.get 0) (i64.const #)))`,
			"loaded":    `(f64.load offset=# (i32.wrap_i64 (local.get 0)))`,
		} {
			stored := `(f64.store (i32.const #) ` + strings.ReplaceAll(op, "@", of) + `)`
			kind(name, around("", repeat(n, stored)))
			kind(name+", invariant", takesOne(local, `(loop `+repeat(n, stored+stored)+`
				(br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 2))))`+self))
			bits := `(i64.store (i32.const #) (i64.reinterpret_f64 ` + strings.ReplaceAll(op, "@", of) + `))`
			kind(name+", bits", around("", repeat(n, bits)))
			cut := `(i64.store (i32.const #) (i64.trunc_sat_f64_u ` + strings.ReplaceAll(op, "@", of) + `))`
			kind(name+", cut", around("", repeat(n, cut)))
			compared := `(i32.store (i32.const #) (f64.lt (f64.const 3) ` + strings.ReplaceAll(op, "@", of) + `))`
			kind(name+", compared", around("", repeat(n, compared)))
		}
		chosen := repeat(n, `(f64.store (i32.const #) (select `+of+` (f64.const 5#) (i64.lt_u (local.get 0)
			(i64.const 7#1))))`)
		kind("selections", around("", chosen))
	}
	return all
}

// nativeStack is what wasmtime gives to wasm in the test.
const nativeStack = 1 << 20

// nativeFrame runs a metered endless recursion into the end of the native stack. It returns the bytes of an activation
// and its weight.
func nativeFrame(t *testing.T, function string) (bytes, weight float64) {
	t.Helper()
	m := parse(t, `(module (memory 2 2) (global (mut i64) (i64.const 0)) `+function+`)`)
	metered := nan.Guard(instrument(t, m, uneven, Options{Gas: math.MaxInt64}).Module)
	config := wasmtime.NewConfig()
	config.SetMaxWasmStack(nativeStack)
	e := wasmtime.NewEngineWithConfig(config)
	module, err := wasmtime.NewModule(e, metered.Encode())
	must(t, err)
	store := wasmtime.NewStore(e)
	defer store.Close()
	linker := wasmtime.NewLinker(e)
	must(t, linker.FuncWrap(HaltModule, HaltFunction, func(int32) *wasmtime.Trap { return wasmtime.NewTrap("halt") }))
	instance, err := linker.Instantiate(store, module)
	must(t, err)
	counter := instance.GetExport(store, StackGlobal).Global()
	must(t, counter.Set(store, wasmtime.ValI32(math.MaxInt32)))
	args := make([]any, len(signatureOf(m, "f").Params))
	for i := range args {
		args[i] = int64(i + 1)
		if signatureOf(m, "f").Params[i] == wasm.F64 {
			args[i] = float64(i + 1)
		}
	}
	if _, err = instance.GetFunc(store, "f").Call(store, args...); err == nil {
		t.Fatal("an endless recursion ended")
	}
	weight = float64(heaviest(plansOf(t, m, uneven)))
	frames := float64(math.MaxInt32-counter.Get(store).I32()) / weight
	return nativeStack / frames, weight
}

// heaviest returns the largest weight, which is that of the recursive function.
func heaviest(plans []plan) int32 {
	most := int32(0)
	for _, p := range plans {
		most = max(most, p.weight)
	}
	return most
}

func TestWeightsBoundNativeFrames(t *testing.T) {
	all := recursive()
	maps.Copy(all, recursiveFloats())
	for name, function := range all {
		bytes, weight := nativeFrame(t, function)
		t.Logf("%-30s %8.0f bytes, weighed %8.0f: %.2f", name, bytes, weight, weight/bytes)
		if weight < 1.5*bytes {
			t.Errorf("%s: a frame takes %.0f bytes and is weighed only %.0f", name, bytes, weight)
		}
	}
}
