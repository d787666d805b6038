package wasm

// functionForm opens a function type, the only form of type that is accepted.
const functionForm = 0x60

// types reads the type section.
//
//	typesec  = vec(functype)
//	functype = 0x60 vec(valtype) vec(valtype)   parameters, results
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
		r.fail(r.at-1, "type form 0x%02x, want 0x60", form)
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

// valueType reads the type of an operand, local or global: one byte.
func (r *reader) valueType() ValueType {
	c := r.byte()
	switch t := ValueType(c); t {
	case I32, I64, F32, F64, FuncRef, ExternRef:
		return t
	}
	r.fail(r.at-1, "unknown value type 0x%02x%s", c, typeFeature(c))
	return 0
}

// refType reads a value type that is a reference: 0x70 funcref, 0x6f externref.
func (r *reader) refType() ValueType {
	c := r.byte()
	if t := ValueType(c); t == FuncRef || t == ExternRef {
		return t
	}
	r.fail(r.at-1, "unknown reference type 0x%02x%s", c, typeFeature(c))
	return 0
}

// typeFeature names the WebAssembly feature of a type byte that is not accepted, in parentheses, or returns "". The
// long spelling of funcref, 0x63 0x70, belongs to typed references too, and is refused although wasmtime takes it.
func typeFeature(c byte) string {
	switch c {
	case 0x7b:
		return " (SIMD)"
	case 0x63, 0x64, 0x40:
		return " (typed references)"
	case 0x69:
		return " (exceptions)"
	case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x71, 0x72, 0x73:
		return " (garbage collection)"
	}
	return ""
}
