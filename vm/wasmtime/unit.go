package wasmtime

import "github.com/bytecodealliance/wasmtime-go/v39"

// unit is an engine of wasmtime's with the linker for it. Engines and what they make do not mix.
type unit struct {
	engine *wasmtime.Engine
	linker *linker // nil where all runs on the plain binding
}

// native is one contract's machine code in one unit.
type native struct {
	module *wasmtime.Module
	linked *linked // nil where all runs on the plain binding
	pool   *pool   // where its instances may stand; nil for those on demand
}

func (u *unit) close() {
	if u.linker != nil {
		u.linker.close()
	}
	u.engine.Close()
}

// compile makes machine code.
func (u *unit) compile(metered []byte) (*native, error) {
	module, err := wasmtime.NewModule(u.engine, metered)
	if err != nil {
		return nil, err
	}
	return u.link(module)
}

// load takes machine code that an engine of the same configuration has made.
func (u *unit) load(image []byte) (*native, error) {
	module, err := wasmtime.NewModuleDeserialize(u.engine, image)
	if err != nil {
		return nil, err
	}
	return u.link(module)
}

func (u *unit) link(module *wasmtime.Module) (*native, error) {
	if u.linker == nil {
		return &native{module: module}, nil
	}
	linked, err := u.linker.link(module)
	if err != nil {
		module.Close()
		return nil, err
	}
	return &native{module: module, linked: linked}, nil
}

func (b *native) close() {
	if b.pool != nil {
		b.pool.vacate(b)
	}
	if b.linked != nil {
		b.linked.close()
	}
	b.module.Close()
}
