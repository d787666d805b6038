package ewasm

import (
	"slices"

	"hestia/gas"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// Prepared is a contract ready for a compiler.
type Prepared struct {
	Module        *wasm.Module // metered; it exports main, memory and the meter's two globals
	Instantiation int64        // particles owed before the module is instantiated
	Pages         uint32       // linear memory it begins with, in pages of 64 KiB
}

// Prepare makes a checked and valid contract metered. Exports that nothing outside can reach are dropped, so that no
// contract's names meet the meter's.
func Prepare(m *wasm.Module, schedule *gas.Schedule) (*Prepared, error) {
	reachable := *m
	reachable.Exports = slices.DeleteFunc(slices.Clone(m.Exports), func(item wasm.Export) bool {
		return item.Name != "main" && item.Name != "memory"
	})
	metered, err := meter.Instrument(&reachable, schedule, meter.Options{})
	if err != nil {
		return nil, broken(ErrInvalid, "", "%v", err)
	}
	return &Prepared{
		Module:        metered.Module,
		Instantiation: metered.Instantiation,
		Pages:         m.Memories[0].Min,
	}, nil
}
