package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/frame"
)

// NextTime is what a devnet was asked about the time of the block after its head. The zero value asks for nothing.
type NextTime struct {
	At    uint64 `json:"at,omitempty"`    // the time, in seconds since the epoch; 0 = not set
	Later uint64 `json:"later,omitempty"` // the least number of seconds after the head's
}

// check returns an error if a block after head cannot have such a time.
func (n NextTime) check(head *types.Header) error {
	const most = math.MaxInt64 / 4 // so that sums with clocks stay in range
	switch {
	case n.At > most || n.Later > most:
		return errors.New("the time of the next block is out of range")
	case n.At != 0 && n.At <= head.Time:
		return fmt.Errorf("the time of the next block, %d, is not after the head's, %d", n.At, head.Time)
	}
	return nil
}

// nextTimeKey holds the last nextTimeRecord in JSON.
var nextTimeKey = []byte("hestia-next-time")

// nextTimeRecord is a NextTime with the head to which it belongs. When there is another head, nothing is asked.
type nextTimeRecord struct {
	Head common.Hash `json:"head"`
	NextTime
}

// NextTime returns what was asked about the time of the block after the present head.
func (c *Chain) NextTime() NextTime {
	c.past.RLock()
	defer c.past.RUnlock()
	if c.next.Head != c.Head().Hash() {
		return NextTime{}
	}
	return c.next.NextTime
}

// SetNextTime keeps what was asked about the time of the block after the present head: it is in the database, and in
// state files. The chain itself does not look at it. The error is ErrNotDevnet if the chain is no devnet, or that of
// the database.
func (c *Chain) SetNextTime(n NextTime) error {
	if !c.devnet {
		return ErrNotDevnet
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	record := nextTimeRecord{c.Head().Hash(), n}
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if err := c.db.Put(nextTimeKey, text); err != nil {
		return &frame.FaultError{Err: err}
	}
	c.past.Lock()
	defer c.past.Unlock()
	c.next = record
	return nil
}

// readNextTime reads what SetNextTime wrote. The error wraps ErrDamaged.
func (c *Chain) readNextTime() error {
	if written, err := c.db.Has(nextTimeKey); err != nil || !written {
		return err
	}
	text, err := c.db.Get(nextTimeKey)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &c.next); err != nil {
		return fmt.Errorf("%w: the time of the next block: %w", ErrDamaged, err)
	}
	if head := c.Head(); c.next.Head == head.Hash() {
		if err := c.next.check(head); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	return nil
}
