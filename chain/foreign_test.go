package chain_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// changed returns a block with another header.
func changed(block *types.Block, change func(*types.Header)) *types.Block {
	header := block.Header()
	change(header)
	return block.WithSeal(header)
}

func TestForeignBlocksAreCheckedAsImportedOnesAre(t *testing.T) {
	c := newDevnet(t)
	first := build(t, c, alice.pay(0)).Block
	second := build(t, c, alice.pay(1)).Block
	for _, block := range []*types.Block{first, second} {
		if err := c.CheckForeign(block); err != nil {
			t.Errorf("block %d of the chain: %v", block.NumberU64(), err)
		}
	}
	huge := new(big.Int).Lsh(common.Big1, 300)
	most := uint64(math.MaxUint64)
	for name, change := range map[string]func(*types.Header){
		"excess blob gas":    func(h *types.Header) { h.ExcessBlobGas = &most },
		"blob gas used":      func(h *types.Header) { h.BlobGasUsed = &most },
		"number":             func(h *types.Header) { h.Number = big.NewInt(7) },
		"a huge number":      func(h *types.Header) { h.Number = huge },
		"time":               func(h *types.Header) { h.Time = 0 },
		"difficulty":         func(h *types.Header) { h.Difficulty = big.NewInt(1) },
		"a huge difficulty":  func(h *types.Header) { h.Difficulty = huge },
		"a huge base fee":    func(h *types.Header) { h.BaseFee = huge },
		"no base fee":        func(h *types.Header) { h.BaseFee = nil },
		"gas limit":          func(h *types.Header) { h.GasLimit = most },
		"long extra":         func(h *types.Header) { h.Extra = make([]byte, 33) },
		"very long extra":    func(h *types.Header) { h.Extra = make([]byte, 1<<20) },
		"parent":             func(h *types.Header) { h.ParentHash = common.Hash{1} },
		"no beacon root":     func(h *types.Header) { h.ParentBeaconRoot = nil },
		"other transactions": func(h *types.Header) { h.TxHash = common.Hash{1} },
		"withdrawals":        func(h *types.Header) { h.WithdrawalsHash = nil },
	} {
		err := c.CheckForeign(changed(second, change))
		if !errors.Is(err, chain.ErrInvalid) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	for name, change := range map[string]func(*types.Header){ // what executing it would tell
		"root":      func(h *types.Header) { h.Root = common.Hash{1} },
		"gas":       func(h *types.Header) { h.GasUsed++ },
		"a request": func(h *types.Header) { h.RequestsHash = &common.Hash{1} },
	} {
		if err := c.CheckForeign(changed(second, change)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStateFileIsRefusedAboveItsBound(t *testing.T) {
	c := newDevnet(t)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		t.Fatal(err)
	}
	size := len(unzip(t, file.Bytes()))
	if err := load(t, c, bytes.NewReader(file.Bytes()), size); err != nil {
		t.Errorf("a file of just the bound: %v", err)
	}
	err := load(t, c, bytes.NewReader(file.Bytes()), size-1)
	if !errors.Is(err, chain.ErrStateFile) || !strings.Contains(err.Error(), fmt.Sprintf("%d bytes unpacked", size-1)) {
		t.Errorf("a longer file: %v", err)
	}
}

func TestAStateFileThatWantsMuchMoreMemoryThanItIsLongIsRefused(t *testing.T) {
	const start = `{"format":"hestia state","version":1,"schedule":"default","devnet":true,"blocks":1,`
	const long = 1 << 20
	digits := strings.Repeat("9", long)
	for text, want := range map[string]string{
		`"edits":[` + strings.Repeat("{},", long) + "{}]":     "an edit without the root",
		`"schedules":[` + strings.Repeat("{},", long) + "{}]": "schedules: more than",
		`"genesis":{"difficulty":"` + digits + `"}`:           "a number of more than 1000 digits",
		`"genesis":{"config":{"chainId":` + digits + "}}":     "a number of more than 1000 digits",
	} {
		text = start + text + "}\n"
		var file bytes.Buffer
		zip := gzip.NewWriter(&file)
		if _, err := zip.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := zip.Close(); err != nil {
			t.Fatal(err)
		}
		err := load(t, newDevnet(t), &file, math.MaxInt)
		if !errors.Is(err, chain.ErrStateFile) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s: %v", text, err)
		}
	}
}

// A list of all edits of a block in one record is what older programs wrote.
func TestEditsOfAnOlderProgramAreReadAndGoOn(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, devGenesis())
	build(t, c)
	for i := range 3 {
		mustEdit(t, c, give(nobody, uint64(i+1)))
	}
	root, hash := c.Root(c.Head()), c.Head().Hash()
	var steps []json.RawMessage
	prefix := append([]byte("hestia-edits-"), hash[:]...)
	records := store.Disk().NewIterator(prefix, nil)
	for records.Next() {
		steps = append(steps, bytes.Clone(records.Value()))
		if err := store.Disk().Delete(bytes.Clone(records.Key())); err != nil {
			t.Fatal(err)
		}
	}
	records.Release()
	list, err := json.Marshal(steps)
	if err != nil || len(steps) != 3 {
		t.Fatal(len(steps), err)
	}
	if err := store.Disk().Put(prefix, list); err != nil {
		t.Fatal(err)
	}
	again := openChain(t, store, nil)
	if n := again.EditCount(hash); n != 3 || again.Root(again.Head()) != root {
		t.Fatalf("%d edits, root %s, not 3 and %s", n, again.Root(again.Head()), root)
	}
	mustEdit(t, again, give(nobody, 9))
	third := openChain(t, store, nil)
	if n := third.EditCount(hash); n != 4 || third.Root(third.Head()) != again.Root(again.Head()) {
		t.Errorf("%d edits afterwards, not 4", n)
	}
}
