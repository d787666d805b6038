package dev

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/chain/miner"
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
func (a *clockAPI) Revert(snapshot number) (bool, error) { return a.q.miner.Revert(uint64(snapshot)) }

// IncreaseTime puts the clock forward and returns how many seconds it is ahead.
func (a *clockAPI) IncreaseTime(by seconds) (int64, error) { return a.q.miner.IncreaseTime(uint64(by)) }

// SetTime sets the clock, in seconds since the epoch, and returns by how many that moved it.
func (a *clockAPI) SetTime(timestamp seconds) (int64, error) {
	return a.q.miner.SetTime(uint64(timestamp))
}

// SetNextBlockTimestamp sets the time of the next block; the clock goes on from there.
func (a *clockAPI) SetNextBlockTimestamp(timestamp seconds) (bool, error) {
	return done(badTime(a.q.miner.SetNextTime(uint64(timestamp))))
}

// badTime gives a time that is too early, the first parameter, the code of a wrong one.
func badTime(err error) error {
	if errors.Is(err, miner.ErrTimestamp) {
		return query.InvalidArgument(0, err)
	}
	return err
}

// SetAutomine begins or ends that every transaction gets a block at once. Mining in intervals goes on if it is not the
// time.
func (a *clockAPI) SetAutomine(enabled bool) (bool, error) {
	switch {
	case enabled:
		return done(a.q.miner.SetMode(miner.Instant, 0))
	case a.q.miner.Mode() == miner.Instant:
		return done(a.q.miner.SetMode(miner.Manual, 0))
	}
	return true, nil
}

// SetBlockGasLimit sets the gas limit of the blocks to come.
func (a *clockAPI) SetBlockGasLimit(limit gasLimit) (bool, error) {
	return done(a.q.miner.SetGasLimit(uint64(limit)))
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

// Mine makes a block, at a time if one is given, or as many as anvil's object says.
func (a *evmAPI) Mine(ctx context.Context, options *mineOptions) (string, error) {
	_, err := a.q.mine(ctx, options, maxMined)
	return "0x0", err
}

// mine makes at most so many blocks and returns their number.
func (s controls) mine(ctx context.Context, options *mineOptions, most int) (int, error) {
	if options == nil {
		options = new(mineOptions)
	}
	n := options.blocks.count()
	if n > most {
		return 0, query.InvalidArgument(0, fmt.Errorf("%d blocks are more than %d", n, most))
	}
	if at := options.timestamp; at != nil && *at != 0 {
		return n, badTime(s.miner.MineAt(ctx, n, uint64(*at)))
	}
	return n, s.miner.Mine(ctx, n)
}

// SetIntervalMining makes a block every so often; 0 ends it.
func (a *evmAPI) SetIntervalMining(interval every) (bool, error) {
	return a.q.setInterval(time.Duration(interval))
}

// SetIntervalMining makes a block every so many seconds; 0 ends it.
func (a *anvilAPI) SetIntervalMining(interval seconds) (bool, error) {
	return a.devAPI.q.setInterval(time.Duration(interval) * time.Second)
}

// GetIntervalMining returns the seconds between blocks, null if they are not made in intervals.
func (a *anvilAPI) GetIntervalMining() *uint64 {
	if every := a.devAPI.q.miner.Every(); every > 0 {
		whole := uint64(every / time.Second)
		return &whole
	}
	return nil
}

// SetBlockTimestampInterval fixes the seconds between the times of blocks.
func (a *anvilAPI) SetBlockTimestampInterval(spacing seconds) (bool, error) {
	return done(a.devAPI.q.miner.SetSpacing(uint64(spacing)))
}

// RemoveBlockTimestampInterval lets the times of blocks follow the clock again, and says whether they did not.
func (a *anvilAPI) RemoveBlockTimestampInterval() (bool, error) {
	return a.devAPI.q.miner.Spacing() != 0, a.devAPI.q.miner.SetSpacing(0)
}
