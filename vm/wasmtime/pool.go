package wasmtime

// #include <stdlib.h>
// #include "frame.h"
// #include "mirror.h"
// #include "pool.h"
// #include "slot.h"
import "C"

import (
	"errors"
	"sync"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// An instance made on demand maps and unmaps its memory, which costs more than most contracts' work. So an engine of
// its own prepares a few slots, hands them out and clears them (docs/adr/0006). If none is free (deeply nested
// calls), an instance is allocated on demand; results do not differ.

// The layout of linear memories is the same on demand and in the pool, or compiled code would differ. All that 32
// bits can address is reserved. The guard is never empty: RUSTSEC-2026-0088 is about pools without one.
const (
	memoryReservation = 4 << 30
	memoryGuard       = 32 << 20
)

const (
	poolSlots        = 12 // the memory of each takes some 4 GiB of address space
	poolTables       = 16
	poolTableEntries = 1 << 16
	poolMemory       = memoryReservation
	// The bytes cleared in place: a contract's own data, its stack as toolchains place it, and the first page it
	// allocates.
	poolMemoryResident = 128 << 10
	poolTableResident  = 16 << 10
	poolRoom           = (poolSlots + 1) * (memoryReservation + memoryGuard)
)

// layOut sets the layout of memories, and that contracts may have a mirror.
func layOut(config *wasmtime.Config) {
	C.hestia_config_mirror((*C.wasm_config_t)(pointer(config)))
	C.hestia_config_memory((*C.wasm_config_t)(pointer(config)), memoryReservation, memoryGuard)
}

var errFaults = errors.New("cannot handle faults in contracts' memories")

// takeFaults prepares the process to watch memories, once. It must come after wasmtime installs its own handler,
// which the first engine does.
var takeFaults = sync.OnceValue(func() error {
	if C.hestia_watches() == 0 {
		return errFaults
	}
	return nil
})

// pool is a unit with few slots. A slot keeps the instance that ran there last, for the next call of the same contract
// (docs/adr/0016).
type pool struct {
	unit
	mu    sync.Mutex
	slots []*slot
	turns uint64 // how many runs there were
}

// slot holds one instance at a time.
type slot struct {
	c      *C.hestia_slot
	run    *run // of the calls that run here
	taken  bool
	tenant *native // whose instance may stand here
	last   uint64  // turn
}

func newSlot() *slot {
	s := &slot{c: (*C.hestia_slot)(C.calloc(1, C.sizeof_hestia_slot)), run: takeRun(nil)}
	s.run.frame.input.slot = s.c
	return s
}

// newPool returns nil if the machine lacks the address space.
func newPool() (*pool, error) {
	if C.hestia_has_room(poolRoom) == 0 {
		return nil, nil
	}
	config := laidOut()
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
		p.slots = append(p.slots, newSlot())
	}
	var err error
	if p.linker, err = newLinker(p.engine); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// enter takes a slot for a contract, nil if none is free. It prefers one with the contract's instance, then an empty
// one, then the one that was used least recently.
func (p *pool) enter(b *native) *slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *slot
	for _, each := range p.slots {
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

// leave gives a slot back. An empty one is the first to be taken again.
func (p *pool) leave(used *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	used.taken = false
	if used.c.store == nil {
		used.tenant, used.last = nil, 0
	}
}

// vacate removes the instances of a contract, which must not run.
func (p *pool) vacate(b *native) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, each := range p.slots {
		if each.tenant == b {
			C.hestia_vacate(each.c)
			each.tenant, each.last = nil, 0
		}
	}
}

func (p *pool) close() {
	for _, each := range p.slots {
		each.run.frame.input.slot = nil
		each.run.give()
		C.hestia_slot_delete(each.c)
	}
	p.unit.close()
}
