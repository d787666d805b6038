package mirror

import (
	"slices"

	"hestia/ewasm"
	"hestia/internal/wasm"
)

// Choose returns the functions of the interface that a contract imports, each once. Its mirror has all of them.
func Choose(m *wasm.Module) []*ewasm.Function {
	var chosen []*ewasm.Function
	for i := range m.Imports {
		row := ewasm.Lookup(m.Imports[i].Module, m.Imports[i].Name)
		if row != nil && !slices.Contains(chosen, row) {
			chosen = append(chosen, row)
		}
	}
	return chosen
}
