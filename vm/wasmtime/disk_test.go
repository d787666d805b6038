package wasmtime_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// kept opens an engine that keeps artefacts in dir.
func kept(t testing.TB, dir string) *wasmtime.Engine {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

func prepare(t testing.TB, engine *wasmtime.Engine, c *ewasm.Context) {
	t.Helper()
	if err := engine.Prepare(c.Code, c.CodeHash, c.Schedule, nil); err != nil {
		t.Fatal(err)
	}
}

// answering is a contract that finishes with its calldata's size and a few bytes of its own.
func answering(t testing.TB) *ewasm.Context {
	c := contextOf(wat.Assemble(t, `(module
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (import "ethereum" "getCallDataSize" (func $size (result i32)))
	  (memory (export "memory") 2) (data (i32.const 1) "answer")
	  (func (export "main") (i32.store8 (i32.const 0) (call $size)) (call $finish (i32.const 0) (i32.const 7))))`))
	c.Input = []byte("abc")
	c.State = emptyState(t)
	return c
}

func emptyState(t testing.TB) *gstate.StateDB {
	t.Helper()
	state, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func answers(t testing.TB, engine *wasmtime.Engine) {
	t.Helper()
	if r := engine.Run(answering(t)); string(r.Output) != "\x03answer" {
		t.Errorf("%v %q %v, want the answer", r.End, r.Output, r.Cause)
	}
}

func compiled(t testing.TB, engine *wasmtime.Engine, want wasmtime.Stats) {
	t.Helper()
	if have := engine.Stats(); have != want {
		t.Errorf("%+v, want %+v", have, want)
	}
}

// files returns the artefacts in dir.
func files(t testing.TB, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "g-*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestNothingDeployedIsCompiledAfterARestart(t *testing.T) {
	dir := t.TempDir()
	before := kept(t, dir)
	prepare(t, before, answering(t))
	answers(t, before)
	compiled(t, before, wasmtime.Stats{Compiled: 1})
	after := kept(t, dir)
	answers(t, after)
	answers(t, after)
	compiled(t, after, wasmtime.Stats{Loaded: 1})
}

func TestOneCompileServesAllWhoWait(t *testing.T) {
	engine, c := kept(t, t.TempDir()), answering(t)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() { prepare(t, engine, c) })
	}
	all.Wait()
	compiled(t, engine, wasmtime.Stats{Compiled: 1})
}

func TestADamagedArtefactIsCompiledAgain(t *testing.T) {
	damage := map[string]func(file []byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"short":     func(file []byte) []byte { return file[:30] },
		"truncated": func(file []byte) []byte { return file[:len(file)-1] },
		"longer":    func(file []byte) []byte { return append(file, 0) },
		"magic":     func(file []byte) []byte { file[0]++; return file },
		"checksum":  func(file []byte) []byte { file[20]++; return file },
		"key":       func(file []byte) []byte { file[60]++; return file },
		"terms":     func(file []byte) []byte { file[115]++; return file },
		"code":      func(file []byte) []byte { file[len(file)/2]++; return file },
		"noise":     func([]byte) []byte { return []byte(strings.Repeat("noise", 1000)) },
	}
	for name, damaged := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, kept(t, dir), answering(t))
			path := files(t, dir)[0]
			written, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damaged(written), 0o644); err != nil {
				t.Fatal(err)
			}
			engine := kept(t, dir)
			prepare(t, engine, answering(t))
			answers(t, engine)
			compiled(t, engine, wasmtime.Stats{Compiled: 1})
			again := kept(t, dir)
			answers(t, again)
			compiled(t, again, wasmtime.Stats{Loaded: 1})
		})
	}
}

func TestAnArtefactUnderAnothersNameIsCompiledAgain(t *testing.T) {
	dir := t.TempDir()
	engine := kept(t, dir)
	prepare(t, engine, answering(t))
	mine := files(t, dir)[0]
	prepare(t, engine, contextOf(wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main")))`)))
	for _, path := range files(t, dir) {
		if path != mine {
			if err := os.Rename(path, mine); err != nil {
				t.Fatal(err)
			}
		}
	}
	after := kept(t, dir)
	prepare(t, after, answering(t))
	answers(t, after)
	if have := after.Stats(); have.Compiled != 1 {
		t.Errorf("%+v, want it compiled", have)
	}
}

func TestSchedulesOfOneNameShareNoArtefact(t *testing.T) {
	dir := t.TempDir()
	engine := kept(t, dir)
	other := *gas.Default()
	other.Instructions.MemoryPage++
	for _, schedule := range []*gas.Schedule{gas.Default(), &other} {
		c := answering(t)
		c.Schedule = schedule
		prepare(t, engine, c)
	}
	if have := len(files(t, dir)); have != 2 || engine.Stats().Compiled != 2 {
		t.Errorf("%d files, %+v, want two of each", have, engine.Stats())
	}
}

// What makes the fingerprint of a schedule must be all there is: behind a pointer would be something it does not see.
func TestSchedulesArePlainData(t *testing.T) {
	var plain func(reflect.Type) bool
	plain = func(of reflect.Type) bool {
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				if !plain(of.Field(i).Type) {
					return false
				}
			}
			return true
		case reflect.Array, reflect.Slice:
			return plain(of.Elem())
		}
		return of.Kind() <= reflect.Complex128 || of.Kind() == reflect.String
	}
	if !plain(reflect.TypeFor[gas.Schedule]()) {
		t.Error("gas.Schedule holds something that its fingerprint does not cover")
	}
}

func TestOnlyDeployedCodeIsKept(t *testing.T) {
	state := emptyState(t)
	dir := t.TempDir()
	engine := kept(t, dir)
	creation, deployed := answering(t),
		contextOf(wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main")))`))
	creation.State, deployed.State = state, state
	creation.Self, deployed.Self = common.Address{1}, common.Address{2}
	state.SetCode(deployed.Self, deployed.Code, tracing.CodeChangeUnspecified)
	engine.Run(creation)
	if have := files(t, dir); len(have) != 0 {
		t.Errorf("creation data was kept: %v", have)
	}
	engine.Run(deployed)
	if have := files(t, dir); len(have) != 1 {
		t.Errorf("a contract from genesis was not kept: %v", have)
	}
}

func TestAnUnfinishedFileGoes(t *testing.T) {
	dir := t.TempDir()
	prepare(t, kept(t, dir), answering(t))
	written := files(t, dir)
	if err := os.WriteFile(filepath.Join(filepath.Dir(written[0]), "new-123"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	kept(t, dir)
	if have := files(t, dir); !slices.Equal(have, written) {
		t.Errorf("%v, want %v", have, written)
	}
}

func TestArtefactsOfOtherProgramsGo(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"g-00112233/old", "notours/kept"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept(t, dir)
	if _, err := os.Stat(filepath.Join(dir, "g-00112233")); !os.IsNotExist(err) {
		t.Errorf("another program's artefacts: %v, want them gone", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notours", "kept")); err != nil {
		t.Errorf("a folder that is no artefacts' is touched: %v", err)
	}
}

func TestAFolderThatCannotBeIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if engine, err := wasmtime.New(wasmtime.Config{Dir: file}); err == nil {
		engine.Close()
		t.Error("an engine keeps artefacts in a file")
	}
}

// large returns a contract of about that many bytes of ordinary code.
func large(t testing.TB, bytes int) *ewasm.Context {
	var text strings.Builder
	text.WriteString(`(module (memory (export "memory") 17) (data (i32.const 5000) "data") `)
	for i := range bytes / 95 {
		fmt.Fprintf(&text, `(func $f%d (param $a i32) (param $b i32) (result i32) (local $c i32)
		  (local.set $c (i32.mul (local.get $a) (i32.const %d)))
		  (if (i32.lt_s (local.get $c) (local.get $b)) (then
		    (i32.store offset=%d (i32.and (local.get $a) (i32.const 65535)) (local.get $c))
		    (local.set $b (i32.xor (local.get $b) (i32.load offset=%d (i32.and (local.get $c) (i32.const 65535)))))))
		  (loop (local.set $a (i32.sub (local.get $a) (i32.const 1)))
		    (local.set $c (i32.add (local.get $c) (i32.shl (local.get $a) (i32.const 3))))
		    (br_if 0 (i32.gt_s (local.get $a) (i32.const 0))))
		  (i32.add (local.get $c) (local.get $b)))`, i, 100_003+i, 4*i, 8*i)
	}
	text.WriteString(`(func (export "main") (drop (call $f1 (i32.const 3) (i32.const 4)))))`)
	c := contextOf(wat.Assemble(t, text.String()))
	c.State = emptyState(t)
	return c
}

// BenchmarkFirstCall measures the first call of a contract of 380 KB: after a restart, which finds it on the disk, and
// if it must be compiled. best-ms is the fastest of the run.
func BenchmarkFirstCall(b *testing.B) {
	dir := b.TempDir()
	c := large(b, 380<<10)
	prepare(b, kept(b, dir), c)
	for _, row := range []struct{ name, dir string }{{"disk", dir}, {"compile", ""}} {
		b.Run("from="+row.name, func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				engine, err := wasmtime.New(wasmtime.Config{Dir: row.dir})
				if err != nil {
					b.Fatal(err)
				}
				given := c.Gas
				start := time.Now()
				engine.Run(c)
				best = min(best, time.Since(start))
				c.Gas = given
				if row.dir != "" {
					compiled(b, engine, wasmtime.Stats{Loaded: 1})
				}
				engine.Close()
			}
			b.ReportMetric(float64(len(c.Code))/1024, "KB")
			b.ReportMetric(float64(best)/1e6, "best-ms")
		})
	}
}

func TestALargeContractIsNotCompiledAfterARestart(t *testing.T) {
	dir, c := t.TempDir(), large(t, 380<<10)
	prepare(t, kept(t, dir), c)
	after := kept(t, dir)
	if r := after.Run(c); r.End != frame.Finished {
		t.Fatal(r.Cause)
	}
	compiled(t, after, wasmtime.Stats{Loaded: 1})
}

// What cannot be a contract is found out once.
func TestFailuresAreRemembered(t *testing.T) {
	engine := kept(t, t.TempDir())
	c := contextOf(wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (drop (f32.const 1))))`))
	first := engine.Prepare(c.Code, c.CodeHash, c.Schedule, nil)
	if first == nil {
		t.Fatal("floats are accepted")
	}
	if again := engine.Prepare(c.Code, c.CodeHash, c.Schedule, nil); again != first {
		t.Errorf("asked again, the engine makes another error: %v", again)
	}
	compiled(t, engine, wasmtime.Stats{})
}
