package wasmtime

// #include <stdlib.h>
// #include "interrupt.h"
// #include "frame.h"
// #include "linker.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/vm/wasmtime/leaves"
)

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

func (l *linker) addHost(row *ewasm.Function) bool {
	return named(row.Module, row.Name, func(module, name *C.char) C.int {
		return C.hestia_linker_add(l.ptr, module, name, signatureOf(row), 0)
	})
}

func (l *linker) addLent(row *ewasm.Function) bool {
	return named(mirror.Module, mirror.LeafName(row), func(module, name *C.char) C.int {
		return C.hestia_linker_add(l.ptr, module, name, signatureOf(row), 1)
	})
}

func (l *linker) addLeaf(row *ewasm.Function) bool {
	return named(mirror.Module, mirror.LeafName(row), func(module, name *C.char) C.int {
		return C.hestia_linker_add_leaf(l.ptr, module, name, signatureOf(row), (*C.hestia_leaf)(leaves.Of(row.Number)))
	})
}

// ends are C's words for the ways in which host functions end a run.
var ends = [ewasm.Endings]C.uint32_t{ewasm.Finishes: C.HESTIA_FINISHED, ewasm.Reverts: C.HESTIA_REVERTED}

func (l *linker) addEnd(row *ewasm.Function) bool {
	return ends[row.Ends] != C.HESTIA_RETURNED &&
		named(mirror.Module, mirror.LeafName(row), func(module, name *C.char) C.int {
			return C.hestia_linker_add_end(l.ptr, module, name, signatureOf(row), ends[row.Ends])
		})
}

// named calls add with names for C, and reports whether it succeeds.
func named(module, name string, add func(module, name *C.char) C.int) bool {
	m, n := C.CString(module), C.CString(name)
	defer C.free(unsafe.Pointer(m))
	defer C.free(unsafe.Pointer(n))
	return add(m, n) != 0
}

func signatureOf(row *ewasm.Function) C.hestia_signature {
	return C.hestia_signature{
		row:    C.uint32_t(row.Number),
		params: C.uint32_t(len(row.Params)), wide: wide(row.Params),
		results: C.uint32_t(len(row.Results)), wide_result: wide(row.Results),
	}
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

// pointer returns the C pointer of an object of wasmtime-go, which is its first field. The self-test checks that.
func pointer[T wasmtime.Config | wasmtime.Engine | wasmtime.Module | wasmtime.Error](object *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(object))
}
