package miner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/miner"
)

// wall is a clock that a test moves.
type wall struct{ at int64 }

func (w *wall) now() time.Time { return time.Unix(w.at, 0) }

const dawn = 1_800_000_000

// devnetAt is a devnet whose first block has a time, and its wall clock.
func devnetAt(t *testing.T, first uint64, config miner.Config) (house, *wall) {
	t.Helper()
	w := &wall{dawn}
	genesis := chain.DefaultGenesis(nil)
	genesis.Devnet, genesis.Spec.Timestamp = true, first
	config.Clock = w.now
	return houseOn(t, engine(), config, genesis), w
}

// next returns the time of the block that would be made now.
func (h house) next() uint64 { return h.miner.PendingHeader().Time }

func TestTheClockFollowsTheHead(t *testing.T) {
	for _, row := range []struct {
		name   string
		first  uint64 // time of the first block
		own    bool
		before int // instant blocks in the first second
		wait   uint64
		want   uint64
	}{
		{"a fresh chain", dawn, false, 0, 100, dawn + 100},
		{"three blocks in a second", dawn, false, 3, 100, dawn + 3 + 100},
		{"forty blocks in a second", dawn, false, 40, 15, dawn + 40 + 15},
		{"a chain that travelled", dawn + 5000, false, 0, 3600, dawn + 5000 + 3600},
		{"a chain from the past", 1_000_000_000, true, 2, 60, 1_000_000_000 + 2 + 60},
		{"a chain that was off for long", dawn - 5000, false, 0, 60, dawn + 60},
	} {
		t.Run(row.name, func(t *testing.T) {
			h, w := devnetAt(t, row.first, miner.Config{OwnTime: row.own})
			for nonce := range row.before {
				if err := h.miner.Add(pay(key(0), uint64(nonce), 1)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.miner.IncreaseTime(row.wait); err != nil {
				t.Fatal(err)
			}
			if got := h.next(); got != row.want {
				t.Errorf("the next block is at %d, want %d", got, row.want)
			}
			if w.at += 7; h.next() != row.want+7 {
				t.Errorf("7 seconds later it is at %d, want %d", h.next(), row.want+7)
			}
		})
	}
}

// step is something that a script may do to a devnet's time. It returns what the next block's time must be at least.
type step struct {
	name string
	do   func(h house, n uint64) (least uint64, err error)
}

func steps(snapshots *[]uint64, dump *bytes.Buffer) []step {
	soon := func(h house) uint64 { return h.chain.Head().Time + 1 }
	return []step{
		{"increaseTime", func(h house, n uint64) (uint64, error) {
			_, err := h.miner.IncreaseTime(n)
			return h.chain.Head().Time + n, err
		}},
		{"setTime", func(h house, n uint64) (uint64, error) {
			_, err := h.miner.SetTime(dawn + n*3)
			return max(soon(h), dawn+n*3), err
		}},
		{"setNextTime", func(h house, n uint64) (uint64, error) {
			at := soon(h) + n
			return at, h.miner.SetNextTime(at)
		}},
		{"setSpacing", func(h house, n uint64) (uint64, error) {
			return soon(h), h.miner.SetSpacing(n % 3 * 10)
		}},
		{"mine", func(h house, n uint64) (uint64, error) {
			err := h.miner.Mine(context.Background(), 1+int(n%3))
			return soon(h), err
		}},
		{"mineSpaced", func(h house, n uint64) (uint64, error) {
			err := h.miner.MineSpaced(context.Background(), 1+int(n%3), n)
			return soon(h), err
		}},
		{"mineAfter", func(h house, n uint64) (uint64, error) {
			before := h.chain.Head().Time
			if err := h.miner.MineAfter(context.Background(), 2, n); err != nil {
				return 0, err
			}
			if h.chain.Head().Time < before+2*n {
				return 0, fmt.Errorf("two blocks after %d, %d seconds apart, end at %d", before, n, h.chain.Head().Time)
			}
			return soon(h), nil
		}},
		{"transaction", func(h house, _ uint64) (uint64, error) {
			err := h.miner.Add(pay(key(1), h.pool.Nonce(address(key(1))), 1))
			return soon(h), err
		}},
		{"snapshot", func(h house, _ uint64) (uint64, error) {
			id, err := h.miner.Snapshot()
			*snapshots = append(*snapshots, id)
			return soon(h), err
		}},
		{"revert", func(h house, n uint64) (uint64, error) {
			at := int(n) % len(*snapshots)
			_, err := h.miner.Revert((*snapshots)[at])
			*snapshots = (*snapshots)[:at]
			return soon(h), err
		}},
		{"rollback", func(h house, n uint64) (uint64, error) {
			err := errors.Join(h.miner.Mine(context.Background(), 2), h.miner.Rollback(1+n%2))
			return soon(h), err
		}},
		{"reorganize", func(h house, n uint64) (uint64, error) {
			err := errors.Join(
				h.miner.Mine(context.Background(), 2), h.miner.Reorganize(make([][]*types.Transaction, 1+n%2)),
			)
			return soon(h), err
		}},
		{"dump", func(h house, _ uint64) (uint64, error) {
			dump.Reset()
			return soon(h), h.chain.Dump(dump)
		}},
		{"load", func(h house, _ uint64) (uint64, error) {
			*snapshots = nil
			err := h.miner.Load(bytes.NewReader(dump.Bytes()), math.MaxInt)
			return soon(h), err
		}},
		{"reset", func(h house, _ uint64) (uint64, error) {
			*snapshots = nil
			err := h.miner.Reset()
			return soon(h), err
		}},
	}
}

// After any sequence of what scripts do, the next block's time is at least the head's plus what was asked, and moves
// with the wall clock from there.
func TestTheNextTimeIsAtLeastWhatWasAsked(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		h, w := devnetAt(t, dawn+uint64(r.IntN(3))*1000-1000, miner.Config{OwnTime: seed%2 == 0})
		var snapshots []uint64
		var dump bytes.Buffer
		all := steps(&snapshots, &dump)
		var done []string
		set := false    // a time is set for the next block, which stands still
		var sets []bool // the same at each snapshot
		for range 40 {
			s, n := all[r.IntN(len(all))], uint64(r.IntN(500))
			if s.name == "load" && dump.Len() == 0 || s.name == "revert" && len(snapshots) == 0 {
				continue
			}
			done = append(done, fmt.Sprintf("%s(%d)", s.name, n))
			least, err := s.do(h, n)
			if err != nil {
				t.Fatalf("seed %d: %v: %v", seed, done, err)
			}
			switch s.name {
			case "setNextTime":
				set = true
			case "snapshot":
				sets = append(sets, set)
			case "revert":
				set, sets = sets[len(snapshots)], sets[:len(snapshots)]
			case "load", "reset":
				set, sets = false, nil
			case "increaseTime", "setSpacing", "dump":
			default:
				set = false
			}
			at := h.next()
			if at = max(at, h.chain.Head().Time+1); at < least {
				t.Fatalf("seed %d: %v: the next block is at %d, want %d at least", seed, done, at, least)
			}
			if at == h.chain.Head().Time+1 {
				at-- // the clock may be at the head, and the block must be after it
			}
			w.at += int64(n % 5)
			still := set || h.miner.Spacing() != 0
			if later := h.next(); !still && s.name != "revert" && later < at+n%5 {
				t.Fatalf("seed %d: %v: %d seconds later it is at %d, was %d", seed, done, n%5, later, at)
			}
		}
	}
}

func TestIntervalBlocksAreAsFarApartAsAsked(t *testing.T) {
	h, w := devnetAt(t, dawn+10_000, miner.Config{Mode: miner.Manual})
	var times []uint64
	for range 4 {
		w.at += 3
		if err := h.miner.Mine(context.Background(), 1); err != nil {
			t.Fatal(err)
		}
		times = append(times, h.chain.Head().Time)
	}
	for i := 1; i < len(times); i++ {
		if times[i]-times[i-1] != 3 {
			t.Errorf("blocks are at %v, want 3 seconds apart", times)
		}
	}
}

func TestAFixedSpacingDoesNotSwallowATimeAskedFor(t *testing.T) {
	h, _ := devnetAt(t, dawn+10_000, miner.Config{Mode: miner.Manual})
	apart := func(least uint64) {
		t.Helper()
		before := h.chain.Head().Time
		if err := h.miner.Mine(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if got := h.chain.Head().Time - before; got != least {
			t.Errorf("the block is %d seconds later, want %d", got, least)
		}
	}
	check := func(_ int64, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(0, h.miner.SetSpacing(5))
	check(h.miner.IncreaseTime(100))
	check(h.miner.IncreaseTime(20))
	apart(125)
	apart(5)
	check(h.miner.SetTime(h.chain.Head().Time + 1000))
	apart(1000)
	apart(5)
	check(h.miner.SetTime(dawn))
	apart(5)
}

func TestABlockOfAnotherChainKeepsItsTime(t *testing.T) {
	h, _ := devnetAt(t, dawn, miner.Config{})
	if err := h.miner.SetNextTime(dawn + 1000); err != nil {
		t.Fatal(err)
	}
	if err := h.miner.Add(pay(key(0), 0, 1)); err != nil {
		t.Fatal(err)
	}
	var dump bytes.Buffer
	if err := h.chain.Dump(&dump); err != nil {
		t.Fatal(err)
	}
	other, _ := devnetAt(t, dawn, miner.Config{})
	if err := other.miner.Load(&dump, math.MaxInt); err != nil {
		t.Fatal(err)
	}
	if _, err := other.miner.IncreaseTime(50); err != nil {
		t.Fatal(err)
	}
	if got, want := other.next(), uint64(dawn+1000+50); got != want {
		t.Errorf("after loading a chain that travelled the next block is at %d, want %d", got, want)
	}
}
