package filter

import (
	"context"

	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/rpc/query"
)

// listener is a subscription's queue. It is closed when it is removed from the set.
type listener struct {
	blocks  chan chain.Event
	pending chan []*types.Transaction
}

// NewHeads pushes the header of every new block.
func (a *filterAPI) NewHeads(ctx context.Context) (*gethrpc.Subscription, error) {
	return pushBlocks(ctx, a, func(e chain.Event, notify func(any)) { notify(query.NewHeaderJSON(e.Block.Header())) })
}

// Logs pushes every new log that a query matches.
func (a *filterAPI) Logs(ctx context.Context, q logQuery) (*gethrpc.Subscription, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	return pushBlocks(ctx, a, func(e chain.Event, notify func(any)) {
		for _, log := range e.Logs {
			if q.matches(log) {
				notify(log)
			}
		}
	})
}

// pushBlocks subscribes the connection of ctx to new blocks.
func pushBlocks(ctx context.Context, a *filterAPI, tell func(chain.Event, func(any))) (*gethrpc.Subscription, error) {
	l := &listener{blocks: make(chan chain.Event, eventQueue)}
	return push(ctx, a, l, l.blocks, tell)
}

// NewPendingTransactions pushes every transaction that enters the pool, by hash or in full.
func (a *filterAPI) NewPendingTransactions(ctx context.Context, full *bool) (*gethrpc.Subscription, error) {
	l := &listener{pending: make(chan []*types.Transaction, pendingQueue)}
	return push(ctx, a, l, l.pending, func(txs []*types.Transaction, notify func(any)) {
		for _, tx := range txs {
			if full != nil && *full {
				notify(query.NewTransactionJSON(tx))
			} else {
				notify(tx.Hash())
			}
		}
	})
}

// Syncing pushes changes of whether the node is catching up: none, as it makes its blocks itself.
func (a *filterAPI) Syncing(ctx context.Context) (*gethrpc.Subscription, error) {
	notifier, ok := gethrpc.NotifierFromContext(ctx)
	if !ok {
		return nil, gethrpc.ErrNotificationsUnsupported
	}
	return notifier.CreateSubscription(), nil
}

// push subscribes the connection of ctx to what arrives at queue, until it hangs up or falls behind.
func push[E any](
	ctx context.Context, a *filterAPI, l *listener, queue <-chan E, tell func(E, func(any)),
) (*gethrpc.Subscription, error) {
	notifier, ok := gethrpc.NotifierFromContext(ctx)
	if !ok {
		return nil, gethrpc.ErrNotificationsUnsupported
	}
	subscription := notifier.CreateSubscription()
	a.settle() // a subscription begins now: what was sent before is not for it
	a.mu.Lock()
	a.listeners[l] = struct{}{}
	a.mu.Unlock()
	go func() {
		defer func() {
			a.mu.Lock()
			a.dismiss(l)
			a.mu.Unlock()
		}()
		for {
			select {
			case e, open := <-queue:
				if !open {
					return
				}
				// a closed connection ends the subscription below
				tell(e, func(v any) { _ = notifier.Notify(subscription.ID, v) })
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
