package wasm

// functions reads the function section: the type of each defined function, whose bodies are in the code section.
//
//	funcsec = vec(typeidx)
func (r *reader) functions() { r.m.Functions = items(r, 1, (*reader).u32) }

func (w *writer) functions() { w.indices(w.m.Functions) }

func (w *writer) indices(list []uint32) {
	w.count(len(list))
	for _, index := range list {
		w.u32(index)
	}
}

// tables reads the table section.
//
//	tablesec = vec(reftype limits)               limits in entries
func (r *reader) tables() { r.m.Tables = items(r, 3, (*reader).tableType) }

func (w *writer) tables() {
	w.count(len(w.m.Tables))
	for _, t := range w.m.Tables {
		w.tableType(t)
	}
}

func (r *reader) tableType() TableType {
	return TableType{Element: r.refType(), Limits: r.limits()}
}

func (w *writer) tableType(t TableType) {
	w.byte(byte(t.Element))
	w.limits(t.Limits)
}

// memories reads the memory section.
//
//	memsec = vec(limits)                         limits in pages of 64 KiB
func (r *reader) memories() { r.m.Memories = items(r, 2, (*reader).limits) }

func (w *writer) memories() {
	w.count(len(w.m.Memories))
	for _, l := range w.m.Memories {
		w.limits(l)
	}
}

// limits reads the least size and, if the flag says so, the largest.
//
//	limits = 0x00 u32 | 0x01 u32 u32
func (r *reader) limits() Limits {
	switch flag := r.byte(); flag {
	case 0:
		return Limits{Min: r.u32()}
	case 1:
		return Limits{Min: r.u32(), Max: r.u32(), HasMax: true}
	case 2, 3:
		r.fail(r.at-1, "unknown limits flag 0x%02x (threads)", flag)
	case 4, 5, 6, 7:
		r.fail(r.at-1, "unknown limits flag 0x%02x (64-bit memory)", flag)
	default:
		r.fail(r.at-1, "unknown limits flag 0x%02x", flag)
	}
	return Limits{}
}

func (w *writer) limits(l Limits) {
	if !l.HasMax {
		w.byte(0)
		w.u32(l.Min)
		return
	}
	if l.Shared {
		w.byte(3)
	} else {
		w.byte(1)
	}
	w.u32(l.Min)
	w.u32(l.Max)
}

// globals reads the global section.
//
//	globalsec = vec(globaltype expr)             expr is the initial value
//	globaltype = valtype (0x00 | 0x01)           0x01 may be set
func (r *reader) globals() { r.m.Globals = items(r, 3, (*reader).global) }

func (w *writer) globals() {
	w.count(len(w.m.Globals))
	for _, g := range w.m.Globals {
		w.globalType(g.Type)
		w.expression(g.Init)
	}
}

func (r *reader) global() Global {
	return Global{Type: r.globalType(), Init: r.expression()}
}

func (r *reader) globalType() GlobalType {
	t := r.valueType()
	mutable := r.byte()
	if mutable > 1 {
		r.fail(r.at-1, "unknown mutability 0x%02x", mutable)
	}
	return GlobalType{Type: t, Mutable: mutable == 1}
}

func (w *writer) globalType(t GlobalType) {
	w.byte(byte(t.Type))
	if t.Mutable {
		w.byte(1)
	} else {
		w.byte(0)
	}
}

// start reads the start section: the function that runs when the module is instantiated.
//
//	startsec = funcidx
func (r *reader) start() {
	index := r.u32()
	r.m.Start = &index
}

func (w *writer) start() { w.u32(*w.m.Start) }
