// Package admit decides whether a module is small enough for a compiler, and counts what foretells how long the
// compiler will take.
//
// Module decodes a module, checks it against the limits of a schedule in one pass, and returns gas.Counts, from which
// gas.CompileTimes makes an estimate. Both are consensus rules, so nothing here depends on the machine. It knows
// nothing of metering, of Ethereum or of any engine, and does not validate: it counts as if the module were valid. The
// passes over code are in body.go (nesting, operands, edges) and liveness.go (live locals).
package admit

import (
	"fmt"
	"strconv"

	"hestia/gas"
	"hestia/internal/wasm"
)

// LimitError is a module over a limit of its schedule.
type LimitError struct {
	Limit      string // what is limited: "locals"
	Place      string // the item: "function 3, offset 0x2c"; "module" for the whole
	Value, Max uint64
}

// Error is the place, the value and the limit in one line.
func (e *LimitError) Error() string { return e.Place + ": " + e.What() }

// What is the error without its place.
func (e *LimitError) What() string {
	return fmt.Sprintf("%s %s, at most %s", grouped(e.Value), e.Limit, grouped(e.Max))
}

// grouped writes a number with its thousands apart.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Module decodes a module, checks it against the limits of a schedule, and counts what compiling it takes. The error is
// a *wasm.DecodeError or a *LimitError, for the first limit exceeded. The module need not be valid: the counts of an
// invalid one mean nothing.
func Module(code []byte, s *gas.Schedule) (*wasm.Module, *gas.Counts, error) {
	c := &counter{limits: &s.Limits.Module, times: &s.Compile}
	if c.limit("bytes", "module", uint64(len(code)), c.limits.Bytes); c.err != nil {
		return nil, nil, c.err
	}
	m, err := wasm.Decode(code)
	if err != nil {
		return nil, nil, err
	}
	c.Module, c.signatures, c.globals = m, m.FunctionTypes(), m.ImportedGlobals()+len(m.Globals)
	c.total[gas.CountModules], c.total[gas.CountBytes] = 1, uint64(len(code))
	if !s.Limits.CompileCustoms {
		c.total[gas.CountBytes] -= customBytes(m)
	}
	c.declarations(&s.Limits)
	c.functions()
	c.estimate(uint64(len(code)))
	if c.err != nil {
		return nil, nil, c.err
	}
	return m, &c.total, nil
}

// customBytes returns the bytes of the names and contents of a module's custom sections.
func customBytes(m *wasm.Module) (total uint64) {
	for i := range m.Customs {
		total += uint64(len(m.Customs[i].Name) + len(m.Customs[i].Data))
	}
	return total
}

// counter counts one module up to the first limit that it exceeds.
type counter struct {
	*wasm.Module
	limits *gas.ModuleLimits
	times  *gas.CompileTimes
	total  gas.Counts
	err    error // a *LimitError

	signatures []uint32 // by function, imported or defined: its type
	globals    int      // imported or defined
	locals     uint64   // of all functions so far
	targets    uint64   // of all br_tables so far
	slowest    uint64   // the largest estimate of one function, in nanoseconds
	slow       int      // that function
	gauge      gauge
}

// limit records the first value over its limit.
func (c *counter) limit(what, place string, value, most uint64) {
	if value > most && c.err == nil {
		c.err = &LimitError{Limit: what, Place: place, Value: value, Max: most}
	}
}

// declarations counts everything but code.
func (c *counter) declarations(l *gas.Limits) {
	tables, memories := c.storage()
	for _, row := range []struct {
		what, place string
		value, most uint64
	}{
		{"types", "type section", uint64(len(c.Types)), l.Module.Types},
		{"imports", "import section", uint64(len(c.Imports)), l.Module.Imports},
		{"functions", "function section", uint64(len(c.Functions)), l.Module.Functions},
		{"tables", "table section", uint64(len(tables)), l.Module.Tables},
		{"globals", "global section", uint64(len(c.Globals)), l.Module.Globals},
		{"exports", "export section", uint64(len(c.Exports)), l.Module.Exports},
		{"segments", "element section", uint64(len(c.Elements)), l.Module.Elements},
		{"segments", "data section", uint64(len(c.Data)), l.Module.Data},
	} {
		c.limit(row.what, row.place, row.value, row.most)
		c.total[gas.CountDeclarations] += row.value
	}
	for i, memory := range memories {
		if memory.Min > l.Pages {
			c.limit("pages at the start", fmt.Sprintf("memory %d", i), uint64(memory.Min), uint64(l.Pages))
		}
	}
	entries := uint64(0)
	for _, t := range tables {
		entries += uint64(t.Limits.Min)
	}
	c.limit("entries at the start", "table section", entries, uint64(l.TableEntries))
	for i := range c.Elements {
		c.total[gas.CountDeclarations] += uint64(len(c.Elements[i].Functions) + len(c.Elements[i].Expressions))
	}
	c.total[gas.CountEscaping] = c.escaping()
	c.types()
}

// storage returns all tables and memories, imported ones first.
func (c *counter) storage() (tables []wasm.Table, memories []wasm.Limits) {
	for i := range c.Imports {
		switch im := &c.Imports[i]; im.Kind {
		case wasm.ExternalTable:
			tables = append(tables, im.Table)
		case wasm.ExternalMemory:
			memories = append(memories, im.Memory)
		}
	}
	return append(tables, c.Tables...), append(memories, c.Memories...)
}

// types counts parameters and results.
func (c *counter) types() {
	total := uint64(0)
	for i := range c.Types {
		n := arity(&c.Types[i])
		if n > c.limits.Parameters {
			c.limit("parameters and results", fmt.Sprintf("type %d", i), n, c.limits.Parameters)
		}
		total += n
	}
	c.limit("parameters and results of all types", "type section", total, c.limits.Signatures)
	c.total[gas.CountDeclarations] += total
}

// functions counts the code, one function after the other, and notes the slowest one for the error of estimate. It
// stops at the first limit exceeded, so that a module that is refused takes no more time.
func (c *counter) functions() {
	imported := len(c.signatures) - len(c.Functions)
	for i := range min(len(c.Codes), len(c.Functions)) {
		if c.err != nil {
			return
		}
		before := c.times.Estimate(&c.total)
		c.function(imported+i, &c.Codes[i])
		if took := c.times.Estimate(&c.total) - before; took > c.slowest {
			c.slowest, c.slow = took, imported+i
		}
	}
}

// estimate checks the estimated time against its limits: in all, and for the module's size in KB begun, custom
// sections included.
func (c *counter) estimate(size uint64) {
	const microsecond = 1000
	place := "module"
	if c.slowest > 0 {
		place = fmt.Sprintf("module, function %d above all", c.slow)
	}
	took := c.times.Estimate(&c.total) / microsecond
	c.limit("µs of estimated compile time", place, took, c.limits.CompileTime/microsecond)
	allowed := c.limits.CompilePerKB * ((size + 1023) / 1024)
	c.limit("µs of estimated compile time for its size", place, took, allowed/microsecond)
}

// function counts a defined function by its index.
func (c *counter) function(index int, code *wasm.Code) {
	sig := c.signature(uint64(index))
	declared, params := code.DeclaredLocals(), uint64(len(sig.Params))
	check := func(what string, value, most uint64) {
		if value > most {
			c.limit(what, fmt.Sprintf("function %d, offset %#x", index, code.Offset), value, most)
		}
	}
	check("locals", declared+params, c.limits.Locals)
	c.locals += declared
	check("locals of all functions so far", c.locals, c.limits.LocalsTotal)
	check("instructions", uint64(len(code.Body)), c.limits.Instructions)
	if c.err != nil {
		return
	}
	c.total[gas.CountFunctions]++
	c.total[gas.CountLocals] += declared
	c.total[gas.CountPassed] += arity(sig)
	moves := moves(code.Body)
	c.total[gas.CountMoves] += moves
	c.total[gas.CountInstructions] += uint64(len(code.Body)) - moves
	g := c.body(sig, int(declared+params), code.Body)
	check("operands at once", g.height, c.limits.Operands)
	check("nested blocks", g.nesting, c.limits.Nesting)
	check("nested loops", g.loops, c.limits.Loops)
	check("targets of one br_table", g.targets, c.limits.Targets)
	check("targets of all br_tables so far", c.targets, c.limits.TargetsTotal)
	check("locals live across joins", uint64(g.crosses), c.limits.Across)
	if c.err == nil {
		check("locals live at once", c.live(code.Body), c.limits.Live)
	}
}

// moves counts the instructions that compute nothing: they name a value for another one.
func moves(body []wasm.Instruction) (n uint64) {
	for i := range body {
		switch body[i].Op {
		case wasm.OpLocalGet, wasm.OpLocalSet, wasm.OpLocalTee, wasm.OpI32Const, wasm.OpI64Const,
			wasm.OpF32Const, wasm.OpF64Const:
			n++
		}
	}
	return n
}

// escaping counts the defined functions that may leave the module by a table, an export or a reference: a compiler
// makes an entry for the host for each.
func (c *counter) escaping() (n uint64) {
	leaves := make([]bool, len(c.signatures))
	leave := func(index uint64) {
		if index < uint64(len(leaves)) && !leaves[index] {
			leaves[index] = true
			n++
		}
	}
	expression := func(code []wasm.Instruction) {
		for i := range code {
			if code[i].Op == wasm.OpRefFunc {
				leave(code[i].X)
			}
		}
	}
	for i := range c.Exports {
		if c.Exports[i].Kind == wasm.ExternalFunction {
			leave(uint64(c.Exports[i].Index))
		}
	}
	for i := range c.Elements {
		for _, index := range c.Elements[i].Functions {
			leave(uint64(index))
		}
		for _, item := range c.Elements[i].Expressions {
			expression(item)
		}
	}
	for i := range c.Globals {
		expression(c.Globals[i].Init)
	}
	return n
}

// noType stands in for a type that an invalid module names but does not have.
var noType wasm.FuncType

// typeAt returns a type by its index.
func (c *counter) typeAt(index uint64) *wasm.FuncType {
	if index >= uint64(len(c.Types)) {
		return &noType
	}
	return &c.Types[index]
}

// signature returns the type of a function by its index.
func (c *counter) signature(index uint64) *wasm.FuncType {
	if index >= uint64(len(c.signatures)) {
		return &noType
	}
	return c.typeAt(uint64(c.signatures[index]))
}

// arity returns how many parameters and results a type has.
func arity(t *wasm.FuncType) uint64 { return uint64(len(t.Params) + len(t.Results)) }
