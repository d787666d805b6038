package wasmtime

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bytecodealliance/wasmtime-go/v39"
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

// errNoImage reports that the disk has no intact file of a contract after all.
var errNoImage = &frame.FaultError{Err: errors.New("no compiled code on the disk")}

// artefact returns the compiled contract. It is in use until released. What is on the disk is loaded at once; a request
// waits for its turn to compile, which its timeout counts, and then for the compilation, which it does not.
func (e *Engine) artefact(s source, giveUp *frame.Interrupt) (*artefact, error) {
	w := want{key: key{s.hash, fingerprint(s.schedule), e.form}, keep: s.keep, given: giveUp.Given(), clock: giveUp}
	for {
		w.now = w.given == nil
		w.build = guarded(func() (*artefact, int, error) { return e.build(w, s) })
		if e.disk.has(w.key) {
			w.now = true
			w.build = guarded(func() (*artefact, int, error) { return e.load(w.key, s) })
		}
		if art, err := e.cache.get(w); err != errNoImage {
			return art, err
		}
	}
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

// guarded is build with panics as faults: the requests that wait for it must not wait for ever.
func guarded(build func() (*artefact, int, error)) func() (*artefact, int, error) {
	return func() (art *artefact, weight int, err error) {
		defer func() {
			if p := recover(); p != nil {
				art, weight, err = nil, 0, &frame.FaultError{Err: fmt.Errorf("preparing a contract panicked: %v", p)}
			}
		}()
		return build()
	}
}

// load takes a contract from the disk, and returns its weight in bytes.
func (e *Engine) load(k key, s source) (*artefact, int, error) {
	img, ok := e.disk.load(k)
	if !ok {
		return nil, 0, errNoImage
	}
	art, err := e.assemble(img, s.schedule, nil)
	if err != nil {
		e.disk.drop(k)
		return nil, 0, errNoImage
	}
	e.loaded.Add(1)
	return art, art.weigh(img), nil
}

// build makes a contract, and returns its weight in bytes.
func (e *Engine) build(w want, s source) (*artefact, int, error) {
	img, compiled, err := e.produce(s, w.given != nil)
	if err != nil {
		return nil, len(s.code), err
	}
	if s.keep && e.disk != nil && e.disk.lasts { // another disk gets what leaves the cache
		e.disk.store(w.key, img)
	}
	art, err := e.assemble(img, s.schedule, compiled)
	if err != nil {
		return nil, 0, &frame.FaultError{Err: fmt.Errorf("loading what was just compiled: %w", err)}
	}
	return art, art.weigh(img), nil
}

// produce makes machine code of the original bytes of a contract. aside says that a block must not wait for it.
func (e *Engine) produce(s source, aside bool) (*image, *native, error) {
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
		imports:       importsOf(m),
		functions:     uint32(prepared.Module.ImportedFunctions() + len(prepared.Module.Functions) - prepared.Added),
		instantiation: prepared.Instantiation, pages: prepared.Pages, foreign: hasForeign(m), settled: isSettled(m),
	}
	if e.form == mirrorForm {
		for _, f := range mirror.Choose(m) {
			t.mirrored = append(t.mirrored, uint16(f.Number))
		}
	}
	compiled, code, err := e.compile(e.complete(&t, s.schedule)(prepared.Module).Encode(), aside)
	if err != nil {
		return nil, nil, &frame.FaultError{Err: fmt.Errorf("compiling a valid contract: %w", err)}
	}
	return &image{terms: t, code: code}, compiled, nil
}

// complete returns what makes the module to compile of a metered one.
func (e *Engine) complete(t *terms, schedule *gas.Schedule) func(*wasm.Module) *wasm.Module {
	return func(metered *wasm.Module) *wasm.Module {
		if e.form == plainForm {
			return mirror.InParts(metered)
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

// compile makes machine code. wasmtime's threads compile the functions of all modules in turn; aside, one thread of its
// own compiles the module, and only the serialized code is returned.
func (e *Engine) compile(metered []byte, aside bool) (*native, []byte, error) {
	e.compiled.Add(1)
	if aside {
		module, err := wasmtime.NewModule(e.aside, metered)
		if err != nil {
			return nil, nil, err
		}
		defer module.Close()
		code, err := module.Serialize()
		return nil, code, err
	}
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
	art.atlas = &atlas{schedule: schedule, complete: e.complete(&art.terms, schedule)}
	if e.pool != nil && !img.foreign && schedule.Limits.TableEntries <= poolTableEntries {
		if b, err := e.open(&e.pool.unit, img); err == nil {
			b.pool, art.pooled = e.pool, b
			if spare != nil {
				spare.close()
			}
			return art, nil
		}
	}
	if spare == nil {
		var err error
		if spare, err = e.open(&e.demand, img); err != nil {
			return nil, err
		}
	}
	art.spare.Store(spare)
	return art, nil
}

// mapFrom is the size of machine code from which it is mapped, in bytes. Less is not worth an open file.
const mapFrom = 64 << 10

// open loads an image into a unit. If the cache is half full, large code is mapped from a file that has no name: the
// kernel can take back its pages, as it does with swapped memory, and nothing else can change them.
func (e *Engine) open(u *unit, img *image) (b *native, err error) {
	size := int64(len(img.code))
	if size < mapFrom || !e.cache.isHalfFull() || e.files.refused.Load() || !e.files.take(size) {
		return u.load(img.code)
	}
	err = e.disk.scratch(img.code, func(name string) error {
		b, err = u.mapFile(name)
		return err
	})
	if err != nil {
		e.files.give(size)
		e.files.refused.Store(true)
		return u.load(img.code)
	}
	b.files, b.mapped = e.files, size
	return b, nil
}

// onDemand returns the machine code for a unit without a pool.
func (e *Engine) onDemand(a *artefact) (*native, error) {
	if b := a.spare.Load(); b != nil {
		return b, nil
	}
	a.making.Lock()
	defer a.making.Unlock()
	if b := a.spare.Load(); b != nil {
		return b, nil
	}
	img, err := a.image()
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	b, err := e.open(&e.demand, img)
	if err != nil {
		return nil, &frame.FaultError{Err: err}
	}
	a.spare.Store(b)
	a.entry.cache.grow(a.entry, b.weigh(img))
	return b, nil
}

// image returns the artefact as bytes.
func (a *artefact) image() (*image, error) {
	b := a.pooled
	if b == nil {
		b = a.spare.Load()
	}
	code, err := b.module.Serialize()
	return &image{terms: a.terms, code: code}, err
}

// retire closes an artefact that has left the cache. If it will be needed again, the disk keeps it.
func (e *Engine) retire(old *entry) {
	if old.keep && e.disk != nil && !e.disk.has(old.key) {
		if img, err := old.art.image(); err == nil {
			e.disk.store(old.key, img)
		}
	}
	old.art.close()
}

// close frees the machine code.
func (a *artefact) close() {
	for _, b := range []*native{a.pooled, a.spare.Load()} {
		if b != nil {
			b.close()
		}
	}
}

// weigh returns the memory that an artefact holds, in bytes, without its atlas.
func (a *artefact) weigh(img *image) int {
	if a.pooled != nil {
		return a.pooled.weigh(img)
	}
	return a.spare.Load().weigh(img)
}

// weigh returns the memory of machine code in one unit: a share for wasmtime's structures, our own and a copy of the
// contract's memory, and the code. Of a mapped file only what wasmtime derives from it counts.
func (b *native) weigh(img *image) int {
	if b.files != nil {
		return nativeShare + len(img.code)/16
	}
	return nativeShare + len(img.code)
}

const nativeShare = 64 << 10

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
