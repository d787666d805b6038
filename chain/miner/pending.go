package miner

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
)

// pending is the block that would be made now, kept until something that it follows from changes.
type pending struct {
	mu    sync.Mutex
	made  *chain.Pending
	after pendingKey

	slow map[common.Hash]bool // transactions that run too long to be tried for every question
	head common.Hash          // after which they do
}

// pendLimit is how long a transaction may run in a block that is only asked for. Those that run longer are left out.
const pendLimit = time.Second

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

// Pending returns the block that would be made now of all that can be mined, in that order, with nothing written. It
// leaves out transactions that run longer than a second. If ctx ends first, that is an error.
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
	template.Debug, template.Limit = nil, pendLimit
	made, err := m.pendWithout(ctx, template, key.head)
	if err != nil {
		return nil, err
	}
	m.pend.made, m.pend.after = made, key
	return made, nil
}

// pendWithout makes a pending block on a head of the transactions that do not run too long there.
func (m *Miner) pendWithout(ctx context.Context, t chain.Template, head common.Hash) (*chain.Pending, error) {
	p := &m.pend
	if p.slow == nil || p.head != head {
		p.slow, p.head = make(map[common.Hash]bool), head
	}
	for {
		t.Transactions = slices.DeleteFunc(slices.Clone(t.Transactions), func(tx *types.Transaction) bool {
			return p.slow[tx.Hash()]
		})
		made, err := m.chain.Pend(ctx, t)
		var faulty *chain.FaultyTransaction
		if !errors.Is(err, chain.ErrTooSlow) || !errors.As(err, &faulty) {
			return made, err
		}
		p.slow[faulty.Tx.Hash()] = true
	}
}
