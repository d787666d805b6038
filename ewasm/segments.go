package ewasm

import (
	"fmt"

	"hestia/gas"
	"hestia/internal/wasm"
)

// pageBytes is the size of a page of linear memory.
const pageBytes = 64 << 10

// checkSegments refuses active segments that do not fit the initial memory or table: instantiation would fail, and with
// it every call. An empty segment at the very end fits. Offsets that are not known here are left to instantiation;
// passive segments are not placed before an instruction does it.
func checkSegments(m *wasm.Module, schedule *gas.Schedule) error {
	if !schedule.Limits.SegmentsFit {
		return nil
	}
	for i := range m.Data {
		d := &m.Data[i]
		if d.Mode != wasm.Active || uint64(d.Memory) >= uint64(len(m.Memories)) {
			continue
		}
		offset, known := constantOffset(m, d.Offset)
		if size := uint64(m.Memories[d.Memory].Min) * pageBytes; known && !fits(offset, len(d.Init), size) {
			return broken(ErrSegment, fmt.Sprintf("data segment %d", i),
				"%d bytes from offset %d on do not fit the initial memory of %d bytes", len(d.Init), offset, size)
		}
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		if e.Mode != wasm.Active || uint64(e.Table) >= uint64(len(m.Tables)) {
			continue
		}
		offset, known := constantOffset(m, e.Offset)
		count, size := len(e.Functions)+len(e.Expressions), uint64(m.Tables[e.Table].Limits.Min)
		if known && !fits(offset, count, size) {
			return broken(ErrSegment, fmt.Sprintf("element segment %d", i),
				"%d entries from offset %d on do not fit the initial table of %d entries", count, offset, size)
		}
	}
	return nil
}

// fits cannot overflow: offset has 32 bits, length an int's 63.
func fits(offset uint32, length int, size uint64) bool { return uint64(offset)+uint64(length) <= size }

// constantOffset returns the value of a segment's offset if it is a constant, or a global of the module's own that is
// set to one and never changes. known is false for any other.
func constantOffset(m *wasm.Module, offset []wasm.Instruction) (value uint32, known bool) {
	imported := uint64(m.ImportedGlobals())
	for range len(m.Globals) + 1 { // a global's initial value names earlier ones only
		if len(offset) == 0 {
			return 0, false
		}
		switch in := &offset[0]; {
		case in.Op == wasm.OpI32Const:
			return uint32(in.X), true
		case in.Op == wasm.OpGlobalGet && in.X >= imported && in.X-imported < uint64(len(m.Globals)):
			global := &m.Globals[in.X-imported]
			if global.Type.Mutable {
				return 0, false
			}
			offset = global.Init
		default:
			return 0, false
		}
	}
	return 0, false
}
