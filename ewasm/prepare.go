package ewasm

import (
	"slices"

	"hestia/ewasm/nan"
	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// Prepared is a contract ready for a compiler.
type Prepared struct {
	Module        *wasm.Module // metered, its NaNs canonical; it exports main, memory and the meter's two globals
	Instantiation int64        // particles owed before the module is instantiated
	Added         int          // how many of its functions, the last ones, only pay
	Pages         uint32       // linear memory it begins with, in pages of 64 KiB
}

// Initializer is the export that toolchains give to a function that must run before all others.
const Initializer = "_initialize"

// Prepare makes a checked and valid contract metered. Exports that nothing outside can reach are dropped, so that no
// contract's names meet the meter's. What runs is exported as main, _start of a program too.
func Prepare(m *wasm.Module, schedule *gas.Schedule) (*Prepared, error) {
	reachable := *m
	entry := entryOf(m, schedule)
	reachable.Exports = slices.DeleteFunc(slices.Clone(m.Exports), func(item wasm.Export) bool {
		return item.Name != entry && item.Name != memoryExport && (item.Name != Initializer || entry != mainExport)
	})
	reachable.Exports[exported(&reachable, entry)].Name = mainExport
	if schedule.Limits.Initializers {
		beginInMain(&reachable)
	}
	reachable.Exports = slices.DeleteFunc(reachable.Exports, func(item wasm.Export) bool {
		return item.Name == Initializer
	})
	metered, err := meter.Instrument(&reachable, schedule, meter.Options{})
	if err != nil {
		return nil, broken(ErrInvalid, "", "%v", err)
	}
	return &Prepared{
		Module:        nan.Guard(metered.Module),
		Instantiation: metered.Instantiation,
		Added:         metered.Added,
		Pages:         m.Memories[0].Min,
	}, nil
}

// beginInMain moves what runs before main into main: the start function, then the exported initializer. A function is
// added behind all others that calls them and main, and is exported in main's place. So all of it is metered, runs when
// the host is ready, and runs again in an instance that is kept for the next call.
func beginInMain(m *wasm.Module) {
	main, first := exported(m, mainExport), exported(m, Initializer)
	if m.Start == nil && first < 0 {
		return
	}
	var body []wasm.Instruction
	call := func(function uint32) { body = append(body, wasm.Instruction{Op: wasm.OpCall, X: uint64(function)}) }
	if m.Start != nil {
		call(*m.Start)
	}
	if first >= 0 {
		call(m.Exports[first].Index)
	}
	call(m.Exports[main].Index)
	body = append(body, wasm.Instruction{Op: wasm.OpEnd})

	imported := uint32(m.ImportedFunctions())
	kind := m.Functions[m.Exports[main].Index-imported]
	m.Start = nil
	m.Exports = slices.Clone(m.Exports)
	m.Exports[main].Index = imported + uint32(len(m.Functions))
	m.Functions = append(slices.Clip(m.Functions), kind)
	m.Codes = append(slices.Clip(m.Codes), wasm.Code{Body: body})
}

// exported returns the place of a name among the exports, or -1 if it is not there.
func exported(m *wasm.Module, name string) int {
	return slices.IndexFunc(m.Exports, func(item wasm.Export) bool { return item.Name == name })
}
