package miner

import (
	"context"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"hestia/chain"
)

// pending is the block that would be made now, kept until something that it follows from changes.
type pending struct {
	mu    sync.Mutex
	made  *chain.Pending
	after pendingKey
}

// pendingKey is all that a pending block follows from.
type pendingKey struct {
	head, root common.Hash // the head, and the state after it, which edits change
	chainID    uint64      // edits change it too
	pool       uint64      // the pool's revision
	time       uint64
	gasLimit   uint64
	baseFee    string
	coinbase   common.Address
	random     common.Hash
}

// Pending returns the block that would be made now of all that can be mined, in that order, with nothing written.
// Transactions run no longer than ctx, whose end is an error.
func (m *Miner) Pending(ctx context.Context) (*chain.Pending, error) {
	m.pend.mu.Lock()
	defer m.pend.mu.Unlock()
	revision := m.pool.Revision()
	header := m.PendingHeader()
	key := pendingKey{
		head: header.ParentHash, root: header.Root, chainID: m.chain.ChainConfig().ChainID.Uint64(), pool: revision,
		time: header.Time, gasLimit: header.GasLimit,
		baseFee: header.BaseFee.String(), coinbase: header.Coinbase, random: header.MixDigest,
	}
	if m.pend.made != nil && m.pend.after == key {
		return m.pend.made, nil
	}
	template := m.template(m.pool.Pending(header.BaseFee))
	template.Debug = nil
	made, err := m.chain.Pend(ctx, template)
	if err != nil {
		return nil, err
	}
	m.pend.made, m.pend.after = made, key
	return made, nil
}
