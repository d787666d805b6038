package eei

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/frame"
)

// puppet is code of one kind being written. Each method adds a step; what a step finds out is a word of the output.
// Both kinds do the same work in the same order, so all that a test sees of them must be the same.
type puppet interface {
	store(key, value byte)                                             // storage
	hold(key, value byte)                                              // transient storage
	held(key byte)                                                     // transient storage -> output
	log(topic byte)                                                    // with one byte of data
	balance(of common.Address)                                         // -> output
	value()                                                            // of the call -> output
	call(kind frame.CallKind, to common.Address, gas uint64, wei byte) // success, size of data, data -> output
	create(salt *byte, wei byte, code []byte)                          // success, size of data, data -> output
	finish()                                                           // with the output
	finishWith(data []byte)
	revert() // with the output
	halt()
	burn() // all gas
	selfDestruct(heir common.Address)
	bytes(t testing.TB) []byte
}

// codeKind is a kind of code.
type codeKind string

const (
	evmKind  codeKind = "evm"
	wasmKind codeKind = "wasm"
)

var codeKinds = []codeKind{evmKind, wasmKind}

// write returns the code of a kind that takes the steps.
func (k codeKind) write(t testing.TB, steps func(puppet)) []byte {
	t.Helper()
	var p puppet = &wasmPuppet{outputs: outputs{outputAt}, pool: poolAt}
	if k == evmKind {
		e := &evmPuppet{outputs: outputs{outputAt}}
		e.push(0).push(memorySize - 1).op(gethvm.MSTORE8) // all memory is paid for here
		p = e
	}
	steps(p)
	return p.bytes(t)
}

// Where things are in the memory of both kinds.
const (
	outputAt   = 0x100  // words and data, in order
	codeAt     = 0x1000 // creation data, and data to finish with
	memorySize = 0x4000
	poolAt     = 0x4000 // constants, in wasm alone
	dataRoom   = 0x300  // for the data that a frame returns, which is no longer
)

// outputs hands out the places of the output.
type outputs struct{ next int }

func (o *outputs) take(size int) int {
	at := o.next
	o.next += size
	return at
}

// size returns how much of the output a frame returns.
func (o *outputs) size() int { return min(o.next-outputAt, dataRoom) }

// evmPuppet writes EVM code.
type evmPuppet struct {
	outputs
	code  []byte
	data  []byte
	fixes map[int]int // place of a two-byte operand -> offset in data that it means
}

func (p *evmPuppet) op(ops ...gethvm.OpCode) *evmPuppet {
	for _, op := range ops {
		p.code = append(p.code, byte(op))
	}
	return p
}

func (p *evmPuppet) push(number uint64) *evmPuppet {
	return p.pushWord(uint256.NewInt(number))
}

func (p *evmPuppet) pushAddress(a common.Address) *evmPuppet {
	return p.pushWord(new(uint256.Int).SetBytes(a[:]))
}

// pushWord always takes 32 bytes.
func (p *evmPuppet) pushWord(word *uint256.Int) *evmPuppet {
	bytes := word.Bytes32()
	p.op(gethvm.PUSH32)
	p.code = append(p.code, bytes[:]...)
	return p
}

// keep stores the top of the stack as a word of the output.
func (p *evmPuppet) keep() { p.push(uint64(p.take(32))).op(gethvm.MSTORE) }

// load copies data to codeAt.
func (p *evmPuppet) load(data []byte) {
	p.push(uint64(len(data))).op(gethvm.PUSH2)
	if p.fixes == nil {
		p.fixes = map[int]int{}
	}
	p.fixes[len(p.code)] = len(p.data)
	p.code = append(p.code, 0, 0)
	p.push(codeAt).op(gethvm.CODECOPY)
	p.data = append(p.data, data...)
}

func (p *evmPuppet) store(key, value byte) { p.push(uint64(value)).push(uint64(key)).op(gethvm.SSTORE) }

func (p *evmPuppet) hold(key, value byte) { p.push(uint64(value)).push(uint64(key)).op(gethvm.TSTORE) }
func (p *evmPuppet) held(key byte)        { p.push(uint64(key)).op(gethvm.TLOAD).keep() }
func (p *evmPuppet) log(topic byte)       { p.push(uint64(topic)).push(1).push(0).op(gethvm.LOG1) }
func (p *evmPuppet) value()               { p.op(gethvm.CALLVALUE).keep() }

func (p *evmPuppet) balance(of common.Address) { p.pushAddress(of).op(gethvm.BALANCE).keep() }

func (p *evmPuppet) call(kind frame.CallKind, to common.Address, gas uint64, wei byte) {
	p.push(0).push(0).push(1).push(0) // no window for the output; one byte of input
	op := gethvm.STATICCALL
	switch kind {
	case frame.PlainCall:
		op = gethvm.CALL
	case frame.CallCode:
		op = gethvm.CALLCODE
	case frame.CallDelegate:
		op = gethvm.DELEGATECALL
	}
	if op == gethvm.CALL || op == gethvm.CALLCODE {
		p.push(uint64(wei))
	}
	p.pushAddress(to).push(gas).op(op).keep()
	p.returned()
}

// returned keeps the size and the bytes of the return data.
func (p *evmPuppet) returned() {
	p.op(gethvm.RETURNDATASIZE).keep()
	p.op(gethvm.RETURNDATASIZE).push(0).push(uint64(p.take(dataRoom))).op(gethvm.RETURNDATACOPY)
}

func (p *evmPuppet) create(salt *byte, wei byte, code []byte) {
	p.load(code)
	op := gethvm.CREATE
	if salt != nil {
		op = gethvm.CREATE2
		p.push(uint64(*salt))
	}
	p.push(uint64(len(code))).push(codeAt).push(uint64(wei)).op(op, gethvm.ISZERO, gethvm.ISZERO).keep()
	p.returned()
}

func (p *evmPuppet) finish() { p.push(uint64(p.size())).push(outputAt).op(gethvm.RETURN) }
func (p *evmPuppet) revert() { p.push(uint64(p.size())).push(outputAt).op(gethvm.REVERT) }
func (p *evmPuppet) halt()   { p.op(gethvm.INVALID) }

func (p *evmPuppet) finishWith(data []byte) {
	p.load(data)
	p.push(uint64(len(data))).push(codeAt).op(gethvm.RETURN)
}

func (p *evmPuppet) burn() {
	at := uint64(len(p.code))
	p.op(gethvm.JUMPDEST).push(at).op(gethvm.JUMP)
}

func (p *evmPuppet) selfDestruct(heir common.Address) { p.pushAddress(heir).op(gethvm.SELFDESTRUCT) }

func (p *evmPuppet) bytes(testing.TB) []byte {
	p.op(gethvm.STOP)
	for at, offset := range p.fixes {
		binary.BigEndian.PutUint16(p.code[at:], uint16(len(p.code)+offset))
	}
	return append(p.code, p.data...)
}

// wasmPuppet writes WebAssembly.
type wasmPuppet struct {
	outputs
	parts []string
	pool  int // where the next constant goes
	code  int // where the next piece of code goes, from codeAt
}

func (p *wasmPuppet) add(part string) { p.parts = append(p.parts, part) }

// constant lays bytes into memory and returns where.
func (p *wasmPuppet) constant(bytes []byte) int {
	at := p.pool
	p.pool += (len(bytes) + 31) / 32 * 32
	p.add(data(at, bytes))
	return at
}

func (p *wasmPuppet) word(number byte) int { return p.constant(word(number)) }

// keep stores a number below 256 as a word of the output.
func (p *wasmPuppet) keep(expression string) {
	p.add(fmt.Sprintf("(i32.store8 (i32.const %d) %s)", p.take(32)+31, expression))
}

// keepAmount swaps the lowest four bytes of an amount into a word of the output.
func (p *wasmPuppet) keepAmount(at int) {
	for i, to := 0, p.take(32)+31; i < 4; i++ {
		p.add(fmt.Sprintf("(i32.store8 (i32.const %d) (i32.load8_u (i32.const %d)))", to-i, at+i))
	}
}

func (p *wasmPuppet) store(key, value byte) { p.add(do("storageStore", p.word(key), p.word(value))) }

func (p *wasmPuppet) hold(key, value byte) { p.add(do("transientStore", p.word(key), p.word(value))) }
func (p *wasmPuppet) held(key byte)        { p.add(do("transientLoad", p.word(key), p.take(32))) }
func (p *wasmPuppet) log(topic byte)       { p.add(do("log", 0, 1, 1, p.word(topic), 0, 0, 0)) }

func (p *wasmPuppet) balance(of common.Address) {
	at := p.constant(make([]byte, 16))
	p.add(do("getExternalBalance", p.constant(of[:]), at))
	p.keepAmount(at)
}

func (p *wasmPuppet) value() {
	at := p.constant(make([]byte, 16))
	p.add(do("getCallValue", at))
	p.keepAmount(at)
}

func (p *wasmPuppet) call(kind frame.CallKind, to common.Address, gas uint64, wei byte) {
	target := p.constant(to[:])
	answer := ""
	switch kind {
	case frame.PlainCall:
		answer = get("call", gas, target, p.constant(amount(uint64(wei))), 0, 1)
	case frame.CallCode:
		answer = get("callCode", gas, target, p.constant(amount(uint64(wei))), 0, 1)
	case frame.CallDelegate:
		answer = get("callDelegate", gas, target, 0, 1)
	case frame.CallStatic:
		answer = get("callStatic", gas, target, 0, 1)
	}
	p.keep("(i32.eqz " + answer + ")")
	p.returned()
}

func (p *wasmPuppet) returned() {
	size := get("getReturnDataSize")
	p.keep("(i32.and (i32.const 255) " + size + ")")
	p.add(fmt.Sprintf("(i32.store8 (i32.const %d) (i32.shr_u %s (i32.const 8)))", p.next-2, size))
	p.add(do("returnDataCopy", p.take(dataRoom), 0, size))
}

func (p *wasmPuppet) create(salt *byte, wei byte, code []byte) {
	at := codeAt + p.code
	p.code += len(code)
	p.add(data(at, code))
	value, result := p.constant(amount(uint64(wei))), p.constant(make([]byte, 20))
	answer := get("create", value, at, len(code), result)
	if salt != nil {
		answer = get("create2", value, at, len(code), p.word(*salt), result)
	}
	p.keep("(i32.eqz " + answer + ")")
	p.returned()
}

func (p *wasmPuppet) finish() { p.add(finish(outputAt, p.size())) }
func (p *wasmPuppet) revert() { p.add(do("revert", outputAt, p.size())) }
func (p *wasmPuppet) halt()   { p.add("unreachable") }
func (p *wasmPuppet) burn()   { p.add(do("useGas", 1<<40)) } // instructions are free here

func (p *wasmPuppet) finishWith(bytes []byte) {
	at := codeAt + p.code
	p.code += len(bytes)
	p.add(data(at, bytes))
	p.add(finish(at, len(bytes)))
}

func (p *wasmPuppet) selfDestruct(heir common.Address) {
	p.add(do("selfDestruct", p.constant(heir[:])))
}

func (p *wasmPuppet) bytes(t testing.TB) []byte { return contract(t, p.parts...) }
