package chain_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"

	"hestia/chain"
	"hestia/gas"
)

// The chain was made before there were EVM code, programs and floats: a transaction that made each of them failed.
func TestABlockOfTheFirstSchedulesIsExecutedAsItWas(t *testing.T) {
	file, err := os.Open("testdata/first-versions/genesis.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	genesis, err := chain.DecodeGenesis(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := chain.Open(openStore(t, ""), engine(), genesis)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := os.ReadFile("testdata/first-versions/blocks.rlp")
	if err != nil {
		t.Fatal(err)
	}
	stream, failed := rlp.NewStream(bytes.NewReader(blocks), 0), 0
	for {
		block := new(types.Block)
		if err := stream.Decode(block); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if err := c.Import(block); err != nil {
			t.Fatalf("block %d: %v", block.NumberU64(), err)
		}
		for _, receipt := range c.Receipts(block.Hash()) {
			failed += 1 - int(receipt.Status)
		}
	}
	if head := c.Head().Number.Uint64(); head != 12 || failed != 5 {
		t.Errorf("%d blocks with %d failed transactions, want 12 with 5", head, failed)
	}
}

// A devnet of this version goes on with a directory of the first one, by its rules.
func TestAChainKeepsTheVersionOfItsSchedule(t *testing.T) {
	file, err := os.ReadFile("testdata/first-versions/genesis.json")
	if err != nil {
		t.Fatal(err)
	}
	old, err := chain.DecodeGenesis(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	store := openStore(t, "")
	if _, err := chain.Open(store, engine(), old); err != nil {
		t.Fatal(err)
	}
	newer, err := chain.DecodeGenesis(bytes.NewReader(
		bytes.Replace(file, []byte(`"development"`), []byte(`"development-2"`), 1)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := chain.Open(store, engine(), newer)
	if err != nil {
		t.Fatal(err)
	}
	if name := c.Schedule(c.Head()).Name; name != "development" {
		t.Errorf("the schedule is %s, want development", name)
	}
}

// A genesis that names some forks was once completed to Osaka. Its data directory opens with it still.
func TestAChainWithoutEVMCodeKeepsTheForksThatItBeganWith(t *testing.T) {
	store := openStore(t, "")
	old, _ := gas.Named("default")
	whole, err := chain.DecodeGenesis(strings.NewReader(genesisJSON("", "")))
	if err != nil {
		t.Fatal(err)
	}
	whole.Schedule = old
	openChain(t, store, whole)
	for _, forks := range []string{``, `, "homesteadBlock": 0`, `, "homesteadBlock": 0, "eip150Block": 0`, london} {
		partial, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(forks, "")))
		if err != nil {
			t.Fatal(err)
		}
		c, err := chain.Open(store, engine(), partial)
		if err != nil {
			t.Errorf("forks%s: %v", forks, err)
		} else if !c.Rules(c.Head()).IsOsaka {
			t.Errorf("forks%s: the rules changed", forks)
		}
	}
	later, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(`, "homesteadBlock": 3`, "")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chain.Open(store, engine(), later); !errors.Is(err, chain.ErrOtherChain) {
		t.Errorf("a fork at block 3: %v", err)
	}
}
