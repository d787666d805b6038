package mirror

import (
	"slices"

	"hestia/ewasm"
	"hestia/gas/meter"
	"hestia/internal/wasm"
)

// mirrored is the index of the second memory: imports come first. The contract's own is then 1.
const mirrored = 0

// injector builds the module with its mirror.
type injector struct {
	*View
	out     *wasm.Module
	defined int    // how many functions the contract has of its own
	gas     uint64 // global: the meter's
	// global: how many functions on the stack would not return at once from a call that ends the frame
	between uint64
	open    uint64            // global: where the frame's window begins, 0 to ask the host for everything; words follow
	own     uint32            // index of the contract's memory
	replace map[uint32]uint32 // imported function -> the mirror's
	isEnd   map[uint32]bool   // functions of the mirror that end the frame
	never   map[uint32]bool   // functions that do not return, for whatever reason
}

// Inject returns a metered module with its mirror, leaving the module as it was. Defined functions keep their indices.
func (v *View) Inject(m *wasm.Module) *wasm.Module {
	out := *m
	if v == nil {
		v = &View{}
	}
	in := &injector{
		View: v, out: &out, defined: len(m.Codes), between: uint64(len(m.Globals)), open: uint64(len(m.Globals)) + 1,
		replace: map[uint32]uint32{}, isEnd: map[uint32]bool{}, never: map[uint32]bool{},
	}
	out.Exports = slices.Clone(m.Exports)
	for _, item := range m.Exports {
		if item.Name == meter.GasGlobal {
			in.gas = uint64(item.Index)
		}
	}
	in.globals()
	if v.shared {
		in.memory()
	}
	in.functions()
	in.references()
	in.calls()
	in.bulk()
	in.soften()
	in.enter()
	return &out
}

func (in *injector) globals() {
	in.out.Globals = append(slices.Clip(in.out.Globals), wasm.Global{
		Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: []wasm.Instruction{
			{Op: wasm.OpI32Const, X: 1},
			{Op: wasm.OpEnd},
		},
	})
	for i := range 1 + in.words {
		kind, zero := wasm.I64, wasm.OpI64Const
		switch {
		case i == 0:
			kind, zero = wasm.I32, wasm.OpI32Const
		case in.shared: // words are in the window
			return
		}
		in.out.Globals = append(in.out.Globals, wasm.Global{
			Type: wasm.GlobalType{Type: kind, Mutable: true}, Init: []wasm.Instruction{{Op: zero}, {Op: wasm.OpEnd}},
		})
	}
}

// memory puts the second memory before the contract's.
func (in *injector) memory() {
	in.own = 1
	in.out.Imports = append(slices.Clip(in.out.Imports), wasm.Import{
		Module: Module, Name: MemoryName, Kind: wasm.ExternalMemory,
		Memory: wasm.Limits{Min: 1, Max: MemoryPages, HasMax: true, Shared: true},
	})
	for i := range in.out.Exports {
		if in.out.Exports[i].Kind == wasm.ExternalMemory {
			in.out.Exports[i].Index = in.own
		}
	}
	const namesItsMemory = 2
	in.out.Data = slices.Clone(in.out.Data)
	for i := range in.out.Data {
		if d := &in.out.Data[i]; d.Mode == wasm.Active {
			d.Flag, d.Memory = namesItsMemory, in.own
		}
	}
}

// functions adds those of the mirror.
func (in *injector) functions() {
	in.out.Functions, in.out.Codes = slices.Clip(in.out.Functions), slices.Clone(in.out.Codes)
	in.out.Imports = slices.Clone(in.out.Imports)
	imported := uint32(0)
	for i := range in.out.Imports {
		item := &in.out.Imports[i]
		if item.Kind != wasm.ExternalFunction {
			continue
		}
		row := ewasm.Lookup(item.Module, item.Name)
		for _, f := range in.served {
			if f.row == row {
				in.replace[imported] = in.function(f, imported, item.Function)
				if f.leaf != none {
					*item = in.leafImport(f.function, item.Function)
				}
				if f.leaf == ends {
					in.isEnd[in.replace[imported]] = true
				}
				in.never[in.replace[imported]] = row.Ends != ewasm.Returns
				break
			}
		}
		imported++
	}
}

// leafImport returns the import of one of Leaves, Ends or Others that takes the place of a host function's.
func (in *injector) leafImport(f *function, functionType uint32) wasm.Import {
	t := in.out.Types[functionType]
	if f.leaf == lends {
		t.Params = append(slices.Clip(t.Params), wasm.I64, wasm.I32)
		t.Results = append(slices.Clip(t.Results), wasm.I64)
	} else {
		t.Params = append(slices.Clip(t.Params), wasm.I32)
	}
	in.out.Types = append(slices.Clip(in.out.Types), t)
	index := uint32(len(in.out.Types) - 1)
	return wasm.Import{Module: Module, Name: LeafName(f.row), Kind: wasm.ExternalFunction, Function: index}
}

// function adds the function that replaces an import, and returns its index.
func (in *injector) function(f served, host, functionType uint32) uint32 {
	params := len(in.out.Types[functionType].Params)
	if f.leaf == lends {
		return in.add(functionType, (&writer{injector: in, served: f, host: host, params: params}).lend())
	}
	for _, write := range []func(*writer){f.rest, f.write} {
		if write != nil {
			w := &writer{injector: in, served: f, host: host, params: params}
			host = in.add(functionType, w.function(write))
		}
	}
	return host
}

// add adds a function and returns its index.
func (in *injector) add(functionType uint32, code wasm.Code) uint32 {
	in.out.Functions = append(in.out.Functions, functionType)
	in.out.Codes = append(in.out.Codes, code)
	return uint32(in.out.ImportedFunctions() + len(in.out.Codes) - 1)
}

// enter adds the function that runs a frame: it sets the contract's own globals to their values at birth, because the
// instance may have run before, takes what the frame begins with, runs main and returns the gas left.
func (in *injector) enter() {
	t := wasm.FuncType{Params: []wasm.ValueType{wasm.I64, wasm.I32}, Results: []wasm.ValueType{wasm.I64}}
	code := in.birth()
	code = append(code, []wasm.Instruction{
		{Op: wasm.OpLocalGet, X: 0},
		{Op: wasm.OpGlobalSet, X: in.gas},
		{Op: wasm.OpLocalGet, X: 1},
		{Op: wasm.OpGlobalSet, X: in.open},
	}...)
	for g := in.open + 1; g < uint64(len(in.out.Globals)); g++ {
		code = append(code,
			wasm.Instruction{Op: wasm.OpLocalGet, X: uint64(len(t.Params))},
			wasm.Instruction{Op: wasm.OpGlobalSet, X: g})
		t.Params = append(t.Params, wasm.I64)
	}
	main := slices.IndexFunc(in.out.Exports, func(item wasm.Export) bool { return item.Name == "main" })
	code = append(code,
		wasm.Instruction{Op: wasm.OpCall, X: uint64(in.out.Exports[main].Index)},
		wasm.Instruction{Op: wasm.OpGlobalGet, X: in.gas},
		wasm.Instruction{Op: wasm.OpEnd})
	in.out.Types = append(slices.Clip(in.out.Types), t)
	index := in.add(uint32(len(in.out.Types)-1), wasm.Code{Body: code})
	in.out.Exports = append(in.out.Exports, wasm.Export{Name: EnterFunction, Kind: wasm.ExternalFunction, Index: index})
}

// references replaces the contract's imports by the mirror's functions in tables, globals and exports. A function of
// the mirror has the type of the host function, which the import of a leaf has not.
func (in *injector) references() {
	if len(in.replace) == 0 {
		return
	}
	in.out.Elements = slices.Clone(in.out.Elements)
	for i := range in.out.Elements {
		e := &in.out.Elements[i]
		e.Functions = slices.Clone(e.Functions)
		for j, f := range e.Functions {
			e.Functions[j] = in.instead(f)
		}
		e.Expressions = slices.Clone(e.Expressions)
		for j := range e.Expressions {
			e.Expressions[j] = in.expression(e.Expressions[j])
		}
	}
	in.out.Globals = slices.Clone(in.out.Globals)
	for i := range in.out.Globals {
		in.out.Globals[i].Init = in.expression(in.out.Globals[i].Init)
	}
	for i := range in.out.Exports {
		if e := &in.out.Exports[i]; e.Kind == wasm.ExternalFunction {
			e.Index = in.instead(e.Index)
		}
	}
}

// instead returns the function that takes the place of another, or that function.
func (in *injector) instead(f uint32) uint32 {
	if to, replaced := in.replace[f]; replaced {
		return to
	}
	return f
}

// expression returns a constant expression with the mirror's functions in it.
func (in *injector) expression(code []wasm.Instruction) []wasm.Instruction {
	code = slices.Clone(code)
	for i := range code {
		if code[i].Op == wasm.OpRefFunc {
			code[i].X = uint64(in.instead(uint32(code[i].X)))
		}
	}
	return code
}

// birth returns code that sets every global that the contract and the meter may have changed.
func (in *injector) birth() (code []wasm.Instruction) {
	for i := range in.open {
		if g := &in.out.Globals[i]; g.Type.Mutable {
			set := g.Init[0]
			set.Offset = 0
			code = append(code, set, wasm.Instruction{Op: wasm.OpGlobalSet, X: i})
		}
	}
	return code
}

// calls redirects the contract's calls to the mirror, and its memory instructions to the new index of its memory.
func (in *injector) calls() {
	for i := range in.defined {
		body := slices.Clone(in.out.Codes[i].Body)
		for j := range body {
			in.instruction(&body[j])
		}
		in.out.Codes[i].Body = body
	}
}

func (in *injector) instruction(i *wasm.Instruction) {
	switch i.Op.Immediate() {
	case wasm.ImmFunction:
		i.X = uint64(in.instead(uint32(i.X)))
	case wasm.ImmMemArg:
		i.X |= uint64(in.own) << 32
	case wasm.ImmMemory:
		i.X = uint64(in.own)
	case wasm.ImmMemories:
		i.X, i.Y = uint64(in.own), uint64(in.own)
	case wasm.ImmDataMemory:
		i.Y = uint64(in.own)
	}
}
