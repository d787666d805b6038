package wasmtime

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"sync"

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

var errFaults = errors.New("faults of contracts' memories cannot be had")

// takeFaults readies the process to watch memories, once. It must come after wasmtime has done so, which the first engine does.
var takeFaults = sync.OnceValue(func() error {
	if C.hestia_watches() == 0 {
		return errFaults
	}
	return nil
})

// pool is a unit with few places. A place keeps the instance that ran there last, and its contract's next call takes it up
// again (docs/adr/0016).
type pool struct {
	unit
	mu     sync.Mutex
	places []*place
	turns  uint64 // how many runs there were
}

// place is where one instance at a time stands.
type place struct {
	c      *C.hestia_place
	slot   *slot // of the calls that run here
	taken  bool
	tenant *native // whose instance may stand here
	last   uint64  // turn
}

func newPlace() *place {
	p := &place{c: (*C.hestia_place)(C.calloc(1, C.sizeof_hestia_place)), slot: takeSlot(nil)}
	p.slot.frame.place = p.c
	return p
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
	if err := takeFaults(); err != nil {
		p.engine.Close()
		return nil, err
	}
	for range poolSlots {
		p.places = append(p.places, newPlace())
	}
	var err error
	if p.linker, err = newLinker(p.engine); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// load takes machine code for the pool.
func (p *pool) load(image []byte) (*native, error) {
	b, err := p.unit.load(image)
	if err == nil {
		b.pool = p
	}
	return b, err
}

// enter takes a place for a contract, nil where none is free: where it stands already, else an empty one, else the one that
// was longest not used.
func (p *pool) enter(b *native) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *place
	for _, each := range p.places {
		switch {
		case each.taken:
			continue
		case each.tenant == b && (best == nil || best.tenant != b || best.last < each.last):
			best = each
		case best == nil || best.tenant != b && each.last < best.last:
			best = each
		}
	}
	if best != nil {
		p.turns++
		best.taken, best.tenant, best.last = true, b, p.turns
	}
	return best
}

// leave gives a place back. One where nobody stands is the first to be taken.
func (p *pool) leave(used *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	used.taken = false
	if used.c.store == nil {
		used.tenant, used.last = nil, 0
	}
}

// vacate removes the instances of a contract, which does not run.
func (p *pool) vacate(b *native) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, each := range p.places {
		if each.tenant == b {
			C.hestia_vacate(each.c)
			each.tenant, each.last = nil, 0
		}
	}
}

func (p *pool) close() {
	for _, each := range p.places {
		each.slot.frame.place = nil
		each.slot.give()
		C.hestia_place_delete(each.c)
	}
	p.unit.close()
}
