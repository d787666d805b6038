package chain_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"

	"hestia/chain"
)

// FuzzImportAll checks that a chain file is imported whole or not at all.
func FuzzImportAll(f *testing.F) {
	c := newChain(f)
	last := uint64(len(story(f, c)))
	for first := range uint64(2) {
		var file bytes.Buffer
		if err := c.Export(&file, first, last); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		into := newChain(t)
		n, err := into.ImportAll(bytes.NewReader(data), func(*types.Block) {})
		switch head := into.Head().Number.Uint64(); {
		case err != nil && !errors.Is(err, chain.ErrChainFile):
			t.Fatal(err)
		case err != nil && head != 0, err == nil && head != uint64(n):
			t.Fatalf("%d imported, the head is %d: %v", n, head, err)
		}
	})
}

// FuzzReadState checks that a state file is read whole, or refused with the line of the fault.
func FuzzReadState(f *testing.F) {
	c := newDevnet(f)
	life(f, c)
	var file bytes.Buffer
	if err := c.Dump(&file); err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(&file)
	if err != nil {
		f.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := chain.ReadState(bytes.NewReader(data), engine())
		if err != nil {
			if !errors.Is(err, chain.ErrStateFile) {
				t.Fatal(err)
			}
			return
		}
		if err := read.Store().Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzForkBlocks checks that no block of any fork, and none made of one, takes the chain down.
func FuzzForkBlocks(f *testing.F) {
	forks := []string{"frontier", "byzantium", "london", "shanghai", "osaka"}
	for i, fork := range forks {
		c := openChain(f, openStore(f, ""), genesisOf(f, fork))
		txs := []*types.Transaction{alice.payLegacy(0)}
		if fork == "osaka" {
			txs = append(txs, bob.blobs(0, 2))
		}
		text, err := rlp.EncodeToBytes(build(f, c, txs...).Block)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), text)
	}
	f.Fuzz(func(t *testing.T, fork uint8, text []byte) {
		block := new(types.Block)
		if rlp.DecodeBytes(text, block) != nil {
			return
		}
		c := openChain(t, openStore(t, ""), genesisOf(t, forks[int(fork)%len(forks)]))
		if err := c.CheckForeign(block); err != nil && c.Import(block) == nil {
			t.Errorf("a block is imported whose header is refused: %v", err)
		}
	})
}
