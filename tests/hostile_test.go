package tests

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/chain"
	"hestia/hestiatest"
	"hestia/internal/wat"
	"hestia/node"
)

// siege makes the hostile test longer and gives it more gas.
var siege = flag.Int("siege", 0, "attack for so many more rounds, with more gas")

// hostile are contracts that want a node's time, stack or memory.
func hostile() map[string]string {
	const host = `(module
	  (import "ethereum" "getAddress" (func $self (param i32)))
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (import "ethereum" "callDelegate" (func $delegate (param i64 i32 i32 i32) (result i32)))
	  (import "ethereum" "getCallDataSize" (func $size (result i32)))
	  (import "ethereum" "log" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
	  (import "ethereum" "storageStore" (func $store (param i32 i32)))
	  (memory (export "memory") 1) `
	contracts := map[string]string{
		"endless loop": `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`,
		"endless memory.grow": `(module (memory (export "memory") 1) (func (export "main") (loop (drop (memory.grow
			(i32.const 1))) (br 0))))`,
		"memory at once and filled": `(module (memory (export "memory") 1) (func (export "main") (drop (memory.grow
			(i32.const 400)))
		  (loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 26000000)) (br 0))))`,
		"unbounded recursion": `(module (memory (export "memory") 1) (func $f (call $f) (call $f)) (func (export "main")
			(call $f)))`,
		"1,000 delegate calls": host + `(func (export "main") (local $i i32) (call $self (i32.const 0))
		  (if (i32.eqz (call $size)) (then (loop (drop (call $delegate (i64.const 5000) (i32.const 0) (i32.const 64)
		    (i32.const 1)))
		    (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))))))`,
		"log flood": host + `(func (export "main") (loop
		  (call $log (i32.const 0) (i32.const 60000) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
		    (i32.const 0)) (br 0))))`,
		"storage flood": host + `(func (export "main") (loop
		  (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (call $store (i32.const 0)
		    (i32.const 0)) (br 0))))`,
	}
	for _, frames := range []int{100, 1000, 6000} {
		contracts[fmt.Sprintf("self-call with %d frames a level", frames)] = host + fmt.Sprintf(`
		  (func $down (param i32) (result i32) (if (result i32) (local.get 0)
		    (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
		    (else (call $self (i32.const 0))
		      (call $call (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 0)))))
		  (func (export "main") (drop (call $down (i32.const %d)))))`, frames)
	}
	maps.Copy(contracts, hostilePrograms())
	return contracts
}

// compileBombs are modules that a compiler without limits takes long for.
func compileBombs() map[string]string {
	var locals strings.Builder
	for i := range 200 {
		fmt.Fprintf(&locals, "(local.set %d (i32.add (local.get %d) (local.get %d)))", i, i, (i+1)%200)
	}
	var set, read strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&set, "(local.set %d (i64.load (i32.const %d)))", i, 8*i)
		fmt.Fprintf(&read, "(i64.store (i32.const %d) (local.get %d))", 8*i, i)
	}
	product := `(local.set $y (i64.mul (local.tee $x (i64.mul (local.get $x) (local.get $y))) (local.get $y)))`
	deep := strings.Repeat("(i32.add (i32.const 1) ", 5000) + "(i32.const 1)" + strings.Repeat(")", 5000)
	return map[string]string{
		"nested loops over live locals": `(module (memory (export "memory") 1) (func (export "main")
			(local ` + strings.Repeat("i32 ", 200) + ")" +
			strings.Repeat("(loop ", 300) + locals.String() + strings.Repeat("(br_if 0 (local.get 0)))", 300) + "))",
		"deep operand stack": `(module (memory (export "memory") 1) (func (export "main") (drop ` + deep + `)))`,
		"5,000 live locals": `(module (memory (export "memory") 1) (func (export "main")
			(local ` + strings.Repeat("i64 ", 5000) + `)` + set.String() + read.String() + `))`,
		"4,600 products of products": `(module (memory (export "memory") 1) (func (export "main")
			(local $x i64) (local $y i64)
			(local.set $x (i64.load (i32.const 0))) (local.set $y (i64.load (i32.const 8)))
			` + strings.Repeat(product, 4600) + ` (i64.store (i32.const 0) (local.get $y))))`,
	}
}

// residentBytes is what this process holds of the machine's memory, after giving back what it can.
func residentBytes(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	kilobytes, err := strconv.Atoi(string(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(text)[1]))
	check(t, err)
	return kilobytes << 10
}

// TestTheHostileSetLeavesTheNodeUp sends everything hostile to a node, as transactions and as calls with more gas than
// a block has. Each time the node must then mine an honest transaction. What caches and threads keep differs by some
// ten megabytes from round to round, whatever came before; so the most after the first rounds is held against the least
// after as many more.
func TestTheHostileSetLeavesTheNodeUp(t *testing.T) {
	d := hestiatest.StartWith(t, node.Config{
		DataDir: t.TempDir(), Devnet: node.Devnet{GasLimit: 1 << 40}, Timeout: 500 * time.Millisecond,
		Debug: func(chain.Print) {},
	})
	at := map[string]common.Address{}
	for name, text := range hostile() {
		code := wat.Assemble(t, text)
		at[name] = common.BytesToAddress([]byte(name))
		d.SetCode(at[name], code)
	}
	round := func() {
		for name := range at {
			attack(t, d, name, at[name])
		}
		for name, text := range compileBombs() {
			code := wat.Assemble(t, text)
			var hash common.Hash
			err := d.RPC.Call(&hash, "eth_sendTransaction", map[string]any{
				"from": d.Accounts[1], "data": hexutil.Bytes(code), "gas": hexutil.Uint64(16_000_000),
			})
			if err == nil && receipt(t, d, hash).Status != 0 {
				t.Errorf("%s was deployed", name)
			}
		}
	}
	rounds := func(n int) (held []int) {
		for range n {
			round()
			held = append(held, residentBytes(t))
		}
		return held
	}
	before := slices.Max(rounds(2))
	if grown := slices.Min(rounds(2+*siege)) - before; grown > 20<<20 {
		t.Errorf("%d more rounds took %d MB for good", 2+*siege, grown>>20)
	}
}

// status is what a test wants of a receipt.
type status struct {
	Status hexutil.Uint64 `json:"status"`
}

func receipt(t *testing.T, d *hestiatest.Devnet, hash common.Hash) (r status) {
	t.Helper()
	check(t, d.RPC.Call(&r, "eth_getTransactionReceipt", hash))
	return r
}

// attack runs a hostile contract and then has the node do something honest. How the contract ends is its own affair.
func attack(t *testing.T, d *hestiatest.Devnet, name string, target common.Address) {
	t.Helper()
	gas := uint64(1_000_000)
	if *siege > 0 {
		gas = 16_000_000
	}
	start := time.Now()
	defer func() { t.Logf("%s: %v", name, time.Since(start)) }()
	var hash common.Hash
	attacking := map[string]any{"from": d.Accounts[1], "to": target, "gas": hexutil.Uint64(gas)}
	check(t, d.RPC.Call(&hash, "eth_sendTransaction", attacking))
	receipt(t, d, hash)
	var output hexutil.Bytes
	_ = d.RPC.Call(&output, "eth_call", map[string]any{"to": target, "gas": hexutil.Uint64(1 << 40)}, "latest")
	paying := map[string]any{"from": d.Accounts[0], "to": d.Accounts[2], "value": "0x1"}
	check(t, d.RPC.Call(&hash, "eth_sendTransaction", paying))
	if receipt(t, d, hash).Status != 1 {
		t.Errorf("after %s an honest transaction fails", name)
	}
}
