package chain_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/state"
)

// streamDir is the environment variable with the directory in which a copy of the test binary builds blocks until
// killed.
const streamDir = "HESTIA_TEST_STREAM_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(streamDir); dir != "" {
		fmt.Fprintln(os.Stderr, stream(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// stream prints the hash of every transaction after Build has returned it in a block.
func stream(dir string) error {
	store, err := state.Open(dir, state.Options{})
	if err != nil {
		return err
	}
	c, err := chain.Open(store, engine(), chain.DefaultGenesis(alloc()))
	if err != nil {
		return err
	}
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		return err
	}
	for nonce := db.GetNonce(alice.address); ; nonce++ {
		tx := alice.pay(nonce)
		template := chain.Template{Transactions: []*types.Transaction{tx}}
		if built, err := c.Build(context.Background(), template); err != nil ||
			len(built.Rejected) > 0 {
			return fmt.Errorf("nonce %d: %v, %w", nonce, built, err)
		}
		fmt.Println(tx.Hash())
	}
}

// TestNothingAcknowledgedIsLostToAKill kills a process in the middle of a stream of blocks, several times.
func TestNothingAcknowledgedIsLostToAKill(t *testing.T) {
	dir := t.TempDir()
	var told []common.Hash
	for round := range 20 {
		told = append(told, killAfter(t, dir, 20+7*round)...)
		store, err := state.Open(dir, state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := openChain(t, store, nil)
		for i, hash := range told {
			if _, at, found := c.Transaction(hash); !found || c.Receipts(at.BlockHash) == nil ||
				!store.Has(c.Header(at.BlockHash).Root) {
				t.Fatalf("round %d: transaction %d of %d is lost", round, i, len(told))
			}
		}
		build(t, c)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs the stream, kills it after n transactions, and returns the hashes that it printed.
func killAfter(t *testing.T, dir string, count int) []common.Hash {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), streamDir+"="+dir)
	var complaints strings.Builder
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var told []common.Hash
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if text := lines.Text(); len(text) == 66 { // the last line may be cut short
			told = append(told, common.HexToHash(text))
		}
		if len(told) == count {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(told) < count {
		t.Fatalf("the stream ended by itself after %d transactions: %s", len(told), complaints.String())
	}
	return told
}
