package trace

import (
	"encoding/json"
	"hash/maphash"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
)

// Keep counts bytes that a recording keeps, as they will stand in JSON. Once it has returned an error, the recording
// keeps nothing more and ends with that error; Keep itself ends the run.
type Keep func(bytes int) error

// What a recording keeps beside the bytes it shows, in bytes.
const (
	frameBytes = 512
	stepBytes  = 256
	logBytes   = 512
	slotBytes  = 256 // or an account
)

// bounded counts what a tracer of geth's is handed, and hands it nothing long once that is too much.
type bounded struct {
	keep     Keep
	copies   int // tracers that keep it
	failed   error
	seed     maphash.Seed
	seen     map[uint64]struct{} // slots, accounts and preimages, which tracers keep once
	codeSize func(common.Address) int
}

// Bound returns a recording that counts what its hooks are handed, for so many tracers that keep it.
func Bound(r *Recording, copies int, keep Keep) *Recording {
	b := &bounded{
		keep: keep, copies: copies, seed: maphash.MakeSeed(), seen: make(map[uint64]struct{}),
		codeSize: func(common.Address) int { return 0 },
	}
	tracing := r.Tracing
	tracing.Hooks = b.hooks(r.Tracing.Hooks)
	return &Recording{Tracing: tracing, Stop: r.Stop, Result: func() (json.RawMessage, error) {
		if b.failed != nil {
			return nil, b.failed
		}
		return r.Result()
	}}
}

// weigh counts bytes for all copies and reports whether they may be kept.
func (b *bounded) weigh(bytes int) bool {
	if b.failed == nil {
		b.failed = b.keep(b.copies * bytes)
	}
	return b.failed == nil
}

// data counts data that is shown in hex, with what stands around it, and returns it if it may be kept.
func (b *bounded) data(data []byte, around int) []byte {
	if !b.weigh(around + 2*len(data)) {
		return nil
	}
	return data
}

// first reports whether something is seen for the first time.
func (b *bounded) first(kind gethvm.OpCode, what ...[]byte) bool {
	var h maphash.Hash
	h.SetSeed(b.seed)
	_ = h.WriteByte(byte(kind)) // never fails
	for _, part := range what {
		_, _ = h.Write(part)
	}
	sum := h.Sum64()
	if _, found := b.seen[sum]; found {
		return false
	}
	b.seen[sum] = struct{}{}
	return true
}

// hooks returns the hooks with the counting in front of those that are handed something.
func (b *bounded) hooks(inner *tracing.Hooks) *tracing.Hooks {
	h := *inner
	if f := inner.OnEnter; f != nil {
		h.OnEnter = func(
			depth int, op byte, from, to common.Address, input []byte, gas uint64, value *big.Int,
		) {
			f(depth, op, from, to, b.data(input, frameBytes), gas, value)
		}
	}
	if f := inner.OnEnterV2; f != nil {
		h.OnEnterV2 = func(
			depth int, op byte, from, to common.Address, input []byte, gas tracing.Gas, value *big.Int,
		) {
			f(depth, op, from, to, b.data(input, frameBytes), gas, value)
		}
	}
	if f := inner.OnExit; f != nil {
		h.OnExit = func(depth int, output []byte, used uint64, err error, reverted bool) {
			f(depth, b.data(output, 0), used, err, reverted)
		}
	}
	if f := inner.OnExitV2; f != nil {
		h.OnExitV2 = func(depth int, output []byte, left tracing.Gas, err error, reverted bool) {
			f(depth, b.data(output, 0), left, err, reverted)
		}
	}
	if f := inner.OnLog; f != nil {
		h.OnLog = func(log *types.Log) {
			if b.weigh(logBytes + 2*len(log.Data)) {
				f(log)
			}
		}
	}
	b.opcodes(inner, &h)
	return &h
}

// opcodes is hooks for instructions, and for the start, which says where code is found. An instruction that fails
// before it does anything touches nothing, and its operands may be such that geth's tracers panic.
func (b *bounded) opcodes(inner, h *tracing.Hooks) {
	if f := inner.OnOpcode; f != nil {
		h.OnOpcode = func(
			pc uint64, op byte, gas, cost uint64, scope tracing.OpContext, data []byte, depth int, err error,
		) {
			if err == nil && b.touch(gethvm.OpCode(op), scope) {
				f(pc, op, gas, cost, scope, data, depth, err)
			}
		}
	}
	if f := inner.OnOpcodeV2; f != nil {
		h.OnOpcodeV2 = func(
			pc uint64, op byte, gas, cost tracing.Gas, scope tracing.OpContext, data []byte, depth int, err error,
		) {
			if err == nil && b.touch(gethvm.OpCode(op), scope) {
				f(pc, op, gas, cost, scope, data, depth, err)
			}
		}
	}
	if f := inner.OnTxStart; f != nil {
		h.OnTxStart = func(vm *tracing.VMContext, tx *types.Transaction, from common.Address) {
			b.codeSize = func(a common.Address) int { return len(vm.StateDB.GetCode(a)) }
			f(vm, tx, from)
		}
	}
}

// touch counts what an instruction makes tracers keep: a slot, an account with its code, or what is hashed. It reports
// whether that may be kept.
func (b *bounded) touch(op gethvm.OpCode, scope tracing.OpContext) bool {
	stack := scope.StackData()
	top := func(n int) []byte {
		if len(stack) <= n {
			return nil
		}
		word := stack[len(stack)-1-n].Bytes32()
		return word[:]
	}
	self := scope.Address()
	switch op {
	case gethvm.SLOAD, gethvm.SSTORE:
		if b.first(gethvm.SLOAD, self[:], top(0)) {
			return b.weigh(slotBytes)
		}
	case gethvm.BALANCE, gethvm.EXTCODECOPY, gethvm.EXTCODEHASH, gethvm.EXTCODESIZE, gethvm.SELFDESTRUCT:
		return b.account(top(0))
	case gethvm.CALL, gethvm.CALLCODE, gethvm.DELEGATECALL, gethvm.STATICCALL:
		return b.account(top(1))
	case gethvm.CREATE, gethvm.CREATE2:
		return b.weigh(slotBytes)
	case gethvm.KECCAK256:
		return b.hashed(scope.MemoryData(), top(0), top(1))
	}
	return b.failed == nil
}

// account counts the account of a word.
func (b *bounded) account(word []byte) bool {
	if !b.first(gethvm.BALANCE, word) {
		return b.failed == nil
	}
	return b.weigh(slotBytes + 2*b.codeSize(common.BytesToAddress(word)))
}

// hashed counts what is hashed: so many bytes of memory. EVM code may hash what memory is about to grow by, which is
// zeros: geth's tracer keeps it if that is at most maxPadding.
func (b *bounded) hashed(memory, from, length []byte) bool {
	at, n := new(big.Int).SetBytes(from), new(big.Int).SetBytes(length)
	end, size := new(big.Int).Add(at, n), int64(len(memory))
	switch {
	case end.Cmp(big.NewInt(size+maxPadding)) > 0:
		return b.failed == nil
	case end.Cmp(big.NewInt(size)) > 0:
		return b.weigh(slotBytes + 2*int(n.Int64()))
	}
	data := memory[at.Int64():end.Int64()]
	if !b.first(gethvm.KECCAK256, data) {
		return b.failed == nil
	}
	return b.weigh(slotBytes + 2*len(data))
}

// maxPadding is how many bytes geth's tracers add to memory at most, to read what it does not hold yet.
const maxPadding = 1 << 20
