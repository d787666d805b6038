package wasmtime

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
)

// nowhere is the function of a trap that has none.
const nowhere = -1

// maxFunctionName bounds a function's name in an error, in bytes, because contracts choose names.
const maxFunctionName = 64

// location is an instruction of a metered module.
type location struct {
	function int64 // index, or nowhere
	offset   uint32
}

// locatedError is the reason why a contract halted, with the place in its original code.
type locatedError struct {
	error
	at    location
	atlas *atlas
}

// Error says the cause and the place, which is found only now.
func (e *locatedError) Error() string { return e.error.Error() + e.atlas.describe(e.at) }

func (e *locatedError) Unwrap() error { return e.error }

// locate adds the place to the reason why a contract of that code halted. It leaves a fault as it is.
func (a *artefact) locate(cause error, at location, code []byte) error {
	var fault *frame.FaultError
	if errors.As(cause, &fault) || at.function == nowhere {
		return cause
	}
	a.atlas.take.Do(func() {
		a.atlas.code = code
		a.entry.cache.grow(a.entry, atlasShare*len(code))
	})
	return &locatedError{cause, at, a.atlas}
}

// atlasShare is the memory of an atlas for each byte of code: the code, and 8 bytes for each instruction, most of which
// take 2 bytes or more.
const atlasShare = 5

// atlas maps places in a metered module to places in the original. It is a pure function of code and schedule,
// computed when first used.
type atlas struct {
	take     sync.Once
	code     []byte // the original, set when the contract first halts
	schedule *gas.Schedule
	complete func(*wasm.Module) *wasm.Module // returns what runs, given the metered module

	once      sync.Once
	names     map[uint32]string // of functions by their index in the original
	imported  int64             // functions
	functions [][]waypoint      // of each defined function, by offset in the metered module
}

// waypoint is one original instruction.
type waypoint struct{ metered, original uint32 }

// describe says which place of the original a place of the metered module is. Instructions that the meter has added
// have a function but no offset.
func (a *atlas) describe(at location) string {
	a.once.Do(a.draw)
	index := at.function - 1 // the import of the meter has moved every defined function up by one
	text := fmt.Sprintf(" in function %d", index)
	if name := a.names[uint32(index)]; name != "" {
		text = fmt.Sprintf(" in function %s (%d)", readable(name), index)
	}
	defined := index - a.imported
	if defined < 0 || defined >= int64(len(a.functions)) {
		return text
	}
	found, ok := slices.BinarySearchFunc(a.functions[defined], at.offset, func(w waypoint, offset uint32) int {
		return int(int64(w.metered) - int64(offset))
	})
	if !ok {
		return text
	}
	return text + fmt.Sprintf(" at offset %#x", a.functions[defined][found].original)
}

// readable returns a name that a contract chose, quoted unless it is plain.
func readable(name string) string {
	name = strings.ToValidUTF8(name[:min(len(name), maxFunctionName)], "\uFFFD")
	if quoted := strconv.Quote(name); len(quoted) != len(name)+2 || strings.ContainsAny(name, " ") {
		return quoted
	}
	return name
}

// draw meters the contract again and pairs its instructions with the original's. If that fails, which it cannot for
// code that has run, no place is known.
func (a *atlas) draw() {
	m, err := ewasm.Check(a.code, a.schedule)
	if err != nil {
		return
	}
	a.names, a.imported = m.FunctionNames(), int64(m.ImportedFunctions())
	prepared, err := ewasm.Prepare(m, a.schedule)
	if err != nil {
		return
	}
	whole := a.complete(prepared.Module)
	offsets := whole.Offsets()
	for i := range prepared.Module.Codes {
		var path []waypoint
		for j, in := range whole.Codes[i].Body {
			if in.Offset != 0 {
				path = append(path, waypoint{offsets[i][j], in.Offset})
			}
		}
		a.functions = append(a.functions, slices.Clip(path))
	}
}
