// Package wasmtime is the engine: it compiles metered contracts with wasmtime, keeps the artefacts, and runs them. It is
// the only package that uses cgo, and no type of wasmtime-go leaves it.
//
// It does not know frames, blocks or prices: it satisfies vm.Engine by structure, calls the host functions of the ewasm
// table and reports how main ended. Start at New and Engine.Run. A contract runs on the shim (shim.go, shim.c) or on
// wasmtime-go as it is (plain.go), with the same outcome; the build tag plainwasmtime says which, the shim without it.
package wasmtime

import (
	"os"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/gas"
)

// Config tunes an engine; the zero value works.
type Config struct {
	CacheBytes int // compiled code kept in memory, estimated; 0 = 512 MiB
}

// Engine compiles and runs contracts. It is safe for concurrent use.
type Engine struct {
	engine *wasmtime.Engine
	linker *linker // nil where all runs on the plain binding
	cache  *cache
}

// New returns an engine. Its error says which property of the machine does not suffice.
func New(config Config) (*Engine, error) {
	// With it set wasmtime collects symbols at every trap, seven times dearer than the trap itself.
	if err := os.Unsetenv("RUST_BACKTRACE"); err != nil {
		return nil, err
	}
	if plainBinding {
		return newPlain(config), nil
	}
	if err := selfTested(); err != nil {
		return nil, err
	}
	return newShim(config)
}

func newPlain(config Config) *Engine {
	if config.CacheBytes == 0 {
		config.CacheBytes = 512 << 20
	}
	return &Engine{engine: wasmtime.NewEngineWithConfig(features()), cache: newCache(config.CacheBytes)}
}

func newShim(config Config) (*Engine, error) {
	e := newPlain(config)
	var err error
	if e.linker, err = newLinker(e.engine); err != nil {
		e.engine.Close()
		return nil, err
	}
	return e, nil
}

// features is the one configuration under which contracts are validated, compiled and run.
func features() *wasmtime.Config {
	c := wasmtime.NewConfig()
	c.SetWasmReferenceTypes(true)
	c.SetWasmBulkMemory(true)
	c.SetWasmMultiValue(true)
	c.SetWasmSIMD(false)
	c.SetWasmRelaxedSIMD(false)
	c.SetWasmThreads(false)
	c.SetWasmMultiMemory(false)
	c.SetWasmMemory64(false)
	c.SetWasmTailCall(false)
	c.SetWasmFunctionReferences(false)
	c.SetWasmGC(false)
	c.SetWasmWideArithmetic(false)
	c.SetMaxWasmStack(nativeStack)
	return c
}

// Close frees the engine and every artefact. No contract may be running.
func (e *Engine) Close() error {
	e.cache.clear()
	if e.linker != nil {
		e.linker.close()
	}
	e.engine.Close()
	return nil
}

// Validate tells whether binary is a valid module of the accepted features; the error names the offset and the rule.
func (e *Engine) Validate(binary []byte) error { return wasmtime.ModuleValidate(e.engine, binary) }

// Prepare checks, validates, meters and compiles code, whose keccak256 is hash, unless that was done before.
func (e *Engine) Prepare(code []byte, hash common.Hash, schedule *gas.Schedule) error {
	art, err := e.artefact(code, hash, schedule)
	if err == nil {
		e.cache.release(art)
	}
	return err
}

// Run executes main of c.Code.
func (e *Engine) Run(c *ewasm.Context) ewasm.Result {
	art, err := e.artefact(c.Code, c.CodeHash, c.Schedule)
	if err != nil {
		return c.Conclude(err)
	}
	defer e.cache.release(art)
	if err := art.admit(c); err != nil {
		return c.Conclude(err)
	}
	if e.linker == nil {
		return onStack(func() ewasm.Result { return e.runPlain(art, c) })
	}
	return e.runShim(art, c)
}

// memoryLimit is how far a contract's memory may grow, in bytes.
func memoryLimit(c *ewasm.Context) int64 {
	return int64(min(c.PagesLeft, c.Schedule.Limits.Pages)) * pageBytes
}

// tableLimit is how far a contract's tables may grow, in entries.
func tableLimit(c *ewasm.Context) int64 { return int64(c.Schedule.Limits.TableEntries) }
