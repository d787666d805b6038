package wasm

// nameSection is the custom section in which compilers leave what things are called in the source:
// https://webassembly.github.io/spec/core/appendix/custom.html#name-section
const nameSection = "name"

// functionNames is the subsection of it that names functions.
const functionNames = 1

// FunctionNames returns what functions are called, by index: as the name section says, else as they are exported. A section
// that cannot be read to its end counts as far as it can.
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
