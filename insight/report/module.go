package report

import (
	"fmt"
	"slices"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// unrun are names that toolchains give to a function that some other hosts run first.
var unrun = []string{"_start", "__wasm_call_ctors"}

// describe fills in what the decoded module shows.
func (r *Report) describe(m *wasm.Module) {
	for _, item := range m.Imports {
		r.Imports = append(r.Imports, item.Module+"."+item.Name)
	}
	for _, item := range m.Exports {
		r.Exports = append(r.Exports, item.Name)
		if slices.Contains(unrun, item.Name) && item.Kind == wasm.ExternalFunction {
			r.Warning = fmt.Sprintf("nothing runs the exported function %s: what runs before main is the module's "+
				"start function and %s (asc: --exportStart %[2]s)", item.Name, ewasm.Initializer)
		}
	}
	if len(m.Memories) == 0 {
		return
	}
	r.Memory.Initial = m.Memories[0].Min
	if m.Memories[0].HasMax {
		r.Memory.Maximum = &m.Memories[0].Max
	}
}

// measure fills in how much of each limit the module uses. The limit of code does not hold for creation data.
func (r *Report) measure(m *wasm.Module, limits *gas.Limits, creation bool) {
	// locals and instructions are those of the largest function; table entries and branch targets are added up.
	var locals, instructions, entries, targets uint64
	for i := range m.Codes {
		declared := uint64(0)
		for _, run := range m.Codes[i].Locals {
			declared += uint64(run.Count)
		}
		locals, instructions = max(locals, declared), max(instructions, uint64(len(m.Codes[i].Body)))
		for j := range m.Codes[i].Body {
			targets += uint64(len(m.Codes[i].Body[j].Targets))
		}
	}
	for _, table := range m.Tables {
		entries += uint64(table.Limits.Min)
	}
	shape := &limits.Module
	if !creation {
		r.Limits = append(r.Limits, Limit{"bytes of code", uint64(r.Bytes), uint64(limits.Code)})
	}
	r.Limits = append(r.Limits,
		Limit{"bytes of creation data", uint64(r.Bytes), uint64(limits.Initcode)},
		Limit{"initial pages", uint64(r.Memory.Initial), uint64(limits.Pages)},
		Limit{"table entries", entries, uint64(limits.TableEntries)},
		Limit{"types", uint64(len(m.Types)), shape.Types},
		Limit{"imports", uint64(len(m.Imports)), shape.Imports},
		Limit{"functions", uint64(len(m.Codes)), shape.Functions},
		Limit{"globals", uint64(len(m.Globals)), shape.Globals},
		Limit{"exports", uint64(len(m.Exports)), shape.Exports},
		Limit{"element segments", uint64(len(m.Elements)), shape.Elements},
		Limit{"data segments", uint64(len(m.Data)), shape.Data},
		Limit{"locals of one function", locals, shape.Locals},
		Limit{"instructions of one function", instructions, shape.Instructions},
		Limit{"br_table targets", targets, shape.TargetsTotal},
	)
}
