package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file recognizes induction variables that are pointers. One that steps by several bytes may pass its bound, if
// that is no constant, and wrap; but then it has been an address beyond the end of every memory, and the loop has
// trapped.

// longestStep is how far the end of every memory is from the end of the address space, in bytes: a page.
const longestStep = 1 << 16

// longestValue is how many instructions may compute what is stored at a pointer.
const longestValue = 64

// isAddress reports whether the local goes on while it is less than the bound, and every iteration reads or writes
// memory at the local, as it is before the step. An iteration after which the local would wrap has it in the last bytes
// of the address space, so that the loop traps. The local then either reaches or passes the bound without wrapping, or
// nothing is observed.
func (p *path) isAddress(l *loopFinder) bool {
	if p.while != wasm.OpI32LtU || p.step <= 0 || p.step > longestStep || !l.space.endsEarly() {
		return false
	}
	owner, set := l.blocks.owner, p.setOnce(l.body, p.local)
	for i := p.at + 1; i < set; i++ {
		in, own := &l.body[i], owner[i]
		if own == dead || in.Op < wasm.OpI32Load || in.Op > wasm.OpI64Store32 {
			continue
		}
		address := &l.body[l.addressOf(i)]
		if address.Op != wasm.OpLocalGet || address.X != p.local {
			continue
		}
		_, head := slices.BinarySearch(p.head, own)
		if _, tail := slices.BinarySearch(p.tail, own); head || tail {
			return true
		}
	}
	return false
}

// addressOf returns the index of the instruction that leaves the address of a load or store, which stands at an index,
// if it is in the same block and not far; else the index itself.
func (l *loopFinder) addressOf(access int) int {
	missing := 0 // operands that leave the value to be stored
	if l.body[access].Op >= wasm.OpI32Store {
		missing = 1
	}
	for i := access - 1; i >= max(0, access-longestValue) && l.blocks.owner[i] == l.blocks.owner[access]; i-- {
		if missing == 0 {
			return i
		}
		pops, pushes, _, err := l.space.effect(&l.body[i])
		if err != nil || pushes > missing {
			return access
		}
		missing += pops - pushes
	}
	return access
}

// endsEarly reports whether every memory ends a page or more before the end of the address space.
func (sp *space) endsEarly() bool {
	return !slices.ContainsFunc(sp.memories, func(l wasm.Limits) bool { return !l.HasMax || l.Max >= longestStep })
}
