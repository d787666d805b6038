package miner_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
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

// asked is what a script asked of the next block's time since the last block.
type asked struct {
	later uint64 // seconds after the head
	at    uint64 // the time that is set for the next block, which stands still; 0 = none
}

// script does things to a devnet's time, and keeps what must come of them.
type script struct {
	house
	wall   *wall
	config miner.Config
	asked  asked // by what it did since the last block

	snapshots []uint64
	askedThen []asked // at each snapshot
	dump      bytes.Buffer
	dumped    asked // at the dump
}

// steps are all that a script may do, each with a number below 500.
var steps = map[string]func(t *testing.T, s *script, n uint64) error{
	"increaseTime": func(_ *testing.T, s *script, n uint64) error {
		_, err := s.miner.IncreaseTime(n)
		if s.asked.later += n; s.asked.at != 0 {
			s.asked.at += n
		}
		return err
	},
	"setTime": func(_ *testing.T, s *script, n uint64) error {
		to, least := dawn+n*3, s.chain.Head().Time+s.miner.Spacing()
		_, err := s.miner.SetTime(to)
		s.asked = asked{later: max(to, least) - least}
		return err
	},
	"setNextTime": func(_ *testing.T, s *script, n uint64) error {
		s.asked.at = s.chain.Head().Time + 1 + n
		return s.miner.SetNextTime(s.asked.at)
	},
	"setSpacing": func(_ *testing.T, s *script, n uint64) error { return s.miner.SetSpacing(n % 3 * 10) },
	"mine": func(t *testing.T, s *script, n uint64) error {
		s.asked = asked{}
		return s.miner.Mine(t.Context(), 1+int(n%3))
	},
	"mineSpaced": func(t *testing.T, s *script, n uint64) error {
		s.asked = asked{}
		return s.miner.MineSpaced(t.Context(), 1+int(n%3), n)
	},
	"mineAfter": func(t *testing.T, s *script, n uint64) error {
		s.asked = asked{}
		before := s.chain.Head().Time
		if err := s.miner.MineAfter(t.Context(), 2, n); err != nil {
			return err
		}
		if s.chain.Head().Time < before+2*n {
			return fmt.Errorf("two blocks after %d, %d seconds apart, end at %d", before, n, s.chain.Head().Time)
		}
		return nil
	},
	"transaction": func(_ *testing.T, s *script, _ uint64) error {
		s.asked = asked{}
		return s.miner.Add(pay(key(1), s.pool.Nonce(address(key(1))), 1))
	},
	"snapshot": func(_ *testing.T, s *script, _ uint64) error {
		id, err := s.miner.Snapshot()
		s.snapshots, s.askedThen = append(s.snapshots, id), append(s.askedThen, s.asked)
		return err
	},
	"revert": func(_ *testing.T, s *script, n uint64) error {
		if len(s.snapshots) == 0 {
			return nil
		}
		at := int(n) % len(s.snapshots)
		_, err := s.miner.Revert(s.snapshots[at])
		s.asked = s.askedThen[at]
		s.snapshots, s.askedThen = s.snapshots[:at], s.askedThen[:at]
		return err
	},
	"rollback": func(_ *testing.T, s *script, n uint64) error {
		first := s.chain.First().Number.Uint64()
		if err := s.miner.Rollback(min(n%3, s.chain.Head().Number.Uint64()-first)); err != nil {
			return err
		}
		return s.forgetSnapshots()
	},
	"reorganize": func(t *testing.T, s *script, n uint64) error {
		if s.chain.Head().Number.Uint64() < 2 {
			if err := s.miner.Mine(t.Context(), 2); err != nil {
				return err
			}
			s.asked = asked{}
		}
		if n%3 > 0 {
			s.asked = asked{}
		}
		if err := s.miner.Reorganize(make([][]*types.Transaction, n%3)); err != nil {
			return err
		}
		return s.forgetSnapshots()
	},
	"dump": func(_ *testing.T, s *script, _ uint64) error {
		s.dump.Reset()
		s.dumped = s.asked
		return s.chain.Dump(&s.dump)
	},
	"load": func(t *testing.T, s *script, _ uint64) error {
		if s.dump.Len() == 0 {
			return nil
		}
		s.snapshots, s.askedThen, s.asked = nil, nil, s.dumped
		return s.miner.Load(t.Context(), bytes.NewReader(s.dump.Bytes()), math.MaxInt)
	},
	"reset": func(_ *testing.T, s *script, _ uint64) error {
		s.snapshots, s.askedThen, s.asked = nil, nil, asked{}
		return s.miner.Reset()
	},
	"restart": func(t *testing.T, s *script, _ uint64) error {
		s.snapshots, s.askedThen = nil, nil
		s.miner.Close()
		s.house = houseIn(t, s.chain.Store(), engine(), s.config, nil)
		return nil
	},
}

// forgetSnapshots drops those that are gone after blocks were taken back.
func (s *script) forgetSnapshots() error {
	left, err := s.miner.Snapshots()
	for i := len(s.snapshots) - 1; i >= 0; i-- {
		if _, kept := left[s.snapshots[i]]; !kept {
			s.snapshots = slices.Delete(s.snapshots, i, i+1)
			s.askedThen = slices.Delete(s.askedThen, i, i+1)
		}
	}
	return err
}

// wrong says what is wrong with the time of the next block, now and n seconds later.
func (s *script) wrong(n uint64) string {
	head, at := s.chain.Head().Time, s.next()
	switch {
	case s.asked.at != 0 && at != s.asked.at:
		return fmt.Sprintf("the next block is at %d, want %d", at, s.asked.at)
	case s.asked.at == 0 && max(at, head+1) < head+s.asked.later:
		return fmt.Sprintf("the next block is at %d, want %d and %d seconds at least", at, head, s.asked.later)
	}
	s.wall.at += int64(n)
	// the clock may be at the head, and the block must be after it
	if at <= head+1 {
		at = head
	}
	if later := s.next(); s.asked.at == 0 && s.miner.Spacing() == 0 && later < at+n {
		return fmt.Sprintf("%d seconds later the next block is at %d, was %d", n, later, at)
	}
	return ""
}

// After any sequence of what scripts do, the next block's time is at least the head's plus what was asked since the
// last block, and moves with the wall clock from there.
func TestTheNextTimeIsAtLeastWhatWasAsked(t *testing.T) {
	names := slices.Sorted(maps.Keys(steps))
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		config := miner.Config{OwnTime: seed%2 == 0}
		h, w := devnetAt(t, dawn+uint64(r.IntN(3))*1000-1000, config)
		config.Clock = w.now
		s := &script{house: h, wall: w, config: config}
		var done []string
		for range 40 {
			name, n := names[r.IntN(len(names))], uint64(r.IntN(500))
			done = append(done, fmt.Sprintf("%s(%d)", name, n))
			if err := steps[name](t, s, n); err != nil {
				t.Fatalf("seed %d: %v: %v", seed, done, err)
			}
			if wrong := s.wrong(n % 5); wrong != "" {
				t.Fatalf("seed %d: %v: %s", seed, done, wrong)
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
	if err := other.miner.Load(t.Context(), &dump, math.MaxInt); err != nil {
		t.Fatal(err)
	}
	if _, err := other.miner.IncreaseTime(50); err != nil {
		t.Fatal(err)
	}
	if got, want := other.next(), uint64(dawn+1000+50); got != want {
		t.Errorf("after loading a chain that travelled the next block is at %d, want %d", got, want)
	}
}
