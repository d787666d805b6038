// Package wasm is the codec between a WebAssembly binary and a Module: every section, function bodies down to single
// instructions, and back to the same bytes. It covers the MVP, sign extension, bulk memory, multi-value, mutable
// globals, non-trapping conversions and reference types, and refuses everything newer.
//
// It knows the grammar of the binary format and nothing else: no types are checked, no index is looked up, no gas is
// counted and no Ethereum rule is applied. Start at Decode and Module.Encode; the model is in module.go, the
// instructions in opcode.go, and each section has its reader and its writer side by side in a section file.
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
	count      func(*Module) int // items in the module; a section without any is left out
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
		customSection: {"custom", "", (*reader).custom, nil, nil},
		typeSection: {
			"type", "type", (*reader).types, (*writer).types,
			func(m *Module) int { return len(m.Types) },
		},
		importSection: {
			"import", "import", (*reader).imports, (*writer).imports,
			func(m *Module) int { return len(m.Imports) },
		},
		functionSection: {
			"function", "function", (*reader).functions, (*writer).functions,
			func(m *Module) int { return len(m.Functions) },
		},
		tableSection: {
			"table", "table", (*reader).tables, (*writer).tables,
			func(m *Module) int { return len(m.Tables) },
		},
		memorySection: {
			"memory", "memory", (*reader).memories, (*writer).memories,
			func(m *Module) int { return len(m.Memories) },
		},
		globalSection: {
			"global", "global", (*reader).globals, (*writer).globals,
			func(m *Module) int { return len(m.Globals) },
		},
		exportSection: {
			"export", "export", (*reader).exports, (*writer).exports,
			func(m *Module) int { return len(m.Exports) },
		},
		startSection: {
			"start", "", (*reader).start, (*writer).start,
			func(m *Module) int { return present(m.Start) },
		},
		elementSection: {
			"element", "segment", (*reader).elements, (*writer).elements,
			func(m *Module) int { return len(m.Elements) },
		},
		codeSection: {
			"code", "function", (*reader).codes, (*writer).codes,
			func(m *Module) int { return len(m.Codes) },
		},
		dataSection: {
			"data", "segment", (*reader).data, (*writer).data,
			func(m *Module) int { return len(m.Data) },
		},
		dataCountSection: {
			"data count", "", (*reader).dataCount, (*writer).dataCount,
			func(m *Module) int { return present(m.DataCount) },
		},
	}
}

// present is 1 for a section of a single number that is there.
func present(value *uint32) int {
	if value == nil {
		return 0
	}
	return 1
}
