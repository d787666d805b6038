package vm

import (
	"math"

	"github.com/ethereum/go-ethereum/params"

	"hestia/ewasm"
	"hestia/gas"
)

// kind is what runs a code.
type kind uint8

// The kinds of code. Its first bytes say which it is, of deployed code and creation data alike.
const (
	noCode      kind = iota // there is nothing to run
	wasmCode                // begins with \0asm
	evmCode                 // anything else
	unknownCode             // anything else, if the schedule runs no EVM code
)

// kindOf returns the kind of code under the machine's rules.
func (m *Machine) kindOf(code []byte) kind { return kindOf(code, &m.Schedule.Limits) }

func kindOf(code []byte, limits *gas.Limits) kind {
	switch {
	case len(code) == 0:
		return noCode
	case limits.Wasm && ewasm.IsWasm(code):
		return wasmCode
	case limits.EVM:
		return evmCode
	}
	return unknownCode
}

// IsWasm reports whether code begins as WebAssembly does.
func IsWasm(code []byte) bool { return ewasm.IsWasm(code) }

// codeLimit returns the most bytes that code may have to be deployed. EVM code has a limit since Spurious Dragon.
func (m *Machine) codeLimit(code []byte) int {
	switch limits := &m.Schedule.Limits; {
	case m.kindOf(code) != evmCode:
		return limits.Code
	case m.Rules.IsEIP158:
		return limits.EVMCode
	}
	return math.MaxInt
}

// InitcodeLimit returns the most bytes that creation data may have which begins like that. EVM code has a limit since
// Shanghai.
func InitcodeLimit(beginning []byte, limits *gas.Limits, rules *params.Rules) int {
	switch {
	case kindOf(beginning, limits) != evmCode && limits.Wasm:
		return limits.Initcode
	case rules.IsShanghai:
		return limits.EVMInitcode
	}
	return math.MaxInt
}
