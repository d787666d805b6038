package wasmtime

// #include "shim.h"
import "C"

import (
	"sync/atomic"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// An instance made on demand maps and unmaps its memory, which costs more than most contracts' work. A few places are
// therefore prepared: an engine of its own hands them out and clears them (docs/adr/0006). Who finds none free, deep in
// nested calls, gets an instance on demand, with the same outcome.

// The layout of linear memories, on demand and pooled alike: without it compiled code would not be the same. All that 32
// bits can address is reserved, and the guard is never empty: RUSTSEC-2026-0088 is about pools where it is.
const (
	memoryReservation = 4 << 30
	memoryGuard       = 32 << 20
)

const (
	poolSlots        = 12 // with the memory of each some 4 GiB of address space
	poolTables       = 16
	poolTableEntries = 1 << 16
	poolMemory       = memoryReservation
	// A contract's own data, its stack where the toolchains put it, and the first page it allocates.
	poolMemoryResident = 128 << 10
	poolTableResident  = 16 << 10
	poolRoom           = (poolSlots + 1) * (memoryReservation + memoryGuard)
)

// layOut sets how memories are laid out, and that contracts may have a mirror.
func layOut(config *wasmtime.Config) {
	C.hestia_config_mirror((*C.wasm_config_t)(pointer(config)))
	C.hestia_config_memory((*C.wasm_config_t)(pointer(config)), memoryReservation, memoryGuard)
}

// pool is a unit with few places.
type pool struct {
	unit
	free atomic.Int32
}

// newPool returns nil where the machine has not the address space.
func newPool() (*pool, error) {
	if C.hestia_has_room(poolRoom) == 0 {
		return nil, nil
	}
	config := features()
	layOut(config)
	C.hestia_config_pool((*C.wasm_config_t)(pointer(config)), &C.hestia_pool{
		slots: poolSlots, tables: poolTables, table_entries: poolTableEntries, memory: poolMemory,
		memory_resident: poolMemoryResident, table_resident: poolTableResident,
	})
	p := &pool{unit: unit{engine: wasmtime.NewEngineWithConfig(config)}}
	p.free.Store(poolSlots)
	var err error
	if p.linker, err = newLinker(p.engine); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// enter takes a place, false where none is free.
func (p *pool) enter() bool {
	if p.free.Add(-1) >= 0 {
		return true
	}
	p.free.Add(1)
	return false
}

func (p *pool) leave() { p.free.Add(1) }
