package tests

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain"
	"hestia/internal/wat"
	"hestia/node"
	"hestia/vm/console"
)

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	check(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// prints are the dearest calls of each print function that a contract can make, for the node.
var prints = map[string]string{
	"print32":           "(call $print32 (local.get $i))",
	"print64":           "(call $print64 (i64.const -1))",
	"printMem":          "(call $printMem (i32.const 0) (i32.const 1024))",
	"printMem of all":   "(call $printMem (i32.const 0) (i32.const 33554432))",
	"printMem, UTF-8":   "(call $printMem (i32.const 4096) (i32.const 1024))",
	"printMemHex":       "(call $printMemHex (i32.const 0) (i32.const 33554432))",
	"printStorage":      "(i32.store (i32.const 9000) (local.get $i)) (call $printStorage (i32.const 9000))",
	"printStorageHex":   "(i32.store (i32.const 9000) (local.get $i)) (call $printStorageHex (i32.const 9000))",
	"printMem, nothing": "(call $printMem (i32.const 0) (i32.const 0))",
	"console.log":       "(drop (call $callStatic (i64.const 0) (i32.const 5200) (i32.const 5248) (i32.const 2212)))",
}

func printLoop(body string) string {
	return `(module
		(import "ethereum" "callStatic" (func $callStatic (param i64 i32 i32 i32) (result i32)))
		(import "debug" "print32" (func $print32 (param i32)))
		(import "debug" "print64" (func $print64 (param i64)))
		(import "debug" "printMem" (func $printMem (param i32 i32)))
		(import "debug" "printMemHex" (func $printMemHex (param i32 i32)))
		(import "debug" "printStorage" (func $printStorage (param i32)))
		(import "debug" "printStorageHex" (func $printStorageHex (param i32)))
		(memory (export "memory") 512)
		(data (i32.const 0) "` + strings.Repeat(`\e2\80\8b`, 350) + `")
		(data (i32.const 4096) "` + strings.Repeat(`\c3\a4`, 512) + `")
		` + bytesAt(5200, console.Address[:]) + bytesAt(5248, longLog()) + `
		(func (export "main") (local $i i32)
			(loop ` + body + ` (local.set $i (i32.add (local.get $i) (i32.const 1))) (br 0))))`
}

// bytesAt is a data segment.
func bytesAt(offset int, data []byte) string {
	var text strings.Builder
	for _, b := range data {
		fmt.Fprintf(&text, `\%02x`, b)
	}
	return fmt.Sprintf(`(data (i32.const %d) "%s")`, offset, text.String())
}

// longLog is a call of log(string,string,string,string) with the same long text four times.
func longLog() []byte {
	input := crypto.Keccak256([]byte("log(string,string,string,string)"))[:4]
	for range 4 {
		input = append(input, common.LeftPadBytes([]byte{128}, 32)...)
	}
	input = append(input, common.LeftPadBytes([]byte{2048 >> 8, 0}, 32)...)
	return append(input, strings.Repeat("%\u00e4%s", 2048/5+1)[:2048]...)
}

// TestPrintsTakeNoLongerThanTheyPayFor measures loops of prints, with a log and without one.
func TestPrintsTakeNoLongerThanTheyPayFor(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	check(t, err)
	defer log.Close()
	for how, debug := range map[string]func(chain.Print){
		"without a log": nil,
		"with a log":    func(p chain.Print) { fmt.Fprintf(log, "debug, transaction of %s: %s\n", p.From, p.Line) },
	} {
		n, err := node.Start(node.Config{Debug: debug, Timeout: time.Minute})
		check(t, err)
		t.Cleanup(func() { n.Close() })
		for name, body := range prints {
			from, _ := log.Seek(0, io.SeekEnd)
			perGas := printsFor(t, n, body)
			to, _ := log.Seek(0, io.SeekEnd)
			t.Logf("%s, %s: %d ns a gas, %d bytes", name, how, perGas, to-from)
			if perGas > 1000 {
				t.Errorf("%s, %s: %d ns a gas", name, how, perGas)
			}
			if to-from > 512<<10 {
				t.Errorf("%s writes %d bytes", name, to-from)
			}
		}
	}
}

// printsFor has a node run a loop in a transaction, and returns the processor time in ns a gas. It is compiled before.
func printsFor(t *testing.T, n *node.Node, body string) int64 {
	t.Helper()
	const gas = 3_000_000
	c := n.Client()
	defer c.Close()
	at := common.HexToAddress("0xc0de")
	check(t, c.Call(nil, "hardhat_setCode", at, hexutil.Bytes(wat.Assemble(t, printLoop(body)))))
	_ = c.Call(nil, "eth_estimateGas", map[string]any{"to": at, "gas": hexutil.Uint64(30_000)})
	before := processorTime(t)
	var hash common.Hash
	check(t, c.Call(&hash, "eth_sendTransaction", map[string]any{
		"from": crypto.PubkeyToAddress(n.Keys[1].PublicKey), "to": at, "gas": hexutil.Uint64(gas),
	}))
	return (processorTime(t) - before).Nanoseconds() / gas
}
