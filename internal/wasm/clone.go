package wasm

import "slices"

// Clone is a copy that shares no memory with m, for a rewriter to change. It keeps every value and none of the
// spelling: its encoding is canonical.
func (m *Module) Clone() *Module {
	c := *m
	c.layout = layout{}
	c.Imports = slices.Clone(m.Imports)
	c.Functions = slices.Clone(m.Functions)
	c.Tables = slices.Clone(m.Tables)
	c.Memories = slices.Clone(m.Memories)
	c.Exports = slices.Clone(m.Exports)
	c.Start = clonePointer(m.Start)
	c.DataCount = clonePointer(m.DataCount)
	c.Types = cloneEach(m.Types, func(t *FuncType) {
		t.Params, t.Results = slices.Clone(t.Params), slices.Clone(t.Results)
	})
	c.Globals = cloneEach(m.Globals, func(g *Global) { g.Init = cloneExpression(g.Init) })
	c.Elements = cloneEach(m.Elements, func(e *Element) {
		e.Offset, e.Functions = cloneExpression(e.Offset), slices.Clone(e.Functions)
		e.Expressions = cloneEach(e.Expressions, func(x *[]Instruction) { *x = cloneExpression(*x) })
	})
	c.Codes = cloneEach(m.Codes, func(code *Code) {
		code.Locals, code.Body = slices.Clone(code.Locals), cloneExpression(code.Body)
	})
	c.Data = cloneEach(m.Data, func(d *Data) {
		d.Offset, d.Init = cloneExpression(d.Offset), slices.Clone(d.Init)
	})
	c.Customs = cloneEach(m.Customs, func(s *Custom) { s.Data = slices.Clone(s.Data) })
	return &c
}

func clonePointer(p *uint32) *uint32 {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// cloneEach copies a list and lets deepen replace what each copy still shares.
func cloneEach[T any](list []T, deepen func(*T)) []T {
	c := slices.Clone(list)
	for i := range c {
		deepen(&c[i])
	}
	return c
}

func cloneExpression(list []Instruction) []Instruction {
	c := slices.Clone(list)
	for i := range c {
		if c[i].Targets != nil {
			c[i].Targets = slices.Clone(c[i].Targets)
		}
	}
	return c
}
