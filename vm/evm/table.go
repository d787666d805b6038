package evm

import (
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"

	"hestia/frame"
)

// A table is made from geth's for the rules of a block. Its calls and creations are ours, so that they open frames of
// the machine for code of any kind. geth prices them, except that the limit of creation data is the schedule's.

// tableKey is all that a table depends on.
type tableKey struct {
	rules   params.Rules
	watched bool // hooks want to hear of destructions
}

// tables holds the tables made so far, by tableKey: making one takes geth 20 us.
var tables sync.Map

// tableFor returns the table of a block.
func tableFor(key tableKey) *gethvm.JumpTable {
	if made, ok := tables.Load(key); ok {
		return made.(*gethvm.JumpTable)
	}
	made, _ := tables.LoadOrStore(key, makeTable(key))
	return made.(*gethvm.JumpTable)
}

func makeTable(key tableKey) *gethvm.JumpTable {
	table := geths(key.rules)
	for op, execute := range map[gethvm.OpCode]execution{
		gethvm.CALL:         caller(frame.PlainCall),
		gethvm.CALLCODE:     caller(frame.CallCode),
		gethvm.DELEGATECALL: caller(frame.CallDelegate),
		gethvm.STATICCALL:   caller(frame.CallStatic),
		gethvm.CREATE:       creator(gethvm.CREATE),
		gethvm.CREATE2:      creator(gethvm.CREATE2),
	} {
		if !entryOf(table, op).undefined() {
			*ownEntry(table, op).execute() = execute
		}
	}
	if key.rules.IsShanghai {
		before := geths(params.Rules{IsLondon: true})
		for _, op := range []gethvm.OpCode{gethvm.CREATE, gethvm.CREATE2} {
			*entryOf(table, op).dynamicGas() = creationGas(*entryOf(before, op).dynamicGas())
		}
	}
	if key.watched {
		destruct := ownEntry(table, gethvm.SELFDESTRUCT).execute()
		*destruct = destructor(*destruct)
	}
	return table
}

// geths returns geth's table, whose entries other tables may share.
func geths(rules params.Rules) *gethvm.JumpTable {
	table, err := gethvm.LookupInstructionSet(rules)
	if err != nil {
		panic(err) // only for the Verkle rules, which no config has
	}
	return &table
}

// pop removes the top of a stack.
var pop = *entryOf(geths(params.Rules{}), gethvm.POP).execute()

// drop removes n words from the stack. POP returns no error.
func drop(n int, evm *gethvm.EVM, scope *gethvm.ScopeContext) {
	for range n {
		_, _ = pop(nil, evm, scope)
	}
}

// creationGas prices a creation since Shanghai: before is the price until then, and the words of the data and their
// limit come on top. geth's own function has the limit of EVM code for all kinds.
func creationGas(before metering) metering {
	return func(
		evm *gethvm.EVM, contract *gethvm.Contract, stack *gethvm.Stack, memory *gethvm.Memory, needed uint64,
	) (gethvm.GasCosts, error) {
		costs, err := before(evm, contract, stack, memory, needed)
		if err != nil {
			return costs, err
		}
		words := stack.Data()
		offset, size := &words[len(words)-2], words[len(words)-3].Uint64() // needed covers size, so it fits
		if limit := runnerOf(evm).InitcodeLimit(beginning(memory.Data(), offset.Uint64(), size)); size > limit {
			return costs, fmt.Errorf(
				"%w: code size %v limit %v", gethvm.ErrMaxInitCodeSizeExceeded, size, limit,
			)
		}
		costs.ExecutionGas += (size + 31) / 32 * params.InitCodeWordGas
		return costs, nil
	}
}

// beginning returns the first bytes of a window of memory, as many as say what kind of code it is. Memory has not
// grown yet: what is outside is zeros.
func beginning(memory []byte, offset, size uint64) []byte {
	var first [4]byte
	if all := uint64(len(memory)); offset < all {
		copy(first[:], memory[offset:])
	}
	return first[:min(size, uint64(len(first)))]
}

// destructor returns SELFDESTRUCT that calls the hooks as geth does: as for a frame in which nothing runs.
func destructor(destruct execution) execution {
	return func(pc *uint64, evm *gethvm.EVM, scope *gethvm.ScopeContext) ([]byte, error) {
		r, self, words := runnerOf(evm), scope.Contract.Address(), scope.Stack.Data()
		heir, value := addressIn(&words[len(words)-1]), evm.StateDB.GetBalance(self).ToBig()
		output, err := destruct(pc, evm, scope)
		if err != gethvm.ErrWriteProtection { // which is the only one that does not end the frame well
			depth := r.frame.Depth + 1
			r.Hooks.EmitEnter(depth, byte(gethvm.SELFDESTRUCT), self, heir, []byte{}, tracing.Gas{}, value)
			r.Hooks.EmitExit(depth, []byte{}, tracing.Gas{}, tracing.Gas{}, nil, false)
		}
		return output, err
	}
}
