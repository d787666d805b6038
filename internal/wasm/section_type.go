package wasm

// functionForm opens a function type, the only form of a type here.
const functionForm = 0x60

func (r *reader) types() { r.m.Types = items(r, 3, (*reader).funcType) }

func (w *writer) types() {
	w.count(len(w.m.Types))
	for _, t := range w.m.Types {
		w.byte(functionForm)
		w.valueTypes(t.Params)
		w.valueTypes(t.Results)
	}
}

func (r *reader) funcType() FuncType {
	if form := r.byte(); form != functionForm {
		r.fail(r.at-1, "type form 0x%02x where 0x60 is expected", form)
	}
	return FuncType{Params: r.valueTypes(), Results: r.valueTypes()}
}

func (r *reader) valueTypes() []ValueType { return list(r, 1, (*reader).valueType) }

func (w *writer) valueTypes(types []ValueType) {
	w.count(len(types))
	for _, t := range types {
		w.byte(byte(t))
	}
}

func (r *reader) valueType() ValueType {
	c := r.byte()
	switch t := ValueType(c); t {
	case I32, I64, F32, F64, FuncRef, ExternRef:
		return t
	}
	if c == 0x7b {
		r.fail(r.at-1, "unknown value type 0x7b (SIMD)")
	}
	r.fail(r.at-1, "unknown value type 0x%02x", c)
	return 0
}

func (r *reader) refType() ValueType {
	c := r.byte()
	if t := ValueType(c); t == FuncRef || t == ExternRef {
		return t
	}
	r.fail(r.at-1, "unknown reference type 0x%02x", c)
	return 0
}
