// Package wasm is the codec between a WebAssembly binary and a Module: every section, function bodies down to single
// instructions, and back to the same bytes. It covers the MVP, sign extension, bulk memory, multi-value, mutable
// globals, non-trapping conversions and reference types, and refuses everything newer.
//
// It knows the grammar of the binary format and nothing else: it checks no types, looks up no index, counts no gas and
// applies no rule of Ethereum. Start at Decode and Module.Encode; the model is in module.go, the instructions in
// opcode.go, and each section has its reader and its writer side by side in a section file. What every pass over code
// needs is here too: Nest follows which constructs are open (nest.go), and the table of opcodes has their immediates
// and arities (opcode_table.go). An instruction is added with a constant and a row there.
//
// Section files quote the grammar of the specification, https://webassembly.github.io/spec/core/binary/modules.html: x*
// is any number of x, vec(x) a count in LEB128 and so many x.
package wasm

import "fmt"

// DecodeError is the first rule of the binary format that a binary breaks, and its place.
type DecodeError struct {
	Offset uint32 // of the offending byte in the module
	Place  string // "code section: function 3"; "module" outside of sections
	Reason string // the rule that is broken
}

// Error is the place and the reason in one line.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("offset 0x%x: %s: %s", e.Offset, e.Place, e.Reason)
}

// magic and version open every module.
const (
	magic   = "\x00asm"
	version = "\x01\x00\x00\x00"
)

// The section identifiers of the binary.
const (
	customSection byte = iota
	typeSection
	importSection
	functionSection
	tableSection
	memorySection
	globalSection
	exportSection
	startSection
	elementSection
	codeSection
	dataSection
	dataCountSection
)

// section is how one kind of section is read and written.
type section struct {
	name, item string // what an error calls the section and one of its items
	read       func(*reader)
	write      func(*writer)
}

// sectionOrder is the order of sections in the binary; custom sections may stand anywhere.
var sectionOrder = [...]byte{
	typeSection, importSection, functionSection, tableSection, memorySection, globalSection, exportSection,
	startSection, elementSection, dataCountSection, codeSection, dataSection,
}

// sections describes every kind of section, by identifier.
var sections [dataCountSection + 1]section

// An initializer would be a cycle: the readers name their section in error messages, from this table.
func init() {
	sections = [...]section{
		customSection:    {"custom", "", (*reader).custom, nil},
		typeSection:      {"type", "type", (*reader).types, (*writer).types},
		importSection:    {"import", "import", (*reader).imports, (*writer).imports},
		functionSection:  {"function", "function", (*reader).functions, (*writer).functions},
		tableSection:     {"table", "table", (*reader).tables, (*writer).tables},
		memorySection:    {"memory", "memory", (*reader).memories, (*writer).memories},
		globalSection:    {"global", "global", (*reader).globals, (*writer).globals},
		exportSection:    {"export", "export", (*reader).exports, (*writer).exports},
		startSection:     {"start", "", (*reader).start, (*writer).start},
		elementSection:   {"element", "segment", (*reader).elements, (*writer).elements},
		codeSection:      {"code", "function", (*reader).codes, (*writer).codes},
		dataSection:      {"data", "segment", (*reader).data, (*writer).data},
		dataCountSection: {"data count", "", (*reader).dataCount, (*writer).dataCount},
	}
}

// items is how many items the module has for a section. A section without any is left out.
func (m *Module) items(id byte) int {
	return [...]int{
		typeSection:      len(m.Types),
		importSection:    len(m.Imports),
		functionSection:  len(m.Functions),
		tableSection:     len(m.Tables),
		memorySection:    len(m.Memories),
		globalSection:    len(m.Globals),
		exportSection:    len(m.Exports),
		startSection:     present(m.Start),
		elementSection:   len(m.Elements),
		codeSection:      len(m.Codes),
		dataSection:      len(m.Data),
		dataCountSection: present(m.DataCount),
	}[id]
}

// present is 1 for a section of a single number that is there.
func present(value *uint32) int {
	if value == nil {
		return 0
	}
	return 1
}
