// Package wasmtime is the engine: it compiles metered contracts with wasmtime, keeps the artefacts, and runs them.
// Only it and its leaves use cgo, and no type of wasmtime-go leaves it.
//
// It does not know blocks or prices: it satisfies vm.Engine, calls the host functions of the ewasm table, and returns
// how main ended. A contract runs on the shim (shim.go, run.c) or, with the build tag plainwasmtime, on wasmtime-go
// as it is (plain.go); the outcome is the same. Start at New and Engine.Run.
package wasmtime

import (
	"cmp"
	"os"
	"sync/atomic"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// Config tunes an engine; the zero value works.
type Config struct {
	CacheBytes int    // compiled code kept in memory; 0 = 512 MiB
	Dir        string // folder in which compiled code is kept over restarts; empty = none
	Temporary  bool   // without Dir: what the memory has no room for is kept in a temporary folder until Close
	DiskBytes  int64  // in the folder, of what is kept and once more of what is mapped; 0 = 2 GiB, temporary 512 MiB

	Notice func(text string) // called with what the user of the node should know, once each; nil discards it
}

// Engine compiles and runs contracts. It is safe for concurrent use.
type Engine struct {
	form   form             // of what it compiles
	rules  *wasmtime.Engine // validates: has the features of contracts and no others
	demand unit             // compiles, and runs what the pool has no slot for
	aside  *wasmtime.Engine // compiles for requests, each module on one thread
	pool   *pool            // nil if all runs on demand
	solo   soloists         // for requests on the plain binding
	cache  *cache
	disk   *disk // nil if there is none
	files  *files

	compiled, loaded atomic.Uint64
}

// Stats counts what an engine has done since New.
type Stats struct {
	Compiled uint64 // contracts taken from original bytes to machine code
	Loaded   uint64 // contracts whose machine code was on the disk
}

// New returns an engine. The error says which property the machine lacks, or why Config.Dir cannot be used.
func New(config Config) (*Engine, error) {
	if plainBinding {
		return newPlain(config)
	}
	if err := selfTested(); err != nil {
		return nil, err
	}
	return newShim(config, mirrorForm)
}

// newPlain returns an engine that runs all on the plain binding.
func newPlain(config Config) (*Engine, error) { return newEngine(config, interruptible, plainForm) }

// newShim returns an engine that runs all on the shim.
func newShim(config Config, f form) (*Engine, error) {
	if err := takeInterrupts(); err != nil {
		return nil, err
	}
	e, err := newEngine(config, laidOut, f)
	if err != nil {
		return nil, err
	}
	if e.demand.linker, err = newLinker(e.demand.engine); err == nil {
		e.pool, err = newPool()
	}
	if err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func newEngine(config Config, onDemand func() *wasmtime.Config, f form) (*Engine, error) {
	// If it is set, wasmtime collects symbols at every trap, which takes seven times as long as the trap itself.
	if err := os.Unsetenv("RUST_BACKTRACE"); err != nil {
		return nil, err
	}
	config = config.whole()
	kept, err := openDisk(config.Dir, config.DiskBytes)
	if err != nil {
		return nil, err
	}
	if kept == nil && config.Temporary {
		kept = temporaryDisk(config.DiskBytes)
	}
	aside := onDemand()
	aside.SetParallelCompilation(false)
	e := &Engine{
		form:   f,
		rules:  wasmtime.NewEngineWithConfig(features()),
		demand: unit{engine: wasmtime.NewEngineWithConfig(onDemand())},
		aside:  wasmtime.NewEngineWithConfig(aside),
		cache:  newCache(config.CacheBytes),
		disk:   kept,
		files:  countFiles(config.DiskBytes, config.Notice),
	}
	e.cache.dispose = e.retire
	return e, nil
}

// whole is the configuration with its defaults.
func (c Config) whole() Config {
	c.CacheBytes = cmp.Or(c.CacheBytes, 512<<20)
	if c.DiskBytes == 0 {
		if c.DiskBytes = 2 << 30; c.Dir == "" {
			c.DiskBytes = 512 << 20
		}
	}
	if c.Notice == nil {
		c.Notice = func(string) {}
	}
	return c
}

// laidOut is features with the layout of memories on the shim.
func laidOut() *wasmtime.Config {
	c := features()
	layOut(c)
	return c
}

// features is the configuration under which contracts are validated. What the mirror adds to them needs more (layOut).
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
	// If it is set, wasmtime keeps an open file for the data of each module, and a new instance is not made faster.
	c.SetMemoryInitCOWSet(false)
	c.SetMaxWasmStack(nativeStack)
	return c
}

// Stop ends what waits for a compilation with a fault: requests at once, a block after a second. Close follows.
func (e *Engine) Stop() { e.cache.works.stop() }

// Close frees the engine and every artefact. No contract may be running. A compilation that was given up may run: Close
// does not wait for it, and the memory is freed when it ends.
func (e *Engine) Close() error {
	e.Stop()
	e.disk.close()
	e.cache.afterAll(e.free)
	return nil
}

func (e *Engine) free() {
	e.cache.dispose = func(old *entry) { old.art.close() }
	e.cache.clear()
	if e.pool != nil {
		e.pool.close()
	}
	e.demand.close()
	e.solo.close()
	e.aside.Close()
	e.rules.Close()
}

// Stats returns the counters.
func (e *Engine) Stats() Stats { return Stats{Compiled: e.compiled.Load(), Loaded: e.loaded.Load()} }

// Validate returns nil if binary is a valid module of the accepted features. The error names the offset and the rule.
func (e *Engine) Validate(binary []byte) error {
	return wasmtime.ModuleValidate(e.rules, binary)
}

// Prepare checks, validates, meters and compiles code, whose keccak256 is hash, unless that was done before, and
// keeps it for later runs. If giveUp, which may be nil, comes first, the error is a fault with frame.ErrInterrupted; a
// compilation that has begun goes on. If too many requests wait to compile, the fault has frame.ErrOverloaded.
func (e *Engine) Prepare(code []byte, hash common.Hash, schedule *gas.Schedule, giveUp *frame.Interrupt) error {
	art, err := e.artefact(source{code, hash, schedule, true}, giveUp)
	if err == nil {
		e.cache.release(art)
	}
	return err
}

// Run executes main of c.Program.
func (e *Engine) Run(c *ewasm.Context) frame.Result {
	art, err := e.running(c)
	if err != nil {
		return c.Conclude(err)
	}
	defer e.cache.release(art)
	if err := art.admit(c); err != nil {
		return c.Conclude(err)
	}
	if e.demand.linker == nil {
		return onStack(func() frame.Result { return e.runPlain(art, c) })
	}
	return e.runShim(art, c)
}

// memoryLimit returns how far a contract's memory may grow, in bytes.
func (a *artefact) memoryLimit(c *ewasm.Context) int64 {
	return int64(min(c.PagesLeft, c.Schedule.Limits.Reach(a.pages))) * pageBytes
}

// tableLimit returns how far a contract's tables may grow, in entries.
func tableLimit(c *ewasm.Context) int64 { return int64(c.Schedule.Limits.TableEntries) }
