package tests

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain"
	"hestia/ewasm/wasi"
	"hestia/internal/wat"
	"hestia/node"
)

// greeter is a program that appends its input to the file "log", answers the whole file, and says why not on standard
// error if there is no input or it begins with "!": then it traps. Its constructor has no input.
const greeter = `(module
	(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "path_open"
	  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
	(memory (export "memory") 1)
	(data (i32.const 0) "\00\10\00\00\00\01\00\00\40\00\00\00\11\00\00\00")
	(data (i32.const 48) "log")
	(data (i32.const 64) "say who you are\n\n")
	(func (export "_start")
	  (drop (call $args (i32.const 100) (i32.const 104)))
	  (if (i32.eq (i32.load (i32.const 100)) (i32.const 2)) (then (return)))
	  (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 20)))
	  (i32.store (i32.const 4) (i32.load (i32.const 20)))
	  (if (i32.or (i32.eqz (i32.load (i32.const 20))) (i32.eq (i32.load8_u (i32.const 4096)) (i32.const 0x21)))
	    (then (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 20)))
	      (if (i32.eqz (i32.load8_u (i32.const 4096))) (then (call $exit (i32.const 1)))) unreachable))
	  (drop (call $open (i32.const 3) (i32.const 0) (i32.const 48) (i32.const 3) (i32.const 1) (i64.const 0x42)
	    (i64.const 0) (i32.const 1) (i32.const 24)))
	  (drop (call $write (i32.load (i32.const 24)) (i32.const 0) (i32.const 1) (i32.const 20)))
	  (i32.store (i32.const 4) (i32.const 1000))
	  (drop (call $pread (i32.load (i32.const 24)) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 20)))
	  (i32.store (i32.const 4) (i32.load (i32.const 20)))
	  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))`

// programs is a devnet with the greeter, deployed by a transaction whose data is the compiler's file.
type programs struct {
	*testing.T
	node   *node.Node
	at     common.Address
	lock   sync.Mutex
	prints []string
}

func newPrograms(t *testing.T) *programs {
	t.Helper()
	p := &programs{T: t}
	n, err := node.Start(node.Config{Timeout: time.Minute, Debug: func(print chain.Print) {
		p.lock.Lock()
		p.prints = append(p.prints, print.Line)
		p.lock.Unlock()
	}})
	check(t, err)
	t.Cleanup(func() { n.Close() })
	p.node = n
	receipt := p.send(map[string]any{"data": hexutil.Bytes(wat.Assemble(t, greeter)), "gas": hexutil.Uint64(5_000_000)})
	p.at = receipt.ContractAddress
	return p
}

func (p *programs) do(result any, method string, params ...any) error {
	c := p.node.Client()
	defer c.Close()
	return c.Call(result, method, params...)
}

// send sends a transaction, and returns its receipt.
func (p *programs) send(tx map[string]any) *types.Receipt {
	p.Helper()
	tx["from"] = crypto.PubkeyToAddress(p.node.Keys[1].PublicKey)
	var hash common.Hash
	check(p.T, p.do(&hash, "eth_sendTransaction", tx))
	var receipt types.Receipt
	check(p.T, p.do(&receipt, "eth_getTransactionReceipt", hash))
	return &receipt
}

func (p *programs) input(text string) map[string]any {
	return map[string]any{"to": p.at, "data": hexutil.Bytes(text), "gas": hexutil.Uint64(1_000_000)}
}

func (p *programs) call(text string) (string, error) {
	var out hexutil.Bytes
	err := p.do(&out, "eth_call", p.input(text), "latest")
	return string(out), err
}

func TestTheCompilersFileIsCreationData(t *testing.T) {
	p := newPrograms(t)
	var code hexutil.Bytes
	check(t, p.do(&code, "eth_getCode", p.at, "latest"))
	if string(code) != string(wat.Assemble(t, greeter)) {
		t.Errorf("code of %d bytes, want that of the program", len(code))
	}
}

func TestFilesOfAProgramStayOnTheChain(t *testing.T) {
	p := newPrograms(t)
	for i, want := range []string{"ada", "adaada"} {
		if out, err := p.call("ada"); err != nil || out != want {
			t.Fatalf("call %d: %q, %v; want %q", i, out, err, want)
		}
		var estimate hexutil.Uint64
		check(t, p.do(&estimate, "eth_estimateGas", p.input("ada")))
		if receipt := p.send(p.input("ada")); receipt.Status != 1 || receipt.GasUsed > uint64(estimate) {
			t.Fatalf("receipt %+v, estimated %d", receipt, estimate)
		}
	}
	slot := wasi.SlotOf("log")
	var proof struct {
		StorageProof []struct {
			Value hexutil.Big
			Proof []string
		}
	}
	check(t, p.do(&proof, "eth_getProof", p.at, []common.Hash{slot}, "latest"))
	want := "0x" + common.Bytes2Hex([]byte("adaada")) + strings.Repeat("0", 51) + "c"
	if s := proof.StorageProof[0]; len(s.Proof) == 0 || s.Value.String() != want {
		t.Errorf("proof of %s, want %s", s.Value.String(), want)
	}
	var list struct{ AccessList types.AccessList }
	check(t, p.do(&list, "eth_createAccessList", p.input("ada"), "latest"))
	if len(list.AccessList) != 1 || len(list.AccessList[0].StorageKeys) != 1 ||
		list.AccessList[0].StorageKeys[0] != slot {
		t.Errorf("access list %v, want slot %v of the program", list.AccessList, slot)
	}
}

func TestAnExitIsTheReasonOfTheRevert(t *testing.T) {
	p := newPrograms(t)
	if _, err := p.call(""); err == nil || err.Error() != "execution reverted: say who you are" {
		t.Errorf("call: %v", err)
	}
	if _, err := p.call("!"); err == nil || !strings.Contains(err.Error(), "standard error: say who you are") {
		t.Errorf("a call that traps: %v", err)
	}
	p.prints = nil
	if receipt := p.send(p.input("")); receipt.Status != 0 {
		t.Error("the transaction succeeds")
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if have := fmt.Sprintf("%q", p.prints); have != `["say who you are" ""]` {
		t.Errorf("printed %s", have)
	}
}

// Standard error is cheap to write, and a line of the log is not.
func TestStandardErrorTakesNoLongerThanItPaysFor(t *testing.T) {
	p := newPrograms(t)
	text := `(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
		(memory (export "memory") 17) (data (i32.const 65520) "\00\00\00\00\f0\ff\00\00")
		(func (export "_start") (local $n i32)
		  (memory.fill (i32.const 0) (i32.const 10) (i32.const 65520))
		  (local.set $n (i32.const 16))
		  (loop (drop (call $write (i32.const 2) (i32.const 65520) (i32.const 1) (i32.const 65532)))
		    (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`
	at := common.HexToAddress("0xc0de")
	check(t, p.do(nil, "hardhat_setCode", at, hexutil.Bytes(wat.Assemble(t, text))))
	p.send(map[string]any{"to": at, "gas": hexutil.Uint64(1_000_000)}) // compiles
	before := processorTime(t)
	receipt := p.send(map[string]any{"to": at, "gas": hexutil.Uint64(1_000_000)})
	took := processorTime(t) - before
	if perGas := took.Nanoseconds() / int64(receipt.GasUsed); receipt.Status != 1 || perGas > 300 {
		t.Errorf("status %d, %d ns a gas", receipt.Status, perGas)
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if len(p.prints) > 2_100 {
		t.Errorf("%d lines", len(p.prints))
	}
}
