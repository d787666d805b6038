package wasm

// imports reads the import section.
//
//	importsec = vec(name name importdesc)        module, item
//	importdesc = 0x00 typeidx | 0x01 table | 0x02 memory | 0x03 globaltype
func (r *reader) imports() { r.m.Imports = items(r, 4, (*reader).importItem) }

func (w *writer) imports() {
	w.count(len(w.m.Imports))
	for i := range w.m.Imports {
		w.importItem(&w.m.Imports[i])
	}
}

func (r *reader) importItem() Import {
	i := Import{Offset: uint32(r.at)}
	i.Module, i.Name, i.Kind = r.name(), r.name(), r.kind()
	switch i.Kind {
	case ExternalFunction:
		i.Function = r.u32()
	case ExternalTable:
		i.Table = r.tableType()
	case ExternalMemory:
		i.Memory = r.limits()
	case ExternalGlobal:
		i.Global = r.globalType()
	}
	return i
}

func (w *writer) importItem(i *Import) {
	w.name(i.Module)
	w.name(i.Name)
	w.byte(byte(i.Kind))
	switch i.Kind {
	case ExternalFunction:
		w.u32(i.Function)
	case ExternalTable:
		w.tableType(i.Table)
	case ExternalMemory:
		w.limits(i.Memory)
	case ExternalGlobal:
		w.globalType(i.Global)
	}
}

// kind reads the byte that says what an import or export is.
func (r *reader) kind() ExternalKind {
	c := r.byte()
	switch {
	case c == 4:
		r.fail(r.at-1, "unknown external kind 0x04 (exceptions)")
	case c > byte(ExternalGlobal):
		r.fail(r.at-1, "unknown external kind 0x%02x", c)
	}
	return ExternalKind(c)
}

// exports reads the export section.
//
//	exportsec = vec(name kind index)
func (r *reader) exports() { r.m.Exports = items(r, 3, (*reader).export) }

func (w *writer) exports() {
	w.count(len(w.m.Exports))
	for _, e := range w.m.Exports {
		w.name(e.Name)
		w.byte(byte(e.Kind))
		w.u32(e.Index)
	}
}

func (r *reader) export() Export {
	at := uint32(r.at)
	return Export{Name: r.name(), Kind: r.kind(), Index: r.u32(), Offset: at}
}
