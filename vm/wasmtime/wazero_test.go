package wasmtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/vm/wasmtime"
)

// other is an engine made of another runtime, wazero, which shares nothing with wasmtime: what both do is right or
// wrong in the same way for another reason.
type other struct {
	runtime wazero.Runtime
	lock    sync.Mutex
	known   map[otherKey]*otherArtefact
}

type otherKey struct {
	code     common.Hash
	schedule *gas.Schedule
}

type otherArtefact struct {
	prepared *ewasm.Prepared
	compiled wazero.CompiledModule
}

func newOther(t testing.TB) *other {
	t.Helper()
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithCloseOnContextDone(true)
	o := &other{wazero.NewRuntimeWithConfig(ctx, config), sync.Mutex{}, map[otherKey]*otherArtefact{}}
	t.Cleanup(func() { o.runtime.Close(ctx) })
	hosts := map[string]wazero.HostModuleBuilder{}
	for _, row := range ewasm.Functions() {
		if hosts[row.Module] == nil {
			hosts[row.Module] = o.runtime.NewHostModuleBuilder(row.Module)
		}
		hosts[row.Module].NewFunctionBuilder().WithGoModuleFunction(hostOf(row), otherTypes(row.Params),
			otherTypes(row.Results)).Export(row.Name)
	}
	hosts[meter.HaltModule] = o.runtime.NewHostModuleBuilder(meter.HaltModule)
	hosts[meter.HaltModule].NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(otherHalt),
		[]api.ValueType{api.ValueTypeI32}, nil).Export(meter.HaltFunction)
	for _, host := range hosts {
		if _, err := host.Instantiate(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func otherTypes(list []wasm.ValueType) []api.ValueType {
	types := make([]api.ValueType, len(list))
	for i, t := range list {
		types[i] = api.ValueType(t)
	}
	return types
}

// otherRun is a frame at work; its key finds it in the context of a call.
type otherRun struct {
	c      *ewasm.Context
	ended  error
	cancel context.CancelFunc
}

// AskToEnd ends the run when it next looks.
func (r *otherRun) AskToEnd() { r.cancel() }

type runKey struct{}

func hostOf(row *ewasm.Function) api.GoModuleFunc {
	return func(ctx context.Context, module api.Module, stack []uint64) {
		r := ctx.Value(runKey{}).(*otherRun)
		if r.c.Interrupt.Due() {
			r.ended = &frame.FaultError{Err: frame.ErrInterrupted}
			panic(r.ended)
		}
		left := module.ExportedGlobal(meter.GasGlobal).(api.MutableGlobal)
		memory, _ := module.Memory().Read(0, module.Memory().Size())
		r.c.Gas.SetParticles(int64(left.Get()))
		r.c.Memory, r.c.PagesUsed = memory, uint32(len(memory)>>16)
		result, err := row.Call(r.c, stack[:len(row.Params)])
		r.c.Memory = nil
		if err != nil {
			r.ended = err
			panic(err)
		}
		left.Set(uint64(r.c.Gas.Particles()))
		if len(row.Results) > 0 {
			stack[0] = result
		}
	}
}

func otherHalt(ctx context.Context, _ api.Module, stack []uint64) {
	r := ctx.Value(runKey{}).(*otherRun)
	if r.ended = gas.ErrOutOfGas; uint32(stack[0]) == meter.HaltStackOverflow {
		r.ended = frame.ErrStack
	}
	panic(r.ended)
}

func (o *other) Prepare(code []byte, hash common.Hash, schedule *gas.Schedule, _ *frame.Interrupt) error {
	_, err := o.artefact(code, hash, schedule)
	return err
}

func (o *other) artefact(code []byte, hash common.Hash, schedule *gas.Schedule) (*otherArtefact, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	key := otherKey{hash, schedule}
	if known := o.known[key]; known != nil {
		return known, nil
	}
	m, err := ewasm.Check(code, schedule)
	if err != nil {
		return nil, err
	}
	prepared, err := ewasm.Prepare(m, schedule)
	if err != nil {
		return nil, err
	}
	compiled, err := o.runtime.CompileModule(context.Background(), looked(prepared.Module).Encode())
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	o.known[key] = &otherArtefact{prepared, compiled}
	return o.known[key], nil
}

// looked returns a module in which every function begins with a loop of one round: wazero looks at the context in loops
// only, and nothing else of the process runs while compiled code does not look and memory is to be collected.
func looked(m *wasm.Module) *wasm.Module {
	empty := int64(wasm.EmptyBlock)
	m = m.Clone()
	for i := range m.Codes {
		m.Codes[i].Body = append([]wasm.Instruction{
			{Op: wasm.OpLoop, X: uint64(empty)}, {Op: wasm.OpEnd},
		}, m.Codes[i].Body...)
	}
	return m
}

func (o *other) Run(c *ewasm.Context) frame.Result {
	art, err := o.artefact(c.Program(), c.CodeHash, c.Schedule)
	if err == nil {
		err = wasmtime.Admit(c, art.prepared.Instantiation, art.prepared.Pages)
	}
	if err != nil {
		return c.Conclude(err)
	}
	within, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &otherRun{c: c, cancel: cancel}
	pages := min(c.PagesLeft, c.Schedule.Limits.Reach(art.prepared.Pages))
	ctx := experimental.WithMemoryAllocator(context.WithValue(within, runKey{}, r), bounded(pages))
	instance, err := o.runtime.InstantiateModule(ctx, art.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return c.Conclude(&frame.FaultError{Err: err})
	}
	defer instance.Close(ctx)
	left := instance.ExportedGlobal(meter.GasGlobal).(api.MutableGlobal)
	left.Set(uint64(c.Gas.Particles()))
	c.Interrupt.Enter(r)
	defer c.Interrupt.Leave()
	_, err = instance.ExportedFunction("main").Call(ctx)
	switch {
	case c.Interrupt.Due():
		return c.Conclude(&frame.FaultError{Err: frame.ErrInterrupted})
	case r.ended != nil:
		return c.Conclude(r.ended)
	case err != nil:
		return c.Conclude(otherTrap(err))
	}
	c.Gas.SetParticles(int64(left.Get()))
	return c.Conclude(nil)
}

// bounded makes memories that grow to so many pages.
func bounded(pages uint32) experimental.MemoryAllocator {
	return experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory {
		return &boundedMemory{limit: uint64(pages) << 16}
	})
}

type boundedMemory struct {
	limit uint64
	data  []byte
}

func (m *boundedMemory) Reallocate(size uint64) []byte {
	if size > m.limit {
		return nil
	}
	m.data = append(m.data, make([]byte, size-uint64(len(m.data)))...)
	return m.data
}

func (m *boundedMemory) Free() {}

var otherTraps = []string{
	"unreachable", "integer divide by zero", "integer overflow", "invalid conversion to integer",
	"out of bounds memory access", "indirect call type mismatch", "invalid table access",
}

// otherTrap puts a trap of wazero's into our words.
func otherTrap(err error) error {
	for _, known := range otherTraps {
		if strings.Contains(err.Error(), "wasm error: "+known) {
			if known == "invalid table access" {
				known = "uninitialized element"
			}
			return errors.New("wasm trap: " + known)
		}
	}
	return &frame.FaultError{Err: fmt.Errorf("wazero: %w", err)}
}
