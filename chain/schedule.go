package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/gas"
)

// Activation makes another gas schedule take effect: from a block number on, or from the first block at or after a
// time. Exactly one of Block and Time is set.
type Activation struct {
	Block    *uint64 `json:"block,omitempty"`
	Time     *uint64 `json:"time,omitempty"` // seconds since the epoch
	Schedule string  `json:"schedule"`       // its name
}

// holds reports whether the activation has taken effect for the block of header h.
func (a *Activation) holds(h *types.Header) bool {
	if a.Block != nil {
		return h.Number.Uint64() >= *a.Block
	}
	return h.Time >= *a.Time
}

// schedules map blocks to gas schedules: the first applies until an activation takes effect. They are part of a chain's
// identity, as the genesis hash is.
type schedules struct {
	first *gas.Schedule
	later []Activation
	code  int // limit for deployed code of the EVM, in bytes; 0 = those of the schedules

	limited map[string]*gas.Schedule // by name, with that limit; nil without
}

// newSchedules returns schedules with a limit for deployed code of the EVM, 0 for their own.
func newSchedules(first *gas.Schedule, later []Activation, code int) *schedules {
	s := &schedules{first: first, later: later, code: code}
	if code == 0 {
		return s
	}
	s.limited = map[string]*gas.Schedule{first.Name: first.WithCodeSize(code)}
	for _, a := range later {
		found, _ := gas.Named(a.Schedule)
		s.limited[a.Schedule] = found.WithCodeSize(code)
	}
	return s
}

// checkCodeSize refuses a limit for code that is negative or larger than any code.
func checkCodeSize(bytes int) error {
	if bytes < 0 || bytes > gas.MaxCodeSize {
		return fmt.Errorf("codeSizeLimit: %d is not between 0 and %d", bytes, gas.MaxCodeSize)
	}
	return nil
}

// at returns the schedule of the block of header h: that of the last activation in the list that has taken effect.
func (s *schedules) at(h *types.Header) *gas.Schedule {
	found := s.plain(h)
	if limited := s.limited[found.Name]; limited != nil {
		return limited
	}
	return found
}

// plain is at without the limit for code.
func (s *schedules) plain(h *types.Header) *gas.Schedule {
	for _, a := range slices.Backward(s.later) {
		if a.holds(h) {
			found, _ := gas.Named(a.Schedule) // checkActivations has checked the name
			return found
		}
	}
	return s.first
}

// agree reports whether two lists name the same schedules, of any versions, for the same blocks.
func (s *schedules) agree(with *schedules) bool {
	if !gas.SameFamily(s.first, with.first) || s.code != with.code {
		return false
	}
	return slices.EqualFunc(s.later, with.later, func(a, b Activation) bool {
		one, _ := gas.Named(a.Schedule)
		other, _ := gas.Named(b.Schedule)
		return gas.SameFamily(one, other) && equal(a.Block, b.Block) && equal(a.Time, b.Time)
	})
}

func equal(a, b *uint64) bool { return a == b || a != nil && b != nil && *a == *b }

// checkActivations refuses a list with an unknown schedule, with an activation that has not exactly one of block and
// time, or with blocks or times that do not increase.
func checkActivations(list []Activation) error {
	var block, time uint64
	for i, a := range list {
		if _, known := gas.Named(a.Schedule); !known {
			return fmt.Errorf("schedules[%d]: no gas schedule is called %q", i, a.Schedule)
		}
		if (a.Block == nil) == (a.Time == nil) {
			return fmt.Errorf("schedules[%d]: needs either a block or a time", i)
		}
		at, last := a.Block, &block
		if at == nil {
			at, last = a.Time, &time
		}
		if *at <= *last {
			return fmt.Errorf("schedules[%d]: must be later than those before, and than the genesis", i)
		}
		*last = *at
	}
	return nil
}

// schedulesText is the JSON of schedules, in the store and in a genesis.
type schedulesText struct {
	Schedule  string       `json:"schedule"`
	Schedules []Activation `json:"schedules,omitempty"`
	CodeSize  int          `json:"codeSizeLimit,omitempty"` // of the EVM's code, in bytes
}

// encode returns the schedules as text for the store: the bare name of a single schedule with its own limits, else
// JSON.
func (s *schedules) encode() string {
	if len(s.later) == 0 && s.code == 0 {
		return s.first.Name
	}
	text, err := json.Marshal(schedulesText{s.first.Name, s.later, s.code})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(text)
}

var errUnknownSchedule = errors.New("the data directory needs a gas schedule that this version does not have")

// decodeSchedules reads what encode returns. The error wraps errUnknownSchedule.
func decodeSchedules(text string) (s schedules, err error) {
	var stored schedulesText
	if json.Unmarshal([]byte(text), &stored) != nil {
		stored.Schedule = text
	}
	first, known := gas.Named(stored.Schedule)
	if !known {
		return s, fmt.Errorf("%w: %q", errUnknownSchedule, stored.Schedule)
	}
	if err := errors.Join(checkActivations(stored.Schedules), checkCodeSize(stored.CodeSize)); err != nil {
		return s, fmt.Errorf("%w: %w", errUnknownSchedule, err)
	}
	return *newSchedules(first, stored.Schedules, stored.CodeSize), nil
}
