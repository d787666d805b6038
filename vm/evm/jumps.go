package evm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
)

// jumpBytes bounds what is kept of codes' jump destinations: an eighth of the codes' size.
const jumpBytes = 32 << 20

// known holds the jump destinations of codes by their hash, for all runners of the process. They follow from the code
// alone.
var known = lru.NewSizeConstrainedCache[common.Hash, gethvm.BitVec](jumpBytes)

// jumps is a gethvm.JumpDestCache. What one transaction has asked for stays as long as the transaction runs, so that no
// order of calls makes it pay once and have the same code analysed again and again.
type jumps map[common.Hash]gethvm.BitVec

// Load returns the destinations of the code with that hash, false if they are not known.
func (j jumps) Load(hash common.Hash) (gethvm.BitVec, bool) {
	if bits, ok := j[hash]; ok {
		return bits, true
	}
	bits, ok := known.Get(hash)
	if ok {
		j[hash] = bits
	}
	return bits, ok
}

// Store keeps the destinations of the code with that hash.
func (j jumps) Store(hash common.Hash, bits gethvm.BitVec) {
	j[hash] = bits
	known.Add(hash, bits)
}
