package wasm

// nameSection is the custom section in which compilers leave the names of the source:
// https://webassembly.github.io/spec/core/appendix/custom.html#name-section
const nameSection = "name"

// functionNames is the subsection of it that names functions.
const functionNames = 1

// FunctionNames returns the names of functions, by index: the one in the name section, or else the name of an export.
// If a name section is malformed, the names before the error count.
func (m *Module) FunctionNames() map[uint32]string {
	names := make(map[uint32]string)
	for _, item := range m.Exports {
		if item.Kind == ExternalFunction {
			names[item.Index] = item.Name
		}
	}
	for _, section := range m.Customs {
		if section.Name == nameSection {
			readNames(section.Data, names)
		}
	}
	return names
}

func readNames(data []byte, names map[uint32]string) {
	r := &reader{b: data, m: new(Module), section: customSection, item: -1}
	r.end = len(data)
	for r.err == nil && r.left() > 0 {
		id := r.byte()
		content := r.bytes(r.u32())
		if id != functionNames || r.err != nil {
			continue
		}
		sub := &reader{b: content, m: r.m, section: customSection, item: -1}
		sub.end = len(content)
		for n := sub.u32(); n > 0 && sub.err == nil; n-- {
			index := sub.u32()
			if name := sub.name(); sub.err == nil {
				names[index] = name
			}
		}
	}
}
