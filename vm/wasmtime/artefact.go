package wasmtime

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/ewasm/mirror"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
)

// artefact is one contract compiled under one schedule.
type artefact struct {
	terms
	view   *mirror.View
	entry  *entry  // in the cache
	pooled *native // nil if there is no pool or the contract does not fit it
	atlas  *atlas

	making sync.Mutex
	spare  atomic.Pointer[native] // for instances on demand; if there is pooled, made when first needed
}

// terms are what an engine must know of a contract besides its machine code.
type terms struct {
	imports       []uint16 // rows of the interface, in the order of the module's imports, before the meter's own
	mirrored      []uint16 // those that its mirror has
	functions     uint32   // imported and its own, without those of the mirror
	instantiation int64    // particles
	pages         uint32   // linear memory at the start
	foreign       bool     // whether it has tables or globals of externref
	settled       bool     // whether its instances change only memory and globals
}

// image is an artefact as bytes: what a disk can keep.
type image struct {
	terms
	code []byte // as wasmtime serializes it
}

// errPages reports a contract whose memory is more than its transaction may still hold.
var errPages = errors.New("linear memory of all frames over the limit")

// admit charges for instantiation and refuses a memory larger than the frame may hold.
func (a *artefact) admit(c *ewasm.Context) error {
	if err := c.Gas.ChargeParticles(a.instantiation); err != nil {
		return err
	}
	if a.pages > c.PagesLeft {
		return fmt.Errorf("%w: needs %d pages, %d are left", errPages, a.pages, c.PagesLeft)
	}
	return nil
}

// source is original code and the schedule to compile it under.
type source struct {
	code     []byte
	hash     common.Hash // keccak256 of code
	schedule *gas.Schedule
	keep     bool // whether it is kept over restarts
}

// artefact returns the compiled contract. It is in use until released.
func (e *Engine) artefact(s source, giveUp *frame.Interrupt) (*artefact, error) {
	k := key{s.hash, fingerprint(s.schedule), e.form}
	return e.cache.get(k, giveUp.Given(), func() (*artefact, int, error) { return e.build(k, s) })
}

// running returns the artefact of a frame's code. It is in use until released.
func (e *Engine) running(c *ewasm.Context) (*artefact, error) {
	if art := e.cache.find(key{c.CodeHash, fingerprint(c.Schedule), e.form}); art != nil {
		return art, nil
	}
	// Creation data runs once. If the account has code, what runs is deployed.
	deployed := e.disk != nil && c.State.GetCodeSize(c.Self) > 0
	return e.artefact(source{c.Program(), c.CodeHash, c.Schedule, deployed}, c.Interrupt)
}

// build takes a contract from the disk or makes it, and returns its weight in bytes.
func (e *Engine) build(k key, s source) (art *artefact, weight int, err error) {
	defer func() {
		if p := recover(); p != nil { // the requests that wait for this build must not wait for ever
			art, weight, err = nil, 0, &frame.FaultError{Err: fmt.Errorf("preparing a contract panicked: %v", p)}
		}
	}()
	if img, ok := e.disk.load(k); ok {
		if art, err := e.assemble(img, s.schedule, nil); err == nil {
			e.loaded.Add(1)
			art.atlas = &atlas{code: s.code, schedule: s.schedule, complete: e.complete(&img.terms, s.schedule)}
			return art, weigh(s, img), nil
		}
	}
	img, compiled, err := e.produce(s)
	if err != nil {
		return nil, len(s.code), err
	}
	if art, err = e.assemble(img, s.schedule, compiled); err != nil {
		return nil, 0, &frame.FaultError{Err: fmt.Errorf("loading what was just compiled: %w", err)}
	}
	art.atlas = &atlas{code: s.code, schedule: s.schedule, complete: e.complete(&img.terms, s.schedule)}
	if s.keep {
		e.disk.store(k, img)
	}
	return art, weigh(s, img), nil
}

// produce makes machine code of the original bytes of a contract.
func (e *Engine) produce(s source) (*image, *native, error) {
	m, err := ewasm.Check(s.code, s.schedule)
	if err != nil {
		return nil, nil, err
	}
	if err := e.Validate(s.code); err != nil {
		return nil, nil, &ewasm.RuleError{Rule: ewasm.ErrInvalid, What: err.Error()}
	}
	prepared, err := ewasm.Prepare(m, s.schedule)
	if err != nil {
		return nil, nil, err
	}
	t := terms{
		imports: importsOf(m), functions: uint32(prepared.Module.ImportedFunctions() + len(prepared.Module.Functions)),
		instantiation: prepared.Instantiation, pages: prepared.Pages, foreign: hasForeign(m), settled: isSettled(m),
	}
	if e.form == mirrorForm {
		for _, f := range mirror.Choose(m) {
			t.mirrored = append(t.mirrored, uint16(f.Number))
		}
	}
	compiled, code, err := e.compile(e.complete(&t, s.schedule)(prepared.Module).Encode())
	if err != nil {
		return nil, nil, &frame.FaultError{Err: fmt.Errorf("compiling a valid contract: %w", err)}
	}
	return &image{t, code}, compiled, nil
}

// complete returns what makes the module to compile of a metered one.
func (e *Engine) complete(t *terms, schedule *gas.Schedule) func(*wasm.Module) *wasm.Module {
	return func(metered *wasm.Module) *wasm.Module {
		if e.form == plainForm {
			return metered
		}
		return t.view(schedule).Inject(metered)
	}
}

// view returns what the contract reads of its frames by itself.
func (t *terms) view(schedule *gas.Schedule) *mirror.View {
	functions := make([]*ewasm.Function, len(t.mirrored))
	for i, number := range t.mirrored {
		functions[i] = rows[number]
	}
	return mirror.Of(functions, schedule)
}

func (e *Engine) compile(metered []byte) (*native, []byte, error) {
	e.compiled.Add(1)
	compiled, err := e.demand.compile(metered)
	if err != nil {
		return nil, nil, err
	}
	code, err := compiled.module.Serialize()
	if err != nil {
		compiled.close()
		return nil, nil, err
	}
	return compiled, code, nil
}

// assemble makes an artefact of an image; spare is the same for instances on demand, or nil. Some contracts always
// run on demand: those too large for the pool, those whose tables may grow too large under the schedule, and those
// with externref, which is always null, but for which wasmtime takes a second memory from the pool.
func (e *Engine) assemble(img *image, schedule *gas.Schedule, spare *native) (*artefact, error) {
	art := &artefact{terms: img.terms, view: img.view(schedule)}
	var err error
	if e.pool != nil && !img.foreign && schedule.Limits.TableEntries <= poolTableEntries {
		if art.pooled, err = e.pool.load(img.code); err == nil {
			if spare != nil {
				spare.close()
			}
			return art, nil
		}
	}
	if spare == nil {
		if spare, err = e.demand.load(img.code); err != nil {
			return nil, err
		}
	}
	art.spare.Store(spare)
	return art, nil
}

// onDemand returns the machine code for a unit without a pool.
func (a *artefact) onDemand(u *unit) (*native, error) {
	if b := a.spare.Load(); b != nil {
		return b, nil
	}
	a.making.Lock()
	defer a.making.Unlock()
	if b := a.spare.Load(); b != nil {
		return b, nil
	}
	code, err := a.pooled.module.Serialize()
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	b, err := u.load(code)
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	a.spare.Store(b)
	return b, nil
}

// close frees the machine code.
func (a *artefact) close() {
	for _, b := range []*native{a.pooled, a.spare.Load()} {
		if b != nil {
			b.close()
		}
	}
}

// weigh returns the memory that an artefact holds, in bytes: its machine code, the original with its atlas (8 bytes an
// instruction, most of which take 2 bytes or more), and a fixed share for the open files of memory images.
func weigh(s source, img *image) int { return 256<<10 + len(img.code) + 5*len(s.code) }

func importsOf(m *wasm.Module) []uint16 {
	list := make([]uint16, len(m.Imports))
	for i, item := range m.Imports {
		list[i] = uint16(ewasm.Lookup(item.Module, item.Name).Number)
	}
	return list
}

func hasForeign(m *wasm.Module) bool {
	return slices.ContainsFunc(m.Tables, func(t wasm.Table) bool { return t.Element == wasm.ExternRef }) ||
		slices.ContainsFunc(m.Globals, func(g wasm.Global) bool { return g.Type.Type == wasm.ExternRef })
}

// unsettling are the instructions that change what a frame does not reset when it begins.
var unsettling = []wasm.Opcode{
	wasm.OpTableSet, wasm.OpTableInit, wasm.OpTableCopy, wasm.OpTableGrow, wasm.OpTableFill, wasm.OpElemDrop,
	wasm.OpDataDrop,
}

func isSettled(m *wasm.Module) bool {
	return !slices.ContainsFunc(m.Codes, func(code wasm.Code) bool {
		return slices.ContainsFunc(code.Body,
			func(i wasm.Instruction) bool { return slices.Contains(unsettling, i.Op) })
	})
}
