package wasmtime

// #include <stdlib.h>
// #include "mirror.h"
import "C"

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"hestia/ewasm/mirror"
)

// memory is the second memory of all contracts of an engine. Every frame that runs has a window of it.
type memory struct {
	ptr     *C.wasmtime_sharedmemory_t
	data    unsafe.Pointer // which never moves
	growing sync.Mutex
	windows atomic.Uint32
}

// firstWindow is the first that is used. Address 0, of the window before, stands for no window.
const firstWindow = 1

const windowsPerPage = pageBytes / mirror.WindowBytes

func (l *linker) addMirror(engine *C.wasm_engine_t) error {
	module, name := C.CString(mirror.Module), C.CString(mirror.MemoryName)
	defer C.free(unsafe.Pointer(module))
	defer C.free(unsafe.Pointer(name))
	ptr := C.hestia_mirror_new(engine, l.ptr, module, name, mirror.MemoryPages)
	if ptr == nil {
		return fmt.Errorf("%w: memory %s", errLinker, mirror.MemoryName)
	}
	l.mirror = &memory{ptr: ptr, data: unsafe.Pointer(C.hestia_mirror_data(ptr))}
	l.mirror.windows.Store(windowsPerPage)
	return nil
}

// window returns the window of frame number and its address, which is 0 if there is no room for more windows.
func (m *memory) window(number uint32) (mirror.Window, uint32) {
	number += firstWindow
	if number >= m.windows.Load() && !m.grow(number) {
		return nil, 0
	}
	at := number * mirror.WindowBytes
	return unsafe.Slice((*byte)(unsafe.Add(m.data, at)), mirror.WindowBytes), at
}

// grow doubles the memory until it has window number.
func (m *memory) grow(number uint32) bool {
	m.growing.Lock()
	defer m.growing.Unlock()
	for have := m.windows.Load(); number >= have; have = m.windows.Load() {
		if C.hestia_mirror_grow(m.ptr, C.uint64_t(have/windowsPerPage)) == 0 {
			return false
		}
		m.windows.Store(2 * have)
	}
	return true
}

func (m *memory) close() { C.hestia_mirror_delete(m.ptr) }
