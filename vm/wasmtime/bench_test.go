package wasmtime_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wat"
	"hestia/vm/wasmtime"
)

// bindings are the ways of running a contract: on wasmtime-go as it is, on the shim with every host function the
// host's, and on the shim with a mirror, which is what New's engines do.
func bindings(t testing.TB) map[string]*wasmtime.Engine {
	t.Helper()
	shim, err := wasmtime.NewShim(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := wasmtime.NewPlain(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	host, err := wasmtime.NewHost(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shim.Close(); plain.Close(); host.Close() })
	return map[string]*wasmtime.Engine{"plain": plain, "host": host, "shim": shim}
}

// looping returns a contract that runs body 100 times.
func looping(imports, body string) string { return loopingFor(100, imports, body) }

func loopingFor(rounds int, imports, body string) string {
	return fmt.Sprintf(`(module %s (memory (export "memory") 1) (func (export "main") (local $i i32)
	  (loop %s (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
	    (i32.const %d))))))`, imports, body, rounds)
}

// contextOf is the context of code that needs no state.
func contextOf(code []byte) *ewasm.Context {
	return &ewasm.Context{Frame: frame.Frame{
		Code: code, CodeHash: crypto.Keccak256Hash(code), Schedule: gas.Byzantium(), Gas: gas.NewTank(1 << 40),
		PagesLeft: 512, Block: &frame.Block{}, Value: new(uint256.Int),
		Tx: &frame.Transaction{GasPrice: new(uint256.Int)}, Input: make([]byte, 100),
	}}
}

// BenchmarkEngine measures a warm call from the engine's entry to its exit. The rows of a loop make 100 host calls
// each: what one costs is the difference to the empty loop, by 100. An operation is 50 calls; the best metric is for
// one.
func BenchmarkEngine(b *testing.B) {
	engines := bindings(b)
	for _, row := range []struct{ name, text string }{
		{"empty", `(module (memory (export "memory") 1) (func (export "main")))`},
		{"finish", `(module (import "ethereum" "finish" (func $finish (param i32 i32))) (memory (export "memory") 1)
		  (func (export "main") (call $finish (i32.const 0) (i32.const 0))))`},
		{"unreachable", `(module (memory (export "memory") 1) (func (export "main") unreachable))`},
		{"pages=16,dirty=2", `(module (memory (export "memory") 16) (data (i32.const 0) "image") (func (export "main")
		  (i32.store (i32.const 0) (i32.const 1)) (i32.store (i32.const 1000000) (i32.const 1))))`},
		{"loop=none", looping("", "")},
		{"loop=useGas", looping(`(import "ethereum" "useGas" (func $f (param i64)))`, `(call $f (i64.const 0))`)},
		{"loop=getCaller", looping(`(import "ethereum" "getCaller" (func $f (param i32)))`, `(call $f (i32.const 0))`)},
		{"loop=callDataCopy", looping(copies, `(call $f (i32.const 0) (i32.const 4) (i32.const 32))`)},
		{"loop=getGasLeft", looping(`(import "ethereum" "getGasLeft" (func $f (result i64)))`, `(drop (call $f))`)},
	} {
		code := wat.Assemble(b, row.text)
		best := map[string]time.Duration{}
		for _, name := range []string{"plain", "host", "shim"} {
			b.Run(row.name+"/binding="+name, func(b *testing.B) {
				best[name] = fastest(b, engines[name], contextOf(code))
				b.ReportMetric(float64(best[name]), "best-ns/op")
				if name == "shim" {
					b.ReportMetric(float64(best["plain"])/float64(best[name]), "times-cheaper")
				}
			})
		}
	}
}

// fastest runs a frame b.N times and returns the time of a call in the best batch of 50: what it takes if nothing else
// disturbs the machine.
func fastest(b *testing.B, engine *wasmtime.Engine, c *ewasm.Context) time.Duration {
	const batch = 50
	best, given := time.Duration(math.MaxInt64), c.Gas
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		for range batch {
			c.Gas = given
			engine.Run(c)
		}
		best = min(best, time.Since(start)/batch)
	}
	return best
}

// BenchmarkInLoop measures what a host function adds to an empty loop, in runs long enough that all else is nothing.
func BenchmarkInLoop(b *testing.B) {
	const rounds = 10_000
	engines := bindings(b)
	empty := map[string]time.Duration{}
	for _, row := range []struct{ name, text string }{
		{"none", loopingFor(rounds, "", "")},
		{"useGas", loopingFor(rounds, `(import "ethereum" "useGas" (func $f (param i64)))`, `(call $f (i64.const 0))`)},
		{"getGasLeft", loopingFor(rounds, `(import "ethereum" "getGasLeft" (func $f (result i64)))`,
			`(drop (call $f))`)},
		{"getCaller", loopingFor(rounds, `(import "ethereum" "getCaller" (func $f (param i32)))`,
			`(call $f (i32.const 0))`)},
		{"getCallValue", loopingFor(rounds, `(import "ethereum" "getCallValue" (func $f (param i32)))`,
			`(call $f (i32.const 0))`)},
		{"getCallDataSize", loopingFor(rounds, `(import "ethereum" "getCallDataSize" (func $f (result i32)))`,
			`(drop (call $f))`)},
		{"getBlockNumber", loopingFor(rounds, `(import "ethereum" "getBlockNumber" (func $f (result i64)))`,
			`(drop (call $f))`)},
		{"callDataCopy,bytes=4", loopingFor(rounds, copies, `(call $f (i32.const 0) (i32.const 0) (i32.const 4))`)},
		{"callDataCopy,bytes=32", loopingFor(rounds, copies, `(call $f (i32.const 0) (i32.const 4) (i32.const 32))`)},
		{"callDataCopy,bytes=100", loopingFor(rounds, copies, `(call $f (i32.const 0) (i32.const 0) (i32.const 100))`)},
	} {
		code := wat.Assemble(b, row.text)
		for _, name := range []string{"host", "shim"} {
			b.Run(row.name+"/binding="+name, func(b *testing.B) {
				best := fastest(b, engines[name], contextOf(code))
				if row.name == "none" {
					empty[name] = best
				}
				b.ReportMetric(float64(best-empty[name])/rounds, "ns-above-empty-loop")
			})
		}
	}
}

const copies = `(import "ethereum" "callDataCopy" (func $f (param i32 i32 i32)))`

// BenchmarkNested measures a contract that calls itself ten times deep, each level writing to its memory: eleven
// contract calls through the frame machine.
func BenchmarkNested(b *testing.B) {
	code := wat.Assemble(b, `(module
	  (import "ethereum" "getAddress" (func $getAddress (param i32)))
	  (import "ethereum" "callDataCopy" (func $callDataCopy (param i32 i32 i32)))
	  (import "ethereum" "callStatic" (func $call (param i64 i32 i32 i32) (result i32)))
	  (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 1)
	  (func (export "main")
	    (call $callDataCopy (i32.const 0) (i32.const 0) (i32.const 1))
	    (if (i32.load8_u (i32.const 0)) (then
	      (i32.store8 (i32.const 0) (i32.sub (i32.load8_u (i32.const 0)) (i32.const 1)))
	      (call $getAddress (i32.const 32))
	      (if (call $call (i64.const 0x7fffffffffffffff) (i32.const 32) (i32.const 0) (i32.const 1))
	        (then unreachable))))
	    (call $finish (i32.const 0) (i32.const 1))))`)
	engines := bindings(b)
	best := map[string]time.Duration{}
	for _, name := range []string{"plain", "shim"} {
		b.Run("calls=11/binding="+name, func(b *testing.B) {
			best[name] = time.Hour
			m := machine(b, engines[name], first, code)
			for b.Loop() {
				start := time.Now()
				r := m.RunCall(&frame.Transaction{GasPrice: new(uint256.Int)}, caller,
					frame.Call{Target: first, Value: new(uint256.Int), Gas: gas.NewTank(1 << 40), Input: []byte{10}})
				best[name] = min(best[name], time.Since(start))
				if r.End != frame.Finished {
					b.Fatal(r.Cause)
				}
			}
			b.ReportMetric(float64(best[name]), "best-ns/op")
			if name == "shim" {
				b.ReportMetric(float64(best["plain"])/float64(best[name]), "times-cheaper")
			}
		})
	}
}

// BenchmarkStorageLoad measures a warm storageLoad, a hundred in a loop: through the binding, and what its row takes
// of that in Go, without an engine. The difference is the way there and back.
func BenchmarkStorageLoad(b *testing.B) {
	const loads = 100
	code := wat.Assemble(b, looping(`(import "ethereum" "storageLoad" (func $f (param i32 i32)))`,
		`(call $f (i32.const 0) (i32.const 32))`))
	engines := bindings(b)
	run := func(name string, once func(*ewasm.Context)) {
		b.Run("in="+name, func(b *testing.B) {
			c := contextOf(code)
			c.State, c.Self = machine(b, engines["shim"], first, code).State, first
			c.State.SetState(first, common.Hash{}, common.Hash{31: 7})
			c.Memory = make([]byte, 64)
			best, given := time.Hour, c.Gas
			for b.Loop() {
				c.Gas = given
				start := time.Now()
				once(c)
				best = min(best, time.Since(start))
			}
			b.ReportMetric(float64(best)/loads, "best-ns/load")
		})
	}
	row := ewasm.Lookup("ethereum", "storageLoad")
	run("row", func(c *ewasm.Context) {
		for range loads {
			if _, err := row.Call(c, ewasm.Args{0, 32}); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, name := range []string{"plain", "shim"} {
		run(name, func(c *ewasm.Context) { engines[name].Run(c) })
	}
}
