package wasmtime

// #cgo CFLAGS: -O3
// #include "frame.h"
// #include "run.h"
// #include "trap.h"
import "C"

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/frame"
)

// The shim is our own C over wasmtime's C API, for what wasmtime-go lacks or does slowly: a whole contract call is
// one call into C, and a host function is one call back. The library comes with wasmtime-go. The shim must be written
// for the same version of it, which selfTest checks.

// runShim instantiates a contract and calls its main.
func (e *Engine) runShim(art *artefact, c *ewasm.Context) frame.Result {
	if art.pooled != nil {
		if slot := e.pool.enter(art.pooled); slot != nil {
			defer e.pool.leave(slot)
			r := slot.run
			r.begin(c)
			defer r.end()
			// If wasmtime has no instance after all, nothing has run.
			if result, ran := r.runIn(&e.pool.unit, art.pooled, art); ran {
				return result
			}
		}
	}
	r := takeRun(c)
	defer r.give()
	b, err := e.onDemand(art)
	if err != nil {
		return c.Conclude(err)
	}
	result, _ := r.runIn(&e.demand, b, art)
	return result
}

// runIn runs a contract in a unit, and reports whether there was an instance for it.
func (r *run) runIn(u *unit, b *native, art *artefact) (_ frame.Result, ran bool) {
	c, in := r.c, &r.frame.input
	c.Interrupt.Enter(r)
	defer c.Interrupt.Leave()
	in.memory_limit, in.table_limit = C.int64_t(art.memoryLimit(c)), C.int64_t(tableLimit(c))
	end := r.execute(u, b, art)
	cause := r.cause(end)
	if end == C.HESTIA_TRAPPED || end == C.HESTIA_HALTED || end == C.HESTIA_STOPPED && ewasm.Halts(cause) {
		out := &r.frame.outcome
		cause = art.locate(cause, location{int64(out.function), uint32(out.offset)}, c.Program())
	}
	return c.Conclude(cause), end != C.HESTIA_NO_INSTANCE
}

// execute runs a contract in a unit, on this thread if its stack has room.
func (r *run) execute(u *unit, b *native, art *artefact) C.uint32_t {
	in := &r.frame.input
	in.engine = (*C.wasm_engine_t)(pointer(u.engine))
	in.instance_pre, in.image = b.linked.ptr, b.linked.image
	in.functions = C.uint32_t(art.functions)
	in.contract = nil
	if art.settled {
		in.contract = b.linked.contract
	}
	r.frame.gas = C.int64_t(r.c.Gas.Particles())
	r.reflect(u, art.view)
	end := C.hestia_run(r.frame)
	if end == C.HESTIA_NO_STACK {
		end = onNewThread(func() C.uint32_t { return C.hestia_run(r.frame) })
	}
	return end
}

// reflect shows the contract what it may read by itself: nothing if its host functions are traced.
func (r *run) reflect(u *unit, v *mirror.View) {
	in := &r.frame.input
	in.open, in.words, r.window = 0, 0, nil
	if !v.Shared() {
		in.words = C.uint32_t(v.Words())
	}
	if r.c.Trace != nil {
		return
	}
	words := unsafe.Slice((*uint64)(&in.word[0]), v.Words())
	v.Fill(r.c, words)
	in.open = 1
	if v.Shared() {
		window, at := u.linker.mirror.window(uint32(in.number))
		if in.open = C.uint32_t(at); at != 0 {
			window.Open(words, r.c.Input)
			r.window = window
		}
	}
}

// cause is why a run ended as C says, nil if main returned.
func (r *run) cause(end C.uint32_t) error {
	f, out := r.frame, &r.frame.outcome
	switch end {
	case C.HESTIA_RETURNED:
		r.c.Gas.SetParticles(int64(f.gas))
		return nil
	case C.HESTIA_FINISHED:
		r.c.Gas.SetParticles(int64(f.gas))
		return r.c.Finish(r.output())
	case C.HESTIA_REVERTED:
		r.c.Gas.SetParticles(int64(f.gas))
		return r.c.Revert(r.output())
	case C.HESTIA_STOPPED:
		return r.ended
	case C.HESTIA_HALTED:
		return halted(int32(f.host.args[0]))
	case C.HESTIA_NO_STACK:
		return &frame.FaultError{Err: errThreadStack}
	case C.HESTIA_INTERRUPTED:
		return errInterrupted
	}
	message := errors.New(C.GoString(&out.message[0]))
	if end == C.HESTIA_TRAPPED {
		return trapped(wasmtime.TrapCode(out.trap), message)
	}
	return &frame.FaultError{Err: message}
}

// output is what a contract ended its run with. C has as much room for it as the mirror lets through.
func (r *run) output() []byte {
	const _ = uint(C.HESTIA_OUTPUT - mirror.OutputBytes)
	out := &r.frame.outcome
	return append(make([]byte, 0, out.output_bytes), unsafe.Slice((*byte)(&out.output[0]), out.output_bytes)...)
}

// traceOf returns the place at which an error of wasmtime-go's arose, in one of the first functions.
func traceOf(err *wasmtime.Error, functions uint32) location {
	function, offset := C.int64_t(nowhere), C.size_t(0)
	C.hestia_locate((*C.wasmtime_error_t)(pointer(err)), C.uint32_t(functions), &function, &offset)
	runtime.KeepAlive(err)
	return location{int64(function), uint32(offset)}
}
