package meter

import (
	"slices"

	"hestia/internal/wasm"
)

// This file builds the instrumented module around the bodies: the halt import, the two counters, and the function
// indices that the import shifts.

// rewriter builds the instrumented module.
type rewriter struct {
	*space
	out           *wasm.Module
	halts         uint32            // function
	gas           uint32            // global
	stack         uint32            // global
	halting       uint32            // type of the halt function
	payer         uint32            // function that pays for stores into two pages, if there are any
	crossingPrice uint32            // that it pays; 0 if no body calls it
	results       map[uint32]uint64 // by function type: type of a block that leaves what the function returns
}

// rewrite carries out the plans. The result shares with the original what does not change.
func rewrite(sp *space, plans []plan, o Options) *wasm.Module {
	out := *sp.Module
	out.Canonical()
	r := &rewriter{
		space: sp, out: &out,
		halts: sp.imported, halting: uint32(len(sp.Types)), gas: sp.globals, stack: sp.globals + 1,
		results: map[uint32]uint64{},
	}
	out.Types = append(slices.Clip(sp.Types), wasm.FuncType{Params: []wasm.ValueType{wasm.I32}})
	out.Imports = append(slices.Clip(sp.Imports), wasm.Import{
		Module: HaltModule, Name: HaltFunction, Kind: wasm.ExternalFunction, Function: r.halting,
	})
	out.Codes = make([]wasm.Code, len(sp.Codes), len(sp.Codes)+1)
	r.payer = sp.functions + 1 // the halt function is imported
	for i := range sp.Codes {
		if plans[i].empty() {
			out.Codes[i] = r.renumbered(i)
		} else {
			out.Codes[i] = r.instrumented(i, &plans[i])
		}
	}
	if r.crossingPrice != 0 {
		r.addPayer(r.crossingPrice)
	}
	r.counters(o)
	r.shift()
	out.Customs = nil
	return &out
}

// counters adds the two globals and their exports.
func (r *rewriter) counters(o Options) {
	end := wasm.Instruction{Op: wasm.OpEnd}
	r.out.Globals = append(slices.Clip(r.Globals),
		wasm.Global{
			Type: wasm.GlobalType{Type: wasm.I64, Mutable: true},
			Init: []wasm.Instruction{{Op: wasm.OpI64Const, X: uint64(o.Gas)}, end},
		},
		wasm.Global{
			Type: wasm.GlobalType{Type: wasm.I32, Mutable: true},
			Init: []wasm.Instruction{{Op: wasm.OpI32Const, X: uint64(o.Stack)}, end},
		})
	for i := range r.Globals {
		r.out.Globals[i].Init = r.expression(r.Globals[i].Init)
	}
	r.out.Exports = append(slices.Clip(r.Exports),
		wasm.Export{Name: GasGlobal, Kind: wasm.ExternalGlobal, Index: r.gas},
		wasm.Export{Name: StackGlobal, Kind: wasm.ExternalGlobal, Index: r.stack})
}

// function returns the index of a function once the halt function is imported.
func (r *rewriter) function(index uint32) uint32 {
	if index >= r.imported {
		return index + 1
	}
	return index
}

// shift renumbers the functions that are named outside bodies and globals.
func (r *rewriter) shift() {
	for i := range r.Exports {
		if r.Exports[i].Kind == wasm.ExternalFunction {
			r.out.Exports[i].Index = r.function(r.Exports[i].Index)
		}
	}
	if r.Start != nil {
		start := r.function(*r.Start)
		r.out.Start = &start
	}
	r.out.Elements = slices.Clone(r.Elements)
	for i := range r.out.Elements {
		e := &r.out.Elements[i]
		e.Offset = r.expression(e.Offset)
		e.Functions = slices.Clone(e.Functions)
		for j, f := range e.Functions {
			e.Functions[j] = r.function(f)
		}
		e.Expressions = slices.Clone(e.Expressions)
		for j, x := range e.Expressions {
			e.Expressions[j] = r.expression(x)
		}
	}
	r.out.Data = slices.Clone(r.Data)
	for i := range r.out.Data {
		r.out.Data[i].Offset = r.expression(r.out.Data[i].Offset)
	}
}

// renumbered returns the body of the defined function i with nothing added.
func (r *rewriter) renumbered(i int) wasm.Code {
	return wasm.Code{Locals: r.Codes[i].Locals, Body: r.expression(r.Codes[i].Body)}
}

// expression renumbers the functions in an expression.
func (r *rewriter) expression(list []wasm.Instruction) []wasm.Instruction {
	out := slices.Clone(list)
	for i := range out {
		out[i] = r.instruction(out[i])
	}
	return out
}

// instruction renumbers the function that an instruction names.
func (r *rewriter) instruction(in wasm.Instruction) wasm.Instruction {
	if in.Op == wasm.OpCall || in.Op == wasm.OpRefFunc {
		in.X = uint64(r.function(uint32(in.X)))
	}
	return in
}

// resultsOf returns the type of a block that takes nothing and leaves the results of a function type.
func (r *rewriter) resultsOf(functionType uint32) uint64 {
	sig := &r.Types[functionType]
	switch {
	case len(sig.Results) == 0:
		return negative(wasm.EmptyBlock)
	case len(sig.Results) == 1:
		return negative(int64(sig.Results[0]) - 0x80) // value types are the one-byte negative numbers
	case len(sig.Params) == 0:
		return uint64(functionType)
	}
	t, known := r.results[functionType]
	if !known {
		t = uint64(len(r.out.Types))
		r.results[functionType] = t
		r.out.Types = append(r.out.Types, wasm.FuncType{Results: sig.Results})
	}
	return t
}

// negative spells a block type that is not an index.
func negative(blockType int64) uint64 { return uint64(blockType) }
