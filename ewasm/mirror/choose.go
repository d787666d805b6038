package mirror

import (
	"hestia/ewasm"
	"hestia/internal/wasm"
)

// Choose returns the imports of a contract that its mirror can replace, each once.
func Choose(m *wasm.Module) []*ewasm.Function {
	var chosen []*ewasm.Function
	seen := map[*function]bool{}
	for i := range m.Imports {
		if f := find(m.Imports[i].Module, m.Imports[i].Name); f != nil && !seen[f] {
			seen[f] = true
			chosen = append(chosen, ewasm.Lookup(f.module, f.name))
		}
	}
	return chosen
}

// find returns the function that can replace an import, nil if none can.
func find(module, name string) *function {
	for i := range functions {
		if functions[i].module == module && functions[i].name == name {
			return &functions[i]
		}
	}
	return nil
}
