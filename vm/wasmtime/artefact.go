package wasmtime

import (
	"errors"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// artefact is one contract compiled under one schedule.
type artefact struct {
	module        *wasmtime.Module
	linked        *linked           // nil where all runs on the plain binding
	imports       []*ewasm.Function // in the order of the module's imports, before the meter's own
	instantiation int64             // particles
	pages         uint32            // linear memory at the start
}

// errPages reports a contract whose memory does not fit what its transaction may still hold.
var errPages = errors.New("linear memory of all frames over the limit")

// admit charges what instantiation costs and refuses a memory over what the frame may hold.
func (a *artefact) admit(c *ewasm.Context) error {
	if err := c.Gas.ChargeParticles(a.instantiation); err != nil {
		return err
	}
	if a.pages > c.PagesLeft {
		return fmt.Errorf("%w: needs %d pages, %d are left", errPages, a.pages, c.PagesLeft)
	}
	return nil
}

// artefact returns the compiled contract, in use until released.
func (e *Engine) artefact(code []byte, hash common.Hash, schedule *gas.Schedule) (*artefact, error) {
	return e.cache.get(key{hash, schedule.Name}, func() (*artefact, int, error) { return e.build(code, schedule) })
}

// build takes a contract through the whole way from original bytes to machine code, and estimates its weight in bytes.
func (e *Engine) build(code []byte, schedule *gas.Schedule) (*artefact, int, error) {
	m, err := ewasm.Check(code, schedule)
	if err != nil {
		return nil, len(code), err
	}
	if err := e.Validate(code); err != nil {
		return nil, len(code), &ewasm.RuleError{Rule: ewasm.ErrInvalid, What: err.Error()}
	}
	prepared, err := ewasm.Prepare(m, schedule)
	if err != nil {
		return nil, len(code), err
	}
	module, err := wasmtime.NewModule(e.engine, prepared.Binary)
	if err != nil {
		return nil, 0, &ewasm.FaultError{Err: fmt.Errorf("compiling a valid contract: %w", err)}
	}
	art := &artefact{
		module:        module,
		imports:       importsOf(m),
		instantiation: prepared.Instantiation,
		pages:         prepared.Pages,
	}
	if e.linker != nil {
		if art.linked, err = e.linker.link(module); err != nil {
			module.Close()
			return nil, 0, &ewasm.FaultError{Err: fmt.Errorf("linking a valid contract: %w", err)}
		}
	}
	return art, weigh(prepared), nil
}

// close frees the machine code.
func (a *artefact) close() {
	if a.linked != nil {
		a.linked.close()
	}
	a.module.Close()
}

// weigh estimates the memory of a compiled module: machine code and tables are some eight times the binary.
func weigh(p *ewasm.Prepared) int { return 64<<10 + 8*len(p.Binary) }

func importsOf(m *wasm.Module) []*ewasm.Function {
	list := make([]*ewasm.Function, len(m.Imports))
	for i, item := range m.Imports {
		list[i] = ewasm.Lookup(item.Module, item.Name)
	}
	return list
}
