package t8n

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/consensus/ethash"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/tests"
	"github.com/google/go-cmp/cmp"
)

// TestForksAreThoseOfGethsTests compares rules, blob parameters and difficulty before and after the blocks and times at
// which forks with two names change.
func TestForksAreThoseOfGethsTests(t *testing.T) {
	bigInts := cmp.Comparer(func(a, b *big.Int) bool { return (a == nil) == (b == nil) && (a == nil || a.Cmp(b) == 0) })
	later := []string{"Amsterdam", "BPO2ToAmsterdamAtTime15k", "Verkle", "Binary"}
	for _, name := range tests.AvailableForks() {
		have, err := configOf(name)
		if slices.Contains(later, name) {
			if err == nil {
				t.Errorf("%s has rules", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := tests.Forks[name]
		for _, at := range []struct {
			block int64
			time  uint64
		}{{1, 1}, {6, 14_999}, {20_000_000, 15_000}} {
			n := big.NewInt(at.block)
			rules, theirs := have.Rules(n, true, at.time), want.Rules(n, true, at.time)
			if diff := cmp.Diff(theirs, rules, bigInts); diff != "" {
				t.Errorf("%s at %d: %s", name, at.block, diff)
			}
			if merged(have) != merged(want) {
				t.Errorf("%s: merged is %v", name, merged(have))
			}
			if diff := cmp.Diff(want.LatestFork(at.time), have.LatestFork(at.time)); diff != "" {
				t.Errorf("%s at %d: %s", name, at.time, diff)
			}
			if merged(want) {
				continue // its blocks have no difficulty
			}
			parent := &types.Header{Number: new(big.Int).Sub(n, big.NewInt(1)), Difficulty: big.NewInt(1 << 40)}
			if a, b := ethash.CalcDifficulty(want, 99, parent), ethash.CalcDifficulty(have, 99, parent); a.Cmp(b) != 0 {
				t.Errorf("%s at %d: difficulty %d, want %d", name, at.block, b, a)
			}
		}
		blobs := want.BlobScheduleConfig
		if blobs == nil {
			blobs = new(params.BlobScheduleConfig)
		}
		if diff := cmp.Diff(blobs, have.BlobScheduleConfig); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, name := range []string{
		"", "Atlantis", "To", "OsakaToBerlinAt5", "BerlinToLondon", "Byzantium+1884", "FrontierToByzantiumAt5",
		"FrontierToOsakaAtTime15k", "LondonToPragueAtTime15k", "ParisToShanghaiAt5", "IstanbulToLondonAt5AtTime15k",
	} {
		if _, err := configOf(name); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
