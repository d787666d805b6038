package wasm

func (r *reader) functions() { r.m.Functions = items(r, 1, (*reader).u32) }

func (w *writer) functions() { w.indices(w.m.Functions) }

func (w *writer) indices(list []uint32) {
	w.count(len(list))
	for _, index := range list {
		w.u32(index)
	}
}

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

func (r *reader) memories() { r.m.Memories = items(r, 2, (*reader).limits) }

func (w *writer) memories() {
	w.count(len(w.m.Memories))
	for _, l := range w.m.Memories {
		w.limits(l)
	}
}

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

func (r *reader) start() {
	index := r.u32()
	r.m.Start = &index
}

func (w *writer) start() { w.u32(*w.m.Start) }
