package wasmtime

// #cgo CFLAGS: -O3
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/frame"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// The shim is our own C over wasmtime's C API, for what wasmtime-go does not offer or does dearly: a whole contract call is
// one call into C, and a host function one call back. It has no library of its own: wasmtime-go brings it, and the two must
// be of one version, which selfTest sees to.

// linker resolves contracts' imports on the shim: every row of the interface, the meter's halt and the mirror's memory.
type linker struct {
	ptr    *C.wasmtime_linker_t
	mirror *memory
}

// linked is a module with its imports resolved, ready to instantiate.
type linked struct {
	ptr      *C.wasmtime_instance_pre_t
	image    C.hestia_image
	contract *C.hestia_contract // in C memory
}

var errLinker = errors.New("wasmtime refuses a host function")

func newLinker(engine *wasmtime.Engine) (*linker, error) {
	module, name := C.CString(meter.HaltModule), C.CString(meter.HaltFunction)
	defer C.free(unsafe.Pointer(module))
	defer C.free(unsafe.Pointer(name))
	l := &linker{ptr: C.hestia_linker_new((*C.wasm_engine_t)(pointer(engine)), module, name)}
	if l.ptr == nil {
		return nil, fmt.Errorf("%w: %s", errLinker, meter.HaltFunction)
	}
	for _, kind := range []struct {
		rows []*ewasm.Function
		add  func(*ewasm.Function) bool
	}{{rows, l.addHost}, {mirror.Leaves(), l.addLeaf}, {mirror.Ends(), l.addEnd}, {mirror.Others(), l.addLent}} {
		for _, row := range kind.rows {
			if !kind.add(row) {
				l.close()
				return nil, fmt.Errorf("%w: %s", errLinker, row.Name)
			}
		}
	}
	if err := l.addMirror((*C.wasm_engine_t)(pointer(engine))); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *linker) addHost(row *ewasm.Function) bool { return l.add(row, row.Module, row.Name, 0) }

func (l *linker) addLent(row *ewasm.Function) bool {
	return l.add(row, mirror.Module, mirror.LeafName(row), 1)
}

func (l *linker) add(row *ewasm.Function, in, as string, lent C.int) bool {
	module, name := C.CString(in), C.CString(as)
	defer C.free(unsafe.Pointer(module))
	defer C.free(unsafe.Pointer(name))
	t := row.Type()
	return C.hestia_linker_add(l.ptr, module, name, C.uint32_t(row.Number), C.uint32_t(len(t.Params)), wide(t.Params),
		C.uint32_t(len(t.Results)), wide(t.Results), lent) != 0
}

func (l *linker) addLeaf(row *ewasm.Function) bool {
	names := [4]*C.char{C.CString(row.Module), C.CString(row.Name), C.CString(mirror.Module), C.CString(mirror.LeafName(row))}
	defer func() {
		for _, name := range names {
			C.free(unsafe.Pointer(name))
		}
	}()
	return C.hestia_linker_add_leaf(l.ptr, names[0], names[1], names[2], names[3], C.uint32_t(row.Number),
		C.uint32_t(len(row.Params))) != 0
}

// ends are C's words for the ways in which host functions end a run.
var ends = [ewasm.Endings]C.uint32_t{ewasm.Finishes: C.HESTIA_FINISHED, ewasm.Reverts: C.HESTIA_REVERTED}

func (l *linker) addEnd(row *ewasm.Function) bool {
	module, name := C.CString(mirror.Module), C.CString(mirror.LeafName(row))
	defer C.free(unsafe.Pointer(module))
	defer C.free(unsafe.Pointer(name))
	end := ends[row.Ends]
	return end != C.HESTIA_RETURNED && C.hestia_linker_add_end(l.ptr, module, name, C.uint32_t(row.Number), end) != 0
}

// wide has a bit for every i64.
func wide(types []wasm.ValueType) (mask C.uint32_t) {
	for i, t := range types {
		if t == wasm.I64 {
			mask |= 1 << i
		}
	}
	return mask
}

func (l *linker) link(module *wasmtime.Module) (*linked, error) {
	var why [512]C.char
	ptr := C.hestia_link(l.ptr, (*C.wasmtime_module_t)(pointer(module)), &why[0], C.size_t(len(why)))
	if ptr == nil {
		return nil, errors.New(C.GoString(&why[0]))
	}
	b := &linked{ptr: ptr, contract: (*C.hestia_contract)(C.calloc(1, C.sizeof_hestia_contract))}
	C.hestia_image_of((*C.wasmtime_module_t)(pointer(module)), &b.image)
	return b, nil
}

func (l *linker) close() {
	C.hestia_linker_delete(l.ptr)
	if l.mirror != nil {
		l.mirror.close()
	}
}

func (l *linked) close() {
	C.hestia_unlink(l.ptr)
	C.free(unsafe.Pointer(l.contract.birth))
	C.free(unsafe.Pointer(l.contract))
}

// pointer returns the C pointer of an object of wasmtime-go, which is its first field: selfTest holds it to that.
func pointer[T wasmtime.Config | wasmtime.Engine | wasmtime.Module | wasmtime.Error](object *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(object))
}

// runShim instantiates a contract and calls its main.
func (e *Engine) runShim(art *artefact, c *ewasm.Context) frame.Result {
	if art.pooled != nil {
		if place := e.pool.enter(art.pooled); place != nil {
			defer e.pool.leave(place)
			s := place.slot
			s.begin(c)
			defer s.end()
			// Where wasmtime has no instance after all, nothing has run.
			if result, ran := s.runIn(&e.pool.unit, art.pooled, art); ran {
				return result
			}
		}
	}
	s := takeSlot(c)
	defer s.give()
	b, err := art.onDemand(&e.demand)
	if err != nil {
		return c.Conclude(err)
	}
	result, _ := s.runIn(&e.demand, b, art)
	return result
}

// runIn runs a contract in a unit, and tells whether there was an instance for it.
func (s *slot) runIn(u *unit, b *native, art *artefact) (_ frame.Result, ran bool) {
	c := s.c
	c.Interrupt.Enter(s)
	defer c.Interrupt.Leave()
	s.frame.memory_limit, s.frame.table_limit = C.int64_t(art.memoryLimit(c)), C.int64_t(tableLimit(c))
	end := s.run(u, b, art)
	cause := s.cause(end)
	if end == C.HESTIA_TRAPPED || end == C.HESTIA_HALTED || end == C.HESTIA_STOPPED && ewasm.Halts(cause) {
		cause = art.locate(cause, location{int64(s.frame.function), uint32(s.frame.offset)})
	}
	return c.Conclude(cause), end != C.HESTIA_NO_PLACE
}

// run runs a contract in a unit, on this thread if that has room.
func (s *slot) run(u *unit, b *native, art *artefact) C.uint32_t {
	f := s.frame
	f.engine = (*C.wasm_engine_t)(pointer(u.engine))
	f.instance_pre, f.image = b.linked.ptr, b.linked.image
	f.functions = C.uint32_t(art.functions)
	f.contract = nil
	if art.settled {
		f.contract = b.linked.contract
	}
	f.gas = C.int64_t(s.c.Gas.Particles())
	s.reflect(u, art.view)
	end := C.hestia_run(f)
	if end == C.HESTIA_NO_STACK {
		end = onNewThread(func() C.uint32_t { return C.hestia_run(f) })
	}
	return end
}

// reflect shows the contract what it may read by itself: nothing where someone watches its host functions.
func (s *slot) reflect(u *unit, v *mirror.View) {
	f := s.frame
	f.open, f.words, s.window = 0, 0, nil
	if !v.Shared() {
		f.words = C.uint32_t(v.Words())
	}
	if s.c.Trace != nil {
		return
	}
	words := unsafe.Slice((*uint64)(&f.word[0]), v.Words())
	v.Fill(s.c, words)
	f.open = 1
	if v.Shared() {
		window, at := u.linker.mirror.window(uint32(f.number))
		if f.open = C.uint32_t(at); at != 0 {
			window.Open(words, s.c.Input)
			s.window = window
		}
	}
}

// cause is why a run ended as C says, nil where main returned.
func (s *slot) cause(end C.uint32_t) error {
	f := s.frame
	switch end {
	case C.HESTIA_RETURNED:
		s.c.Gas.SetParticles(int64(f.gas))
		return nil
	case C.HESTIA_FINISHED:
		s.c.Gas.SetParticles(int64(f.gas))
		return s.c.Finish(s.output())
	case C.HESTIA_REVERTED:
		s.c.Gas.SetParticles(int64(f.gas))
		return s.c.Revert(s.output())
	case C.HESTIA_STOPPED:
		return s.ended
	case C.HESTIA_HALTED:
		return halted(int32(f.args[0]))
	case C.HESTIA_NO_STACK:
		return &frame.FaultError{Err: errThreadStack}
	case C.HESTIA_INTERRUPTED:
		return errInterrupted
	}
	message := errors.New(C.GoString(&f.message[0]))
	if end == C.HESTIA_TRAPPED {
		return trapped(wasmtime.TrapCode(f.trap), message)
	}
	return &frame.FaultError{Err: message}
}

// output is what a contract ended its run with. C has as much room for it as the mirror lets through.
func (s *slot) output() []byte {
	const _ = uint(C.HESTIA_OUTPUT - mirror.OutputBytes)
	return append(make([]byte, 0, s.frame.output_bytes), unsafe.Slice((*byte)(&s.frame.output[0]), s.frame.output_bytes)...)
}

// traceOf is where an error of wasmtime-go's arose.
func traceOf(err *wasmtime.Error) location {
	function, offset := C.int64_t(nowhere), C.size_t(0)
	C.hestia_locate((*C.wasmtime_error_t)(pointer(err)), math.MaxUint32, &function, &offset)
	runtime.KeepAlive(err)
	return location{int64(function), uint32(offset)}
}
