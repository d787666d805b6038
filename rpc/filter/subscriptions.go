package filter

import (
	"context"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/rpc/query"
)

// listener is a subscription's queue. It is closed when it is removed from the set.
type listener struct {
	blocks  chan *queued
	waiting atomic.Int64 // bytes of the blocks in the queue, and of the one that is told
	pending chan []*types.Transaction
}

// queued is a block that waits for subscribers.
type queued struct {
	chain.Event
	bytes int64
}

// eventBytes is what a block and its logs keep in memory.
func eventBytes(e chain.Event) int64 {
	bytes := int64(e.Block.Size())
	for _, log := range e.Logs {
		bytes += int64(query.ShownLog(log))
	}
	return bytes
}

// NewHeads pushes the header of every new block.
func (a *filterAPI) NewHeads(ctx context.Context) (*gethrpc.Subscription, error) {
	return pushBlocks(ctx, a, func(e chain.Event, notify notifier) {
		notify(query.NewHeaderJSON(e.Block.Header()), plainBytes)
	})
}

// Logs pushes every new log that a query matches.
func (a *filterAPI) Logs(ctx context.Context, q logQuery) (*gethrpc.Subscription, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	return pushBlocks(ctx, a, func(e chain.Event, notify notifier) {
		for _, log := range e.Logs {
			if q.matches(log) && !notify(log, query.ShownLog(log)) {
				return
			}
		}
	})
}

// pushBlocks subscribes the connection of ctx to new blocks.
func pushBlocks(
	ctx context.Context, a *filterAPI, tell func(chain.Event, notifier),
) (*gethrpc.Subscription, error) {
	l := &listener{blocks: make(chan *queued, eventQueue)}
	return push(ctx, a, l, l.blocks, func(next *queued, notify notifier) {
		tell(next.Event, notify)
		l.waiting.Add(-next.bytes)
	})
}

// notifier sends a subscriber something that takes so many bytes. It reports whether that went well: after a failure
// the subscription is to end.
type notifier func(v any, bytes int) bool

// plainBytes is more than a notification takes that holds no data of a transaction.
const plainBytes = 4096

// NewPendingTransactions pushes every transaction that enters the pool, by hash or in full.
func (a *filterAPI) NewPendingTransactions(ctx context.Context, full *bool) (*gethrpc.Subscription, error) {
	l := &listener{pending: make(chan []*types.Transaction, pendingQueue)}
	return push(ctx, a, l, l.pending, func(txs []*types.Transaction, notify notifier) {
		for _, tx := range txs {
			shown, bytes := any(tx.Hash()), plainBytes
			if full != nil && *full {
				shown, bytes = query.NewTransactionJSON(tx), plainBytes+2*int(tx.Size())
			}
			if !notify(shown, bytes) {
				return
			}
		}
	})
}

// Syncing pushes changes of whether the node is catching up: none, as it makes its blocks itself.
func (a *filterAPI) Syncing(ctx context.Context) (*gethrpc.Subscription, error) {
	_, subscription, release, err := a.subscribe(ctx)
	if err != nil {
		return nil, err
	}
	go func() {
		<-subscription.Err()
		release()
	}()
	return subscription, nil
}

// subscribe makes a subscription of the connection of ctx, which counts until release.
func (a *filterAPI) subscribe(ctx context.Context) (
	to *gethrpc.Notifier, subscription *gethrpc.Subscription, release func(), err error,
) {
	to, ok := gethrpc.NotifierFromContext(ctx)
	if !ok {
		return nil, nil, nil, gethrpc.ErrNotificationsUnsupported
	}
	release = func() {}
	if c := a.q.Budget.ConnectionOf(ctx); c != nil {
		if release, err = c.Subscribe(); err != nil {
			return nil, nil, nil, err
		}
	}
	return to, to.CreateSubscription(), release, nil
}

// push subscribes the connection of ctx to what arrives at queue, until it hangs up or falls behind.
func push[E any](
	ctx context.Context, a *filterAPI, l *listener, queue <-chan E, tell func(E, notifier),
) (*gethrpc.Subscription, error) {
	to, subscription, release, err := a.subscribe(ctx)
	if err != nil {
		return nil, err
	}
	a.settle() // a subscription begins now: what was sent before is not for it
	a.mu.Lock()
	a.listeners[l] = struct{}{}
	a.mu.Unlock()
	connection, failed := a.q.Budget.ConnectionOf(ctx), false
	notify := func(v any, bytes int) bool {
		failed = failed || connection.Tell(bytes, func() error { return to.Notify(subscription.ID, v) }) != nil
		return !failed
	}
	go func() {
		defer release()
		defer func() {
			a.mu.Lock()
			a.dismiss(l)
			a.mu.Unlock()
		}()
		for !failed {
			select {
			case e, open := <-queue:
				if !open {
					return
				}
				tell(e, notify)
			case <-subscription.Err():
				return
			}
		}
	}()
	return subscription, nil
}

// dismiss ends a listener that is still listed. The caller holds the lock.
func (a *filterAPI) dismiss(l *listener) {
	if _, listed := a.listeners[l]; !listed {
		return
	}
	delete(a.listeners, l)
	if l.blocks != nil {
		close(l.blocks)
	}
	if l.pending != nil {
		close(l.pending)
	}
}
