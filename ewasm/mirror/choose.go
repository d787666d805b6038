package mirror

import (
	"slices"

	"hestia/ewasm"
	"hestia/internal/wasm"
)

// Choose returns the functions of the interface that a contract imports, each once: its mirror has all of them.
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

// find returns what replaces a function of the interface, by default only a better way to the host.
func find(row *ewasm.Function) *function {
	for i := range functions {
		if functions[i].module == row.Module && functions[i].name == row.Name {
			return &functions[i]
		}
	}
	return &function{module: row.Module, name: row.Name, leaf: lends}
}
