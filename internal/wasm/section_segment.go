package wasm

import "bytes"

// The bits of an element segment's flag.
const (
	elementInactive    = 1 << iota // passive, or declarative with elementExplicit
	elementExplicit                // an active segment names its table
	elementExpressions             // expressions instead of function indices
	elementFlags       = iota
)

// elements reads the element section. The bits of the flag decide which of the parts follow.
//
//	elemsec = vec(flag tableidx? expr? (kind | reftype)? (vec(funcidx) | vec(expr)))
func (r *reader) elements() { r.m.Elements = items(r, 3, (*reader).element) }

func (w *writer) elements() {
	w.count(len(w.m.Elements))
	for i := range w.m.Elements {
		w.element(&w.m.Elements[i])
	}
}

func (r *reader) element() Element {
	at := r.at
	e := Element{Flag: r.u32(), Type: FuncRef}
	if e.Flag >= 1<<elementFlags {
		r.fail(at, "unknown element flag %d", e.Flag)
		return e
	}
	e.Mode = elementMode(e.Flag)
	if e.Mode == Active {
		if e.Flag&elementExplicit != 0 {
			e.Table = r.u32()
		}
		e.Offset = r.expression()
	}
	typed := e.Flag&(elementInactive|elementExplicit) != 0
	if e.Flag&elementExpressions != 0 {
		if typed {
			e.Type = r.refType()
		}
		e.Expressions = list(r, 1, (*reader).expression)
		return e
	}
	if typed {
		r.elementKind()
	}
	e.Functions = list(r, 1, (*reader).u32)
	return e
}

func (w *writer) element(e *Element) {
	w.u32(e.Flag)
	if elementMode(e.Flag) == Active {
		if e.Flag&elementExplicit != 0 {
			w.u32(e.Table)
		}
		w.expression(e.Offset)
	}
	typed := e.Flag&(elementInactive|elementExplicit) != 0
	if e.Flag&elementExpressions != 0 {
		if typed {
			w.byte(byte(e.Type))
		}
		w.count(len(e.Expressions))
		for _, x := range e.Expressions {
			w.expression(x)
		}
		return
	}
	if typed {
		w.byte(0) // the kind of functions
	}
	w.indices(e.Functions)
}

// elementMode is the mode that a flag stands for.
func elementMode(flag uint32) SegmentMode {
	switch flag & (elementInactive | elementExplicit) {
	case elementInactive:
		return Passive
	case elementInactive | elementExplicit:
		return Declarative
	}
	return Active
}

// elementKind reads the byte that stands for functions, the only kind.
func (r *reader) elementKind() {
	if c := r.byte(); c != 0 {
		r.fail(r.at-1, "unknown element kind 0x%02x", c)
	}
}

// The flags of a data segment.
const (
	dataActive uint32 = iota
	dataPassive
	dataExplicit // active, naming its memory
)

// data reads the data section.
//
//	datasec = vec(0x00 expr vec(byte) | 0x01 vec(byte) | 0x02 memidx expr vec(byte))
func (r *reader) data() { r.m.Data = items(r, 2, (*reader).dataSegment) }

func (w *writer) data() {
	w.count(len(w.m.Data))
	for i := range w.m.Data {
		w.dataSegment(&w.m.Data[i])
	}
}

func (r *reader) dataSegment() Data {
	at := r.at
	d := Data{Flag: r.u32()}
	switch d.Flag {
	case dataActive:
		d.Offset = r.expression()
	case dataPassive:
		d.Mode = Passive
	case dataExplicit:
		d.Memory = r.u32()
		d.Offset = r.expression()
	default:
		r.fail(at, "unknown data flag %d", d.Flag)
	}
	d.Init = bytes.Clone(r.bytes(r.u32()))
	return d
}

func (w *writer) dataSegment(d *Data) {
	w.u32(d.Flag)
	if d.Flag == dataExplicit {
		w.u32(d.Memory)
	}
	if d.Flag != dataPassive {
		w.expression(d.Offset)
	}
	w.count(len(d.Init))
	w.b = append(w.b, d.Init...)
}

// dataCount reads the data count section, which comes before code that names data segments.
//
//	datacountsec = u32
func (r *reader) dataCount() {
	n := r.u32()
	r.m.DataCount = &n
}

func (w *writer) dataCount() { w.u32(*w.m.DataCount) }
