package tests

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/hestiatest"
	"hestia/internal/wat"
	"hestia/node"
	"hestia/vm/wasmtime"
)

// slowCreation is creation data of about that many bytes that compiles about as slowly as is accepted.
func slowCreation(t *testing.T, bytes int) []byte {
	t.Helper()
	var text strings.Builder
	text.WriteString(`(module (memory (export "memory") 1) (func (export "main"))`)
	for range bytes / 12_500 {
		text.WriteString("(func (result i32) (local i32) (block (result i32) (local.get 0) ")
		text.WriteString(strings.Repeat("(br_if 0 (local.tee 0 (local.get 0)))", 2_000))
		text.WriteString("))")
	}
	return wat.Assemble(t, text.String()+")")
}

// numbered is a module that differs from others in a custom section.
func numbered(module []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(append([]byte{}, module...), 0, 6, 1, 'n'), uint32(n))
}

// ofProcess is a number of a process that /proc/PID/status has.
func (p *process) ofProcess(t *testing.T, field string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skip(err)
	}
	number, err := strconv.Atoi(string(regexp.MustCompile(field + `:\s+(\d+)`).FindSubmatch(text)[1]))
	check(t, err)
	return number
}

// answers fails if the node takes long for the simplest question.
func (p *process) answers(t *testing.T) {
	t.Helper()
	begin := time.Now()
	if _, err := p.client.BlockNumber(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 100*time.Millisecond {
		t.Errorf("eth_blockNumber took %v", took)
	}
}

// terminated asks a node to end and returns how long that took.
func (p *process) terminated(t *testing.T) time.Duration {
	t.Helper()
	begin := time.Now()
	check(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.cmd.Wait()
	return time.Since(begin)
}

// flood sends calls with creation data that compiles slowly, eight at once, and gives each up.
func (p *process) flood(t *testing.T, calls int, data []byte) {
	t.Helper()
	places := make(chan struct{}, 8)
	var all sync.WaitGroup
	for n := range calls {
		places <- struct{}{}
		all.Go(func() {
			ctx, giveUp := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer giveUp()
			call := map[string]any{"data": hexutil.Bytes(numbered(data, n))}
			_ = p.client.Client().CallContext(ctx, nil, "eth_call", call, "latest")
			<-places
		})
	}
	all.Wait()
}

// TestTheHostileSetOfAbandonedCompilations gives up calls whose creation data compiles slowly. Meanwhile a block
// compiles other code, and in the end the node stops while something is compiled.
func TestTheHostileSetOfAbandonedCompilations(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a node: not in -short")
	}
	calls := 40
	if *siege > 0 {
		calls = 200
	}
	p, data := startProcess(t, buildHestia(t)), slowCreation(t, 100_000)
	begin := time.Now()
	check(t, p.client.Client().Call(nil, "eth_call", map[string]any{"data": hexutil.Bytes(data)}, "latest"))
	t.Logf("one compilation takes %v", time.Since(begin))
	held, threads := p.ofProcess(t, "VmRSS"), p.ofProcess(t, "Threads")
	p.flood(t, calls, data)
	p.answers(t)

	begin = time.Now()
	keys, err := node.DeriveKeys(node.DevMnemonic, 1)
	check(t, err)
	deployToken(t, p.client, keys[0])
	deployed := time.Since(begin)
	moreHeld, moreThreads := p.ofProcess(t, "VmHWM")-held, p.ofProcess(t, "Threads")-threads

	var last sync.WaitGroup
	last.Go(func() { p.flood(t, 8, numbered(data, 1)) })
	time.Sleep(50 * time.Millisecond)
	ended := p.terminated(t)
	last.Wait()
	t.Logf("%d calls of %d KB: %d MB and %d threads more, a deployment took %v, the end %v",
		calls, len(data)>>10, moreHeld>>10, moreThreads, deployed, ended)
	if moreHeld > 300<<10 || moreThreads > 40 || deployed > 5*time.Second || ended > 2*time.Second {
		t.Error("that is too much")
	}
}

// TestTheHostileSetOfManyContracts calls more contracts in turn, in one transaction, than the engine has room for.
func TestTheHostileSetOfManyContracts(t *testing.T) {
	contracts, functions, config := 30, 150, wasmtime.Config{Temporary: true, CacheBytes: 1 << 20}
	if *siege > 0 {
		contracts, functions, config.CacheBytes = 300, 2_500, 0
	}
	engine, err := wasmtime.New(config)
	check(t, err)
	defer engine.Close()
	d := hestiatest.StartWith(t, node.Config{Engine: engine, Devnet: node.Devnet{GasLimit: 1 << 32}})
	module := ordinary(t, functions)
	for n := range contracts {
		var at common.Address
		binary.BigEndian.PutUint32(at[16:], uint32(1_000_000+n))
		d.SetCode(at, numbered(module, n))
	}
	caller := common.Address{0xca}
	d.SetCode(caller, callerInTurn(t, contracts))
	for _, what := range []string{"first", "again"} {
		begin, before := time.Now(), engine.Stats()
		var hash common.Hash
		check(t, d.RPC.Call(&hash, "eth_sendTransaction", map[string]any{
			"from": d.Accounts[1], "to": caller, "gas": hexutil.Uint64(16_000_000),
		}))
		took, have := time.Since(begin), engine.Stats()
		var r struct{ Status, GasUsed hexutil.Uint64 }
		check(t, d.RPC.Call(&r, "eth_getTransactionReceipt", hash))
		t.Logf("%s: %d contracts of %d KB three times: %v, %d ns a gas, %d compiled, %d loaded",
			what, contracts, len(module)>>10, took, uint64(took)/uint64(r.GasUsed),
			have.Compiled-before.Compiled, have.Loaded-before.Loaded)
		if r.Status != 1 || what == "again" && have.Compiled > before.Compiled {
			t.Errorf("status %d, %d compiled again", r.Status, have.Compiled-before.Compiled)
		}
	}
}

// callerInTurn is a contract that calls so many others, three times each.
func callerInTurn(t *testing.T, contracts int) []byte {
	t.Helper()
	return wat.Assemble(t, fmt.Sprintf(`(module
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (memory (export "memory") 1)
	  (func (export "main") (local $i i32) (local $n i32)
	    (loop $round
	      (local.set $i (i32.const 0))
	      (loop $each
	        (i32.store (i32.const 16) (i32.add (i32.const 1000000) (local.get $i)))
	        (i32.store8 (i32.const 19) (i32.add (i32.const 1000000) (local.get $i)))
	        (i32.store8 (i32.const 18) (i32.shr_u (i32.add (i32.const 1000000) (local.get $i)) (i32.const 8)))
	        (i32.store8 (i32.const 17) (i32.shr_u (i32.add (i32.const 1000000) (local.get $i)) (i32.const 16)))
	        (i32.store8 (i32.const 16) (i32.const 0))
	        (if (call $call (i64.const 1000000) (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 0))
	          (then (unreachable)))
	        (br_if $each (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const %d))))
	      (br_if $round (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
	        (i32.const 3))))))`, contracts))
}

// ordinary is a module of so many functions of some 60 bytes.
func ordinary(t *testing.T, functions int) []byte {
	t.Helper()
	var text strings.Builder
	text.WriteString(`(module (memory (export "memory") 1) (data (i32.const 64) "data") (func (export "main"))`)
	for i := range functions {
		fmt.Fprintf(&text, `(func (param $a i32) (param $b i32) (result i32) (local $c i32)
		  (local.set $c (i32.mul (local.get $a) (i32.const %d)))
		  (if (i32.lt_s (local.get $c) (local.get $b)) (then
		    (i32.store offset=%d (i32.and (local.get $a) (i32.const 65535)) (local.get $c))))
		  (i32.add (local.get $c) (local.get $b)))`, 100_003+i, 4*i)
	}
	return wat.Assemble(t, text.String()+")")
}

// TestTheHostileSetOfManyFiles calls more small contracts than the process may open files.
func TestTheHostileSetOfManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a node: not in -short")
	}
	limit := 256
	if *siege > 0 {
		limit = 1024
	}
	command := fmt.Sprintf(`ulimit -n %d && exec "$0" devnet --port 0`, limit)
	p := startCommand(t, exec.Command("sh", "-c", command, buildHestia(t)))
	module := ordinary(t, 3)
	files := func() int {
		list, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.cmd.Process.Pid))
		check(t, err)
		return len(list)
	}
	before := files()
	for n := range limit + limit/4 {
		call := map[string]any{"data": hexutil.Bytes(numbered(module, n))}
		if err := p.client.Client().CallContext(t.Context(), nil, "eth_call", call, "latest"); err != nil {
			t.Fatalf("call %d: %v", n, err)
		}
	}
	if more := files() - before; more > 20 {
		t.Errorf("%d more open files", more)
	}
	p.answers(t)
	if took := p.terminated(t); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
}
