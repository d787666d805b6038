package contracts

import (
	"encoding/binary"
	"slices"
)

// Section numbers and type codes of the wasm binary format that a creation module needs.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionMemory   = 5
	sectionExport   = 7
	sectionCode     = 10
	sectionData     = 11

	typeI32  = 0x7f
	typeFunc = 0x60

	externFunc   = 0
	externMemory = 2

	opEnd      = 0x0b
	opCall     = 0x10
	opI32Const = 0x41

	wasmPage = 65536 // bytes
)

// The custom sections that end the module of creation data, under every schedule but byzantium.
const (
	argumentsSection = "args"
	runtimeSection   = "runtime"
)

// emptyConstructor is a module whose main does nothing.
var emptyConstructor = slices.Concat(
	[]byte("\x00asm\x01\x00\x00\x00"),
	section(sectionType, vector([]byte{typeFunc, 0, 0})),
	section(sectionFunction, vector([]byte{0})),
	section(sectionMemory, vector([]byte{0, 0})),
	section(sectionExport, vector(
		append(name("memory"), externMemory, 0),
		append(name("main"), externFunc, 0),
	)),
	section(sectionCode, vector(sized([]byte{0, opEnd}))),
)

// Deploy returns creation data for runtime: a module whose main does nothing, ended by a custom section "runtime",
// whose content becomes the new account's code unchanged. It is about 60 bytes longer than the runtime. Bytes that are
// appended to it are the calldata of a constructor that ignores them.
//
// All schedules but byzantium know the section; under that one, use Finishing. A runtime that is not a contract is
// wrapped all the same, and refused by the node when it is deployed.
func Deploy(runtime []byte) []byte { return WithRuntime(emptyConstructor, runtime) }

// WithRuntime returns creation data whose constructor is a module and which deploys runtime. The bytes appended to it
// are the constructor's calldata.
func WithRuntime(constructor, runtime []byte) []byte {
	return slices.Concat(constructor, section(sectionCustom, append(name(runtimeSection), runtime...)))
}

// WithArguments returns a creation module ended by a custom section "args": the bytes appended to it are the
// constructor's calldata.
func WithArguments(constructor []byte) []byte {
	return slices.Concat(constructor, section(sectionCustom, name(argumentsSection)))
}

// Finishing returns a creation module for runtime that every schedule understands: its main hands the runtime to
// ethereum.finish, so the runtime becomes the new account's code unchanged.
//
// The module has one data segment at address 0 with the runtime, just enough memory pages for it, and the two exports
// that a contract must have. It is about 90 bytes longer than the runtime.
func Finishing(runtime []byte) []byte {
	size := uint64(len(runtime))
	pages := max(1, (size+wasmPage-1)/wasmPage)

	return slices.Concat(
		[]byte("\x00asm\x01\x00\x00\x00"),
		section(sectionType, vector(
			[]byte{typeFunc, 2, typeI32, typeI32, 0}, // 0: finish
			[]byte{typeFunc, 0, 0},                   // 1: main
		)),
		section(sectionImport, vector(
			append(append(name("ethereum"), name("finish")...), externFunc, 0),
		)),
		section(sectionFunction, vector([]byte{1})),
		section(sectionMemory, vector(binary.AppendUvarint([]byte{0}, pages))),
		section(sectionExport, vector(
			append(name("memory"), externMemory, 0),
			append(name("main"), externFunc, 1),
		)),
		section(sectionCode, vector(sized(finishBody(int64(size))))),
		section(sectionData, vector(
			append([]byte{0, opI32Const, 0, opEnd}, sized(runtime)...),
		)),
	)
}

// finishBody is a function without locals that calls function 0, finish, with the size bytes at address 0.
func finishBody(size int64) []byte {
	body := []byte{0, opI32Const, 0, opI32Const}
	body = appendVarint(body, size)
	return append(body, opCall, 0, opEnd)
}

func section(id byte, content []byte) []byte { return append([]byte{id}, sized(content)...) }

// vector is wasm's list: the number of items, then the items.
func vector(items ...[]byte) []byte {
	out := binary.AppendUvarint(nil, uint64(len(items)))
	for _, item := range items {
		out = append(out, item...)
	}
	return out
}

func name(s string) []byte { return sized([]byte(s)) }

// sized puts the length of content before it.
func sized(content []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(content))), content...)
}

// appendVarint appends v as a signed LEB128 in the fewest bytes.
func appendVarint(out []byte, v int64) []byte {
	for v < -64 || v > 63 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v)&0x7f)
}
