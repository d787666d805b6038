package meter

import (
	"context"
	"errors"
	"hash/crc32"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"hestia/internal/wasm"
)

// ending is how a run ends.
type ending string

const (
	returned   ending = "returned"
	trap       ending = "trapped"
	outOfGas   ending = "out of gas"
	overflown  ending = "stack overflow"
	unfinished ending = "unfinished" // the interpreter ran out of steps or depth
)

// run is what the host observes of a run.
type run struct {
	Calls   []call
	Ending  ending
	Results []uint64
	Memory  uint64 // checksum
	Spent   int64  // particles
	Stack   int32  // the stack counter afterwards
}

// call is what a host function sees.
type call struct {
	Name  string
	Args  []uint64
	Spent int64 // particles, this call's instruction included
}

func (c call) equal(d call) bool {
	return c.Name == d.Name && c.Spent == d.Spent && slices.Equal(c.Args, d.Args)
}

// host answers every import alike, and takes a fee from the counter as host functions do.
type host struct {
	calls []call
	fee   int64
}

const hostFee = 1009

// call records a call and derives its results from all calls so far.
func (h *host) call(name string, args []uint64, results []wasm.ValueType, spent int64) []uint64 {
	h.calls = append(h.calls, call{name, append([]uint64{}, args...), spent})
	sum := fnv.New64a()
	sum.Write([]byte(name))
	for _, a := range append(args[:len(args):len(args)], uint64(len(h.calls))) {
		for shift := 0; shift < 64; shift += 8 {
			sum.Write([]byte{byte(a >> shift)})
		}
	}
	out := make([]uint64, len(results))
	for i, t := range results {
		out[i] = sum.Sum64() >> (8 * i)
		if t == wasm.I32 || t == wasm.F32 {
			out[i] &= math.MaxUint32
		}
	}
	return out
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(memory []byte) uint64 { return uint64(crc32.Checksum(memory, castagnoli)) }

// start is how a run begins.
type start struct {
	export  string
	args    []uint64
	metered bool
	gas     int64
	stack   int32
}

// engine runs modules.
type engine interface {
	// load compiles a module; m is the decoded binary.
	load(t testing.TB, m *wasm.Module, binary []byte) machine
}

// machine is a compiled module.
type machine interface {
	run(t testing.TB, s start) run
}

var engines = map[string]engine{"wasmtime": wasmtimeEngine{}, "wazero": wazeroEngine{}}

// wasmtimes is shared: engines are expensive.
var wasmtimes = func() *wasmtime.Engine {
	config := wasmtime.NewConfig()
	config.SetMaxWasmStack(8 << 20)
	return wasmtime.NewEngineWithConfig(config)
}()

type wasmtimeEngine struct{}

type wasmtimeMachine struct {
	m *wasm.Module
	c *wasmtime.Module
}

func (wasmtimeEngine) load(t testing.TB, m *wasm.Module, binary []byte) machine {
	c, err := wasmtime.NewModule(wasmtimes, binary)
	if err != nil {
		t.Fatalf("wasmtime refuses the module: %v", err)
	}
	t.Cleanup(c.Close)
	return wasmtimeMachine{m, c}
}

var wasmtimeKinds = map[wasm.ValueType]wasmtime.ValKind{
	wasm.I32: wasmtime.KindI32, wasm.I64: wasmtime.KindI64, wasm.F32: wasmtime.KindF32, wasm.F64: wasmtime.KindF64,
}

func wasmtimeTypes(types []wasm.ValueType) []*wasmtime.ValType {
	var out []*wasmtime.ValType
	for _, t := range types {
		out = append(out, wasmtime.NewValType(wasmtimeKinds[t]))
	}
	return out
}

// number returns a value as 64 bits, of a float its bits; value does the opposite.
func number(v wasmtime.Val) uint64 {
	switch v.Kind() {
	case wasmtime.KindI32:
		return uint64(uint32(v.I32()))
	case wasmtime.KindF32:
		return uint64(math.Float32bits(v.F32()))
	case wasmtime.KindF64:
		return math.Float64bits(v.F64())
	}
	return uint64(v.I64())
}

func value(v uint64, t wasm.ValueType) wasmtime.Val {
	switch t {
	case wasm.I32:
		return wasmtime.ValI32(int32(v))
	case wasm.F32:
		return wasmtime.ValF32(math.Float32frombits(uint32(v)))
	case wasm.F64:
		return wasmtime.ValF64(math.Float64frombits(v))
	}
	return wasmtime.ValI64(int64(v))
}

func (w wasmtimeMachine) run(t testing.TB, s start) (r run) {
	store := wasmtime.NewStore(wasmtimes)
	defer store.Close()
	linker := wasmtime.NewLinker(wasmtimes)
	defer linker.Close()
	h := host{fee: hostFee}
	for _, im := range w.m.Imports {
		sig := w.m.Types[im.Function]
		kind := wasmtime.NewFuncType(wasmtimeTypes(sig.Params), wasmtimeTypes(sig.Results))
		err := linker.FuncNew(im.Module, im.Name, kind,
			func(caller *wasmtime.Caller, vals []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
				args := make([]uint64, len(vals))
				for i, v := range vals {
					args[i] = number(v)
				}
				args = seen(args, &sig)
				if im.Module == HaltModule {
					r.Ending = haltEnding(args[0])
					return nil, wasmtime.NewTrap("halt")
				}
				spent := int64(0)
				if s.metered {
					counter := caller.GetExport(GasGlobal).Global()
					left := counter.Get(caller).I64()
					spent = s.gas - left
					if left < h.fee {
						h.call(im.Module+"."+im.Name, args, sig.Results, spent)
						r.Ending = outOfGas
						return nil, wasmtime.NewTrap("fee")
					}
					if err := counter.Set(caller, wasmtime.ValI64(left-h.fee)); err != nil {
						t.Fatal(err)
					}
				}
				var out []wasmtime.Val
				for i, v := range h.call(im.Module+"."+im.Name, args, sig.Results, spent) {
					out = append(out, value(v, sig.Results[i]))
				}
				return out, nil
			})
		if err != nil {
			t.Fatal(err)
		}
	}
	instance, err := linker.Instantiate(store, w.c)
	if err != nil {
		r.Ending = trap
		return r
	}
	if s.metered {
		must(t, instance.GetExport(store, GasGlobal).Global().Set(store, wasmtime.ValI64(s.gas)))
		must(t, instance.GetExport(store, StackGlobal).Global().Set(store, wasmtime.ValI32(s.stack)))
	}
	f := instance.GetFunc(store, s.export)
	sig := signatureOf(w.m, s.export)
	var args []any
	for i, a := range s.args {
		args = append(args, value(a, sig.Params[i]))
	}
	got, err := f.Call(store, args...)
	r.Calls = h.calls
	if memory := instance.GetExport(store, "memory"); memory != nil {
		r.Memory = checksum(memory.Memory().UnsafeData(store))
	} else {
		r.Memory = checksum(nil)
	}
	if s.metered {
		r.Spent = s.gas - instance.GetExport(store, GasGlobal).Global().Get(store).I64()
		r.Stack = instance.GetExport(store, StackGlobal).Global().Get(store).I32()
	}
	switch {
	case err != nil && r.Ending == "":
		r.Ending = trap
	case err == nil:
		r.Ending = returned
		r.Results = wasmtimeResults(got)
	}
	return r
}

func wasmtimeResults(got any) (out []uint64) {
	switch v := got.(type) {
	case int32:
		out = []uint64{uint64(uint32(v))}
	case int64:
		out = []uint64{uint64(v)}
	case float32:
		out = []uint64{uint64(math.Float32bits(v))}
	case float64:
		out = []uint64{math.Float64bits(v)}
	case []wasmtime.Val:
		for _, x := range v {
			out = append(out, number(x))
		}
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func haltEnding(reason uint64) ending {
	switch reason {
	case HaltOutOfGas:
		return outOfGas
	case HaltStackOverflow:
		return overflown
	}
	return "halted for no known reason"
}

// signatureOf returns the type of an exported function.
func signatureOf(m *wasm.Module, export string) wasm.FuncType {
	for _, ex := range m.Exports {
		if ex.Kind == wasm.ExternalFunction && ex.Name == export {
			sig, _ := m.FunctionType(ex.Index)
			return sig
		}
	}
	return wasm.FuncType{}
}

type wazeroEngine struct{}

type wazeroMachine struct {
	m *wasm.Module
	r wazero.Runtime
	c wazero.CompiledModule
	// The host modules are instantiated once; they answer the run in progress.
	now *wazeroRun
}

type wazeroRun struct {
	start
	host
	ending ending
}

var errHalt = errors.New("halt")

func (wazeroEngine) load(t testing.TB, m *wasm.Module, binary []byte) machine {
	ctx := context.Background()
	w := &wazeroMachine{m: m, r: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(1024))}
	t.Cleanup(func() { w.r.Close(ctx) })
	builders := map[string]wazero.HostModuleBuilder{}
	for _, im := range m.Imports {
		b := builders[im.Module]
		if b == nil {
			b = w.r.NewHostModuleBuilder(im.Module)
			builders[im.Module] = b
		}
		sig := m.Types[im.Function]
		answer := func(_ context.Context, mod api.Module, stack []uint64) { w.now.answer(mod, im, sig, stack) }
		b.NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(answer), wazeroTypes(sig.Params), wazeroTypes(sig.Results)).
			Export(im.Name)
	}
	for _, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.c, err = w.r.CompileModule(ctx, binary); err != nil {
		t.Fatalf("wazero refuses the module: %v", err)
	}
	return w
}

func wazeroTypes(types []wasm.ValueType) []api.ValueType {
	out := make([]api.ValueType, len(types))
	for i, t := range types {
		out[i] = api.ValueType(t)
	}
	return out
}

// answer is a host function.
func (n *wazeroRun) answer(mod api.Module, im wasm.Import, sig wasm.FuncType, stack []uint64) {
	args := append([]uint64{}, stack[:len(sig.Params)]...)
	for i, t := range sig.Params {
		if t == wasm.I32 || t == wasm.F32 {
			args[i] &= math.MaxUint32
		}
	}
	args = seen(args, &sig)
	if im.Module == HaltModule {
		n.ending = haltEnding(args[0])
		panic(errHalt)
	}
	spent := int64(0)
	if n.metered {
		counter := mod.ExportedGlobal(GasGlobal).(api.MutableGlobal)
		left := int64(counter.Get())
		spent = n.gas - left
		if left < n.fee {
			n.call(im.Module+"."+im.Name, args, sig.Results, spent)
			n.ending = outOfGas
			panic(errHalt)
		}
		counter.Set(uint64(left - n.fee))
	}
	copy(stack, n.call(im.Module+"."+im.Name, args, sig.Results, spent))
}

func (w *wazeroMachine) run(t testing.TB, s start) (r run) {
	ctx := context.Background()
	w.now = &wazeroRun{start: s, host: host{fee: hostFee}}
	mod, err := w.r.InstantiateModule(ctx, w.c, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		r.Ending = trap
		return r
	}
	defer mod.Close(ctx)
	if s.metered {
		mod.ExportedGlobal(GasGlobal).(api.MutableGlobal).Set(uint64(s.gas))
		mod.ExportedGlobal(StackGlobal).(api.MutableGlobal).Set(uint64(s.stack))
	}
	got, err := mod.ExportedFunction(s.export).Call(ctx, s.args...)
	r.Calls, r.Ending = w.now.calls, w.now.ending
	r.Memory = checksum(nil)
	if memory := mod.ExportedMemory("memory"); memory != nil {
		b, _ := memory.Read(0, memory.Size())
		r.Memory = checksum(b)
	}
	if s.metered {
		r.Spent = s.gas - int64(mod.ExportedGlobal(GasGlobal).Get())
		r.Stack = int32(mod.ExportedGlobal(StackGlobal).Get())
	}
	switch {
	case err != nil && r.Ending == "":
		r.Ending = trap
	case err == nil:
		r.Ending = returned
		for i, t := range signatureOf(w.m, s.export).Results {
			if t == wasm.I32 {
				got[i] &= math.MaxUint32
			}
			r.Results = append(r.Results, got[i])
		}
	}
	return r
}
