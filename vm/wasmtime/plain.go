package wasmtime

import (
	"errors"
	"math"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// The plain binding runs contracts as the shim does, with nothing but wasmtime-go's own types. The shim is compared
// with it, and with the build tag plainwasmtime all contracts run on it.

// plainRun is one contract call on the plain binding.
type plainRun struct {
	c      *ewasm.Context
	engine *wasmtime.Engine
	store  *wasmtime.Store
	gas    *wasmtime.Global
	memory *wasmtime.Memory
	ended  error // why a host function ended the frame: wasmtime cannot pass Go errors through wasm frames
}

// AskToEnd ends the run if it is in the contract's code.
func (r *plainRun) AskToEnd() { r.engine.IncrementEpoch() }

// runPlain instantiates a contract and calls its main.
func (e *Engine) runPlain(art *artefact, c *ewasm.Context) frame.Result {
	b, err := e.onDemand(art)
	if err != nil {
		return c.Conclude(err)
	}
	engine, module, epochs := e.demand.engine, b.module, uint64(math.MaxInt64)
	if c.Interrupt != nil {
		solo := e.solo.enter(c.Interrupt)
		defer e.solo.leave(c.Interrupt)
		engine, epochs = solo.engine, 1
		if module, err = solo.module(art); err != nil {
			return c.Conclude(&frame.FaultError{Err: err})
		}
	}
	store := wasmtime.NewStore(engine)
	defer store.Close()
	store.SetEpochDeadline(epochs)
	store.Limiter(art.memoryLimit(c), tableLimit(c), 1, -1, 1)
	r := &plainRun{c: c, engine: engine, store: store}
	c.Interrupt.Enter(r)
	defer c.Interrupt.Leave()
	instance, err := wasmtime.NewInstance(store, module, r.hosts(art))
	if err != nil {
		return c.Conclude(art.locate(classify(err), art.placeOf(err), c.Program()))
	}
	r.gas = instance.GetExport(store, meter.GasGlobal).Global()
	r.memory = instance.GetExport(store, "memory").Memory()
	if err := r.gas.Set(store, wasmtime.ValI64(c.Gas.Particles())); err != nil {
		return c.Conclude(&frame.FaultError{Err: err})
	}
	_, err = instance.GetFunc(store, "main").Call(store)
	switch {
	case c.Interrupt.Due():
		return c.Conclude(errInterrupted)
	case r.ended != nil && !ewasm.Halts(r.ended):
		return c.Conclude(r.ended)
	case r.ended != nil:
		return c.Conclude(art.locate(r.ended, art.placeOf(err), c.Program()))
	case err != nil:
		return c.Conclude(art.locate(classify(err), art.placeOf(err), c.Program()))
	}
	c.Gas.SetParticles(r.gas.Get(store).I64())
	return c.Conclude(nil)
}

// hosts returns the imports of an instance: the contract's rows, then the meter's halt.
func (r *plainRun) hosts(art *artefact) []wasmtime.AsExtern {
	list := make([]wasmtime.AsExtern, 0, len(art.imports)+1)
	for _, number := range art.imports {
		row := rows[number]
		list = append(list, wasmtime.NewFunc(r.store, signature(row.Type()), r.host(row)))
	}
	halt := wasm.FuncType{Params: []wasm.ValueType{wasm.I32}}
	return append(list, wasmtime.NewFunc(r.store, signature(halt), r.halt))
}

// host returns the callback for a row.
func (r *plainRun) host(row *ewasm.Function) func(*wasmtime.Caller, []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
	return func(caller *wasmtime.Caller, operands []wasmtime.Val) (results []wasmtime.Val, trap *wasmtime.Trap) {
		args := make(ewasm.Args, len(operands))
		for i, v := range operands {
			args[i] = raw(v)
		}
		result, err := serve(r.c, row, loan{args, r.gas.Get(caller).I64(), r.memory.UnsafeData(caller)})
		if err == nil {
			err = r.gas.Set(caller, wasmtime.ValI64(r.c.Gas.Particles()))
		}
		if err != nil {
			return nil, r.end(err)
		}
		return value(row.Type().Results, result), nil
	}
}

// halt is what an instrumented module calls when it runs out of gas or stack.
func (r *plainRun) halt(_ *wasmtime.Caller, operands []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
	return nil, r.end(halted(operands[0].I32()))
}

// end keeps the reason why the frame ends, and returns a trap that unwinds its wasm.
func (r *plainRun) end(err error) *wasmtime.Trap {
	r.ended = err
	return wasmtime.NewTrap("")
}

func raw(v wasmtime.Val) uint64 {
	if v.Kind() == wasmtime.KindI32 {
		return uint64(uint32(v.I32()))
	}
	return uint64(v.I64())
}

func value(types []wasm.ValueType, result uint64) []wasmtime.Val {
	switch {
	case len(types) == 0:
		return nil
	case types[0] == wasm.I32:
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

// classify returns the reason for an error of wasmtime-go's.
func classify(err error) error {
	var trap *wasmtime.Trap
	if errors.As(err, &trap) {
		if code := trap.Code(); code != nil {
			return trapped(*code, err)
		}
	}
	return &frame.FaultError{Err: err}
}

// placeOf returns the place at which a run of the contract trapped: in its own functions, not in one that does a part
// of an instruction.
func (a *artefact) placeOf(err error) location {
	var trap *wasmtime.Trap
	var unwound *wasmtime.Error
	if errors.As(err, &unwound) {
		return traceOf(unwound, a.functions)
	}
	if errors.As(err, &trap) {
		for _, f := range trap.Frames() {
			if f.FuncIndex() < a.functions {
				return location{int64(f.FuncIndex()), uint32(f.ModuleOffset())}
			}
		}
	}
	return location{function: nowhere}
}
