package chain_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"

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
