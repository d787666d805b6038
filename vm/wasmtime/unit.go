package wasmtime

import "github.com/bytecodealliance/wasmtime-go/v39"

// unit is an engine of wasmtime's with its linker. What one engine makes cannot be used with another.
type unit struct {
	engine *wasmtime.Engine
	linker *linker // nil on the plain binding
}

// native is one contract's machine code in one unit.
type native struct {
	module *wasmtime.Module
	linked *linked // nil on the plain binding
	pool   *pool   // for its instances; nil if they are made on demand
	files  *files  // counts its file; nil if it has none
	mapped int64   // bytes of its file
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

// load takes machine code that was made by an engine of the same configuration.
func (u *unit) load(image []byte) (*native, error) {
	module, err := wasmtime.NewModuleDeserialize(u.engine, image)
	if err != nil {
		return nil, err
	}
	return u.link(module)
}

// mapFile is load from a file, which stays open and mapped: its pages are the kernel's, which takes them back if it
// needs memory.
func (u *unit) mapFile(path string) (*native, error) {
	module, err := wasmtime.NewModuleDeserializeFile(u.engine, path)
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
	if b.files != nil {
		b.files.give(b.mapped)
	}
}
