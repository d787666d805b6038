package contracts

import "encoding/binary"

// Section numbers and type codes of the wasm binary format that a creation module needs.
const (
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

// Deploy returns a creation module for runtime: its main hands the runtime to ethereum.finish, so the runtime becomes
// the new account's code unchanged.
//
// The module has one data segment at address 0 with the runtime, just enough memory pages for it, and the two exports
// that a contract must have. It is about 90 bytes longer than the runtime. A runtime that is not a contract is
// wrapped all the same, and refused by the node when it is deployed.
func Deploy(runtime []byte) []byte {
	size := uint64(len(runtime))
	pages := max(1, (size+wasmPage-1)/wasmPage)

	module := make([]byte, 0, len(runtime)+128)
	module = append(module, "\x00asm\x01\x00\x00\x00"...)
	module = appendSection(module, sectionType, vector(
		[]byte{typeFunc, 2, typeI32, typeI32, 0}, // 0: finish
		[]byte{typeFunc, 0, 0},                   // 1: main
	))
	module = appendSection(module, sectionImport, vector(
		append(append(name("ethereum"), name("finish")...), externFunc, 0),
	))
	module = appendSection(module, sectionFunction, vector([]byte{1}))
	module = appendSection(module, sectionMemory, vector(binary.AppendUvarint([]byte{0}, pages)))
	module = appendSection(module, sectionExport, vector(
		append(name("memory"), externMemory, 0),
		append(name("main"), externFunc, 1),
	))
	module = appendSection(module, sectionCode, vector(sized(finishBody(int64(size)))))
	return appendSection(module, sectionData, vector(
		append([]byte{0, opI32Const, 0, opEnd}, sized(runtime)...),
	))
}

// finishBody is a function without locals that calls function 0, finish, with the size bytes at address 0.
func finishBody(size int64) []byte {
	body := []byte{0, opI32Const, 0, opI32Const}
	body = appendVarint(body, size)
	return append(body, opCall, 0, opEnd)
}

func appendSection(module []byte, id byte, content []byte) []byte {
	return append(append(module, id), sized(content)...)
}

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
