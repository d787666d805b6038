package wasmtime

import (
	"errors"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// pageBytes is a wasm page.
const pageBytes = 64 << 10

// running is one instance at work.
type running struct {
	c      *ewasm.Context
	store  *wasmtime.Store
	gas    *wasmtime.Global
	memory *wasmtime.Memory
	ended  error // why a host function ended the frame: wasmtime does not carry Go errors through wasm frames
}

// run instantiates a contract and calls its main.
func (e *Engine) run(art *artefact, c *ewasm.Context) ewasm.Result {
	store := wasmtime.NewStore(e.engine)
	defer store.Close()
	pages := min(c.PagesLeft, c.Schedule.Limits.Pages)
	store.Limiter(int64(pages)*pageBytes, int64(c.Schedule.Limits.TableEntries), 1, -1, 1)
	r := &running{c: c, store: store}
	instance, err := wasmtime.NewInstance(store, art.module, r.hosts(art))
	if err != nil {
		return c.Conclude(classify(err))
	}
	r.gas = instance.GetExport(store, meter.GasGlobal).Global()
	r.memory = instance.GetExport(store, "memory").Memory()
	if err := r.gas.Set(store, wasmtime.ValI64(c.Gas.Particles())); err != nil {
		return c.Conclude(&ewasm.FaultError{Err: err})
	}
	_, err = instance.GetFunc(store, "main").Call(store)
	switch {
	case r.ended != nil:
		return c.Conclude(r.ended)
	case err != nil:
		return c.Conclude(classify(err))
	}
	c.Gas.SetParticles(r.gas.Get(store).I64())
	return c.Conclude(nil)
}

// hosts makes the imports of an instance: the rows that the contract names, then the meter's halt.
func (r *running) hosts(art *artefact) []wasmtime.AsExtern {
	list := make([]wasmtime.AsExtern, 0, len(art.imports)+1)
	for _, row := range art.imports {
		list = append(list, wasmtime.NewFunc(r.store, signature(row.Type()), r.host(row)))
	}
	halt := wasm.FuncType{Params: []wasm.ValueType{wasm.I32}}
	return append(list, wasmtime.NewFunc(r.store, signature(halt), r.halt))
}

// host makes a row callable: it lends the row the gas and the memory of the instance and takes the gas back.
func (r *running) host(row *ewasm.Function) func(*wasmtime.Caller, []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
	return func(caller *wasmtime.Caller, operands []wasmtime.Val) (results []wasmtime.Val, trap *wasmtime.Trap) {
		defer func() {
			if p := recover(); p != nil {
				results, trap = nil, r.end(&ewasm.FaultError{Err: fmt.Errorf("%s panicked: %v", row.Name, p)})
			}
		}()
		var args [8]uint64
		for i, v := range operands {
			args[i] = raw(v)
		}
		r.c.Gas.SetParticles(r.gas.Get(caller).I64())
		r.c.Memory = r.memory.UnsafeData(caller)
		r.c.PagesUsed = uint32(len(r.c.Memory) / pageBytes)
		result, err := row.Call(r.c, args[:len(operands)])
		r.c.Memory = nil
		if err == nil {
			err = r.gas.Set(caller, wasmtime.ValI64(r.c.Gas.Particles()))
		}
		if err != nil {
			return nil, r.end(err)
		}
		return value(row, result), nil
	}
}

// halt is what an instrumented module calls when it runs out of gas or stack.
func (r *running) halt(_ *wasmtime.Caller, operands []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
	if operands[0].I32() == meter.HaltStackOverflow {
		return nil, r.end(ewasm.ErrStack)
	}
	return nil, r.end(gas.ErrOutOfGas)
}

// end remembers why the frame ends and unwinds its wasm.
func (r *running) end(err error) *wasmtime.Trap {
	r.ended = err
	return wasmtime.NewTrap("")
}

func raw(v wasmtime.Val) uint64 {
	if v.Kind() == wasmtime.KindI32 {
		return uint64(uint32(v.I32()))
	}
	return uint64(v.I64())
}

func value(row *ewasm.Function, result uint64) []wasmtime.Val {
	switch {
	case len(row.Results) == 0:
		return nil
	case row.Results[0] == wasm.I32:
		return []wasmtime.Val{wasmtime.ValI32(int32(result))}
	default:
		return []wasmtime.Val{wasmtime.ValI64(int64(result))}
	}
}

func signature(t wasm.FuncType) *wasmtime.FuncType {
	return wasmtime.NewFuncType(valueTypes(t.Params), valueTypes(t.Results))
}

func valueTypes(types []wasm.ValueType) []*wasmtime.ValType {
	list := make([]*wasmtime.ValType, len(types))
	for i, t := range types {
		kind := wasmtime.KindI64
		if t == wasm.I32 {
			kind = wasmtime.KindI32
		}
		list[i] = wasmtime.NewValType(kind)
	}
	return list
}

// The traps of wasm code itself, in the specification's words.
var traps = map[wasmtime.TrapCode]error{
	wasmtime.MemoryOutOfBounds:      errors.New("out of bounds memory access"),
	wasmtime.TableOutOfBounds:       errors.New("out of bounds table access"),
	wasmtime.IndirectCallToNull:     errors.New("uninitialized element"),
	wasmtime.BadSignature:           errors.New("indirect call type mismatch"),
	wasmtime.IntegerOverflow:        errors.New("integer overflow"),
	wasmtime.IntegerDivisionByZero:  errors.New("integer divide by zero"),
	wasmtime.BadConversionToInteger: errors.New("invalid conversion to integer"),
	wasmtime.UnreachableCodeReached: errors.New("unreachable"),
}

// classify tells the contract's own trap from a failure of the engine. A native stack overflow is one: the injected
// counter must have tripped before.
func classify(err error) error {
	var trap *wasmtime.Trap
	if errors.As(err, &trap) {
		if code := trap.Code(); code != nil {
			if known, ok := traps[*code]; ok {
				return fmt.Errorf("wasm trap: %w%s", known, place(trap))
			}
		}
	}
	return &ewasm.FaultError{Err: err}
}

// place names the innermost wasm function of a trap. The meter moves every defined function up by its one import.
func place(trap *wasmtime.Trap) string {
	frames := trap.Frames()
	if len(frames) == 0 {
		return ""
	}
	return fmt.Sprintf(" in function %d", frames[0].FuncIndex()-1)
}
