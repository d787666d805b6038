package report

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"hestia/internal/wasm"
)

// nestedModule is a module found inside another.
type nestedModule struct {
	place string
	code  []byte
}

// nested finds modules in data segments and custom sections. A module there begins at its header and ends where no
// section follows.
func nested(m *wasm.Module) (list []nestedModule) {
	for i := range m.Data {
		list = append(list, modulesIn(fmt.Sprintf("data segment %d", i), m.Data[i].Init)...)
	}
	for _, custom := range m.Customs {
		list = append(list, modulesIn(fmt.Sprintf("custom section %q", custom.Name), custom.Data)...)
	}
	return list
}

func modulesIn(place string, data []byte) (list []nestedModule) {
	for from := 0; ; {
		at := bytes.Index(data[from:], []byte(header))
		if at < 0 {
			return list
		}
		from += at
		length := moduleLength(data[from:])
		list = append(list, nestedModule{fmt.Sprintf("%s, offset 0x%x", place, from), data[from : from+length]})
		from += length
	}
}

// header begins every module of version 1.
const header = "\x00asm\x01\x00\x00\x00"

// moduleLength returns the length of a header and the sections after it: each has a known id, a size within data,
// and, unless it is custom, its place behind those before it.
func moduleLength(data []byte) int {
	const lastSection = 12
	end, last := len(header), 0
	for end < len(data) && data[end] <= lastSection {
		id := int(data[end])
		size, width := binary.Uvarint(data[end+1:])
		if width <= 0 || size == 0 || size > uint64(len(data)-end-1-width) || id != 0 && sectionOrder[id] <= last {
			break
		}
		if id != 0 {
			last = sectionOrder[id]
		}
		end += 1 + width + int(size)
	}
	return end
}

// sectionOrder is the place of the section with an id among the sections. The data count section, 12, is before the
// code.
var sectionOrder = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 12: 10, 10: 11, 11: 12}
