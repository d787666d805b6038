package mirror

import (
	"hestia/ewasm"
	"hestia/internal/wasm"
)

// Choose returns the imports of a contract that its mirror should replace, each once. Words cost a frame next to nothing. The
// second memory costs as much as some five calls of the host, so it must pay: it does where bytes are copied in a loop.
func Choose(m *wasm.Module) []*ewasm.Function {
	var chosen []*ewasm.Function
	loops := copiesInLoop(m)
	seen := map[*function]bool{}
	for i := range m.Imports {
		f := find(m.Imports[i].Module, m.Imports[i].Name)
		if f != nil && !seen[f] && (loops || !f.bytes) {
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

// copiesInLoop tells whether a loop of the contract calls a function of the interface that reads bytes.
func copiesInLoop(m *wasm.Module) bool {
	reads := make([]bool, len(m.Imports))
	for i := range m.Imports {
		f := find(m.Imports[i].Module, m.Imports[i].Name)
		reads[i] = f != nil && f.bytes
	}
	for i := range m.Codes {
		if callsInLoop(m.Codes[i].Body, reads) {
			return true
		}
	}
	return false
}

// callsInLoop tells whether a loop of a body calls a listed function.
func callsInLoop(body []wasm.Instruction, listed []bool) bool {
	depth, outermost := 0, 0 // of open constructs; where the outermost loop stands among them, 0 if none is open
	for i := range body {
		switch body[i].Op {
		case wasm.OpBlock, wasm.OpIf, wasm.OpLoop:
			depth++
			if body[i].Op == wasm.OpLoop && outermost == 0 {
				outermost = depth
			}
		case wasm.OpEnd:
			if depth == outermost {
				outermost = 0
			}
			depth--
		case wasm.OpCall:
			if f := body[i].X; outermost > 0 && f < uint64(len(listed)) && listed[f] {
				return true
			}
		}
	}
	return false
}
