package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/gas"
)

// Activation lets another gas schedule take over: from the block of a number, or from the first block of a time on.
type Activation struct {
	Block    *uint64 `json:"block,omitempty"`
	Time     *uint64 `json:"time,omitempty"` // seconds since the epoch
	Schedule string  `json:"schedule"`       // its name
}

// holds tells whether a block is at or past the activation.
func (a *Activation) holds(h *types.Header) bool {
	if a.Block != nil {
		return h.Number.Uint64() >= *a.Block
	}
	return h.Time >= *a.Time
}

// schedules say which gas schedule applies to which block: the first, until others take over. They are part of a chain's
// identity, as the genesis hash is.
type schedules struct {
	first *gas.Schedule
	later []Activation
}

// at returns the schedule of the block of header h: that of the last activation in the list that holds.
func (s *schedules) at(h *types.Header) *gas.Schedule {
	for _, a := range slices.Backward(s.later) {
		if a.holds(h) {
			found, _ := gas.Named(a.Schedule) // checked when the chain was opened
			return found
		}
	}
	return s.first
}

// checkActivations refuses a list that names no schedule, or is out of order.
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

// schedulesText is how schedules are stored.
type schedulesText struct {
	Schedule  string       `json:"schedule"`
	Schedules []Activation `json:"schedules,omitempty"`
}

// encode spells the schedules for the store: by the name alone, where there is only one.
func (s *schedules) encode() string {
	if len(s.later) == 0 {
		return s.first.Name
	}
	text, err := json.Marshal(schedulesText{s.first.Name, s.later})
	if err != nil {
		panic(err) // strings and numbers
	}
	return string(text)
}

var errUnknownSchedule = errors.New("the data directory needs a gas schedule that this version does not have")

func decodeSchedules(text string) (s schedules, err error) {
	var stored schedulesText
	if json.Unmarshal([]byte(text), &stored) != nil {
		stored.Schedule = text
	}
	known := false
	if s.first, known = gas.Named(stored.Schedule); !known {
		return s, fmt.Errorf("%w: %q", errUnknownSchedule, stored.Schedule)
	}
	if err := checkActivations(stored.Schedules); err != nil {
		return s, fmt.Errorf("%w: %w", errUnknownSchedule, err)
	}
	s.later = stored.Schedules
	return s, nil
}
