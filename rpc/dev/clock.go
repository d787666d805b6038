package dev

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain/miner"
	"hestia/gas"
	"hestia/rpc/query"
)

// clockAPI is what evm and anvil have under the same names: snapshots, the clock, and when blocks are made.
type clockAPI struct{ q controls }

// Snapshot remembers how everything is now, and returns an id for revert.
func (a *clockAPI) Snapshot() (hexutil.Uint64, error) {
	id, err := a.q.miner.Snapshot()
	return hexutil.Uint64(id), err
}

// Revert goes back to a snapshot, which is used up with all that were taken after it. It answers false if there is
// none.
func (a *clockAPI) Revert(snapshot raw) (bool, error) {
	d := new(decoder)
	id := d.number("snapshot", snapshot)
	if d.err != nil {
		return false, d.err
	}
	return a.q.miner.Revert(id)
}

// IncreaseTime puts the clock forward and returns how many seconds it is ahead.
func (a *clockAPI) IncreaseTime(seconds raw) (int64, error) {
	d := new(decoder)
	n := d.seconds("seconds", seconds)
	if d.err != nil {
		return 0, d.err
	}
	return a.q.miner.IncreaseTime(n)
}

// SetTime sets the clock, in seconds since the epoch, and returns by how many that moved it.
func (a *clockAPI) SetTime(timestamp raw) (int64, error) {
	d := new(decoder)
	n := d.seconds("timestamp", timestamp)
	if d.err != nil {
		return 0, d.err
	}
	return a.q.miner.SetTime(n)
}

// SetNextBlockTimestamp sets the time of the next block; the clock goes on from there.
func (a *clockAPI) SetNextBlockTimestamp(timestamp raw) (bool, error) {
	d := new(decoder)
	n := d.seconds("timestamp", timestamp)
	if d.err != nil {
		return false, d.err
	}
	return done(badTime(a.q.miner.SetNextTime(n)))
}

// badTime gives a time that is too early the code of a wrong parameter.
func badTime(err error) error {
	if errors.Is(err, miner.ErrTimestamp) {
		return query.InvalidParams("timestamp: %w", err)
	}
	return err
}

// SetAutomine begins or ends that every transaction gets a block at once. Mining in intervals goes on if it is not the
// time.
func (a *clockAPI) SetAutomine(enabled raw) (bool, error) {
	d := new(decoder)
	on := d.flag("enabled", enabled)
	switch {
	case d.err != nil:
		return false, d.err
	case on:
		return done(a.q.miner.SetMode(miner.Instant, 0))
	case a.q.miner.Mode() == miner.Instant:
		return done(a.q.miner.SetMode(miner.Manual, 0))
	}
	return true, nil
}

// SetBlockGasLimit sets the gas limit of the blocks to come.
func (a *clockAPI) SetBlockGasLimit(limit raw) (bool, error) {
	d := new(decoder)
	n := d.number("gasLimit", limit)
	if d.err == nil && (n < params.MinGasLimit || n > gas.Max) {
		d.fail("gasLimit", "%d is not between %d and %d", n, params.MinGasLimit, uint64(gas.Max))
	}
	if d.err != nil {
		return false, d.err
	}
	return done(a.q.miner.SetGasLimit(n))
}

// setInterval makes a block every so often, or none by itself if that is 0.
func (s controls) setInterval(every time.Duration) (bool, error) {
	if every <= 0 {
		return done(s.miner.SetMode(miner.Manual, 0))
	}
	return done(s.miner.SetMode(miner.Interval, every))
}

// evmAPI is evm: the methods that ganache began and both tools kept.
type evmAPI struct{ clockAPI }

// mineOptions is the object that anvil takes in place of a timestamp.
type mineOptions struct {
	Timestamp raw `json:"timestamp"`
	Blocks    raw `json:"blocks"`
}

// Mine makes a block, at a time if one is given. Its only parameter is a timestamp, or an object with timestamp and
// blocks.
func (a *evmAPI) Mine(timestamp raw) (string, error) {
	d := new(decoder)
	options := mineOptions{Timestamp: timestamp}
	if given(timestamp) && bytes.HasPrefix(bytes.TrimSpace(*timestamp), []byte("{")) {
		options.Timestamp = nil
		if err := json.Unmarshal(*timestamp, &options); err != nil {
			d.fail("timestamp", "%w", err)
		}
	}
	n := d.blocks("blocks", options.Blocks)
	at := uint64(0)
	if given(options.Timestamp) {
		at = d.seconds("timestamp", options.Timestamp)
	}
	switch {
	case d.err != nil:
		return "", d.err
	case at != 0:
		return "0x0", badTime(a.q.miner.MineAt(n, at))
	}
	return "0x0", a.q.miner.Mine(n)
}

// secondsBelow tells anvil's seconds from Hardhat's milliseconds, which have the same method.
const secondsBelow = 1000

// SetIntervalMining makes a block every so often. Hardhat gives milliseconds, anvil seconds, under the same name: less
// than
// 1,000 is taken for seconds. Of Hardhat's range of milliseconds the lower end is taken. 0 ends it.
func (a *evmAPI) SetIntervalMining(interval raw) (bool, error) {
	d := new(decoder)
	if given(interval) && bytes.HasPrefix(bytes.TrimSpace(*interval), []byte("[")) {
		var bounds []raw
		if err := json.Unmarshal(*interval, &bounds); err != nil || len(bounds) != 2 {
			return false, query.InvalidParams("interval: a range has two bounds")
		}
		low, high := d.seconds("interval", bounds[0]), d.seconds("interval", bounds[1])
		if d.err == nil && low > high {
			d.fail("interval", "%d is above %d", low, high)
		}
		if d.err != nil {
			return false, d.err
		}
		return a.q.setInterval(time.Duration(low) * time.Millisecond)
	}
	n := d.seconds("interval", interval)
	switch {
	case d.err != nil:
		return false, d.err
	case n < secondsBelow:
		return a.q.setInterval(time.Duration(n) * time.Second)
	}
	return a.q.setInterval(time.Duration(n) * time.Millisecond)
}

// SetIntervalMining makes a block every so many seconds; 0 ends it.
func (a *anvilAPI) SetIntervalMining(seconds raw) (bool, error) {
	d := new(decoder)
	n := d.seconds("seconds", seconds)
	if d.err != nil {
		return false, d.err
	}
	return a.devAPI.q.setInterval(time.Duration(n) * time.Second)
}

// GetIntervalMining returns the seconds between blocks, null if they are not made in intervals.
func (a *anvilAPI) GetIntervalMining() *uint64 {
	if every := a.devAPI.q.miner.Every(); every > 0 {
		seconds := uint64(every / time.Second)
		return &seconds
	}
	return nil
}

// SetBlockTimestampInterval fixes the seconds between the times of blocks.
func (a *anvilAPI) SetBlockTimestampInterval(seconds raw) (bool, error) {
	d := new(decoder)
	n := d.seconds("seconds", seconds)
	if d.err != nil {
		return false, d.err
	}
	return done(a.devAPI.q.miner.SetSpacing(n))
}

// RemoveBlockTimestampInterval lets the times of blocks follow the clock again, and says whether they did not.
func (a *anvilAPI) RemoveBlockTimestampInterval() (bool, error) {
	return a.devAPI.q.miner.Spacing() != 0, a.devAPI.q.miner.SetSpacing(0)
}
