package dev

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/gas"
	"hestia/rpc/query"
)

// The parameters of this wing decode themselves: its clients give numbers in more forms than those of Ethereum's
// methods. A pointer is a parameter that may be left out. The rows of the table name them.

// maxMined bounds the blocks of one request; maxSeconds the times, which must not overflow when added to the clock.
const (
	maxMined   = 1_000_000
	maxSeconds = 1 << 40
)

// amount is a number below 2^256, such as wei.
type amount uint256.Int

// UnmarshalJSON reads any form of a number.
func (a *amount) UnmarshalJSON(data []byte) error {
	n, err := query.Quantity(data)
	if err == nil {
		*a = amount(*uint256.MustFromBig(n))
	}
	return err
}

// value returns the amount as a number.
func (a *amount) value() *uint256.Int { return (*uint256.Int)(a) }

// number is a number below 2^64.
type number uint64

// UnmarshalJSON reads any form of a number.
func (n *number) UnmarshalJSON(data []byte) error {
	wide, err := query.Quantity(data)
	switch {
	case err != nil:
		return err
	case !wide.IsUint64():
		return fmt.Errorf("%d is not below 2^64", wide)
	}
	*n = number(wide.Uint64())
	return nil
}

// seconds is a span or a point of time.
type seconds uint64

// UnmarshalJSON reads any form of a number.
func (s *seconds) UnmarshalJSON(data []byte) error {
	n, err := query.UpTo(data, maxSeconds)
	*s = seconds(n)
	return err
}

// word is 32 bytes, which may be given as a shorter number.
type word common.Hash

// UnmarshalJSON reads any form of a number.
func (w *word) UnmarshalJSON(data []byte) error {
	n, err := query.Quantity(data)
	if err == nil {
		*w = word(common.BigToHash(n))
	}
	return err
}

// blocks is how many blocks are to be made.
type blocks int

// UnmarshalJSON reads any form of a number.
func (b *blocks) UnmarshalJSON(data []byte) error {
	n, err := query.UpTo(data, maxMined)
	*b = blocks(n)
	return err
}

// count returns the number of blocks, one if it was left out.
func (b *blocks) count() int {
	if b == nil {
		return 1
	}
	return int(*b)
}

// gasLimit is what blocks may use.
type gasLimit uint64

// UnmarshalJSON reads any form of a number.
func (g *gasLimit) UnmarshalJSON(data []byte) error {
	if err := (*number)(g).UnmarshalJSON(data); err != nil {
		return err
	}
	if *g < gasLimit(params.MinGasLimit) || *g > gas.Max {
		return fmt.Errorf("%d is not between %d and %d", *g, params.MinGasLimit, uint64(gas.Max))
	}
	return nil
}

// secondsBelow tells anvil's seconds from Hardhat's milliseconds, which have the same method.
const secondsBelow = 1000

// errRange reports a range that is none.
var errRange = errors.New("a range has two bounds")

// every is the time between blocks. Hardhat gives milliseconds, anvil seconds, under the same name: less than 1,000 is
// taken for seconds. Of Hardhat's range of milliseconds the lower end is taken.
type every time.Duration

// UnmarshalJSON reads a number or a range.
func (e *every) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return e.readRange(data)
	}
	n, err := query.UpTo(data, maxSeconds)
	unit := time.Millisecond
	if n < secondsBelow {
		unit = time.Second
	}
	*e = every(time.Duration(n) * unit)
	return err
}

// readRange reads a range of milliseconds.
func (e *every) readRange(data []byte) error {
	var bounds []seconds
	if err := json.Unmarshal(data, &bounds); err != nil {
		return err
	}
	switch {
	case len(bounds) != 2:
		return errRange
	case bounds[0] > bounds[1]:
		return fmt.Errorf("%d is above %d", bounds[0], bounds[1])
	}
	*e = every(time.Duration(bounds[0]) * time.Millisecond)
	return nil
}

// mineOptions says when the next block is, and how many are made: a timestamp, or anvil's object.
type mineOptions struct {
	timestamp *seconds
	blocks    *blocks
}

// UnmarshalJSON reads either form.
func (o *mineOptions) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		o.timestamp = new(seconds)
		return o.timestamp.UnmarshalJSON(data)
	}
	var fields struct{ Timestamp, Blocks json.RawMessage }
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	return errors.Join(
		readField("timestamp", fields.Timestamp, &o.timestamp), readField("blocks", fields.Blocks, &o.blocks),
	)
}

// readField reads a field that may be left out; the error names it.
func readField(name string, data json.RawMessage, into any) error {
	if data == nil {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// resetOptions are the options of a reset that do not ask for another chain's state.
type resetOptions struct{}

// UnmarshalJSON refuses options that ask for another chain's state.
func (*resetOptions) UnmarshalJSON(data []byte) error {
	type options struct {
		Forking *struct {
			URL string `json:"jsonRpcUrl"`
		} `json:"forking"`
	}
	var o options
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	if o.Forking != nil && o.Forking.URL != "" {
		return fmt.Errorf("forking: %w", errNoForking)
	}
	return nil
}
