package filter

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain"
	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// How much clients that do not listen may cost.
const (
	filterLife   = 5 * time.Minute // without being asked
	maxPending   = 10_000          // transactions a filter holds; of more it forgets the oldest
	pendingQueue = 1024
	eventQueue   = budget.QueuedBlocks
)

// What a filter can be refused for.
var (
	errFilterNotFound = errors.New("filter not found")
	errTooManyFilters = errors.New("too many filters installed; uninstall some with eth_uninstallFilter")
)

// filterAPI is eth: logs, filters to be polled, and subscriptions that push.
//
// A block or log filter is a cursor into the chain, so that it is exact the moment a block is the head. What has no
// place in the chain, pending transactions and pushes, goes through one loop that never waits for a client.
type filterAPI struct {
	q     *query.Service
	flush chan chan struct{} // asks the loop to take in what has already been sent to it

	mu        sync.Mutex
	filters   map[gethrpc.ID]*filter
	listeners map[*listener]struct{}
}

// filter is what a client is sent when it asks again.
type filter struct {
	kind    filterKind
	query   logQuery
	seen    chain.Position // what the client knows of the chain
	pending []*types.Transaction
	bytes   uint64     // of the pending transactions
	full    bool       // pending transactions in full
	asked   time.Time  // guarded, like pending, by the API's lock
	cursor  sync.Mutex // held while seen moves
}

// filterKind is what a filter collects.
type filterKind uint8

const (
	blockFilter filterKind = iota
	logFilter
	pendingFilter
)

// newFilterAPI returns the methods without any filter. Its loop must run.
func newFilterAPI(s *query.Service) *filterAPI {
	return &filterAPI{
		q:         s,
		flush:     make(chan chan struct{}),
		filters:   make(map[gethrpc.ID]*filter),
		listeners: make(map[*listener]struct{}),
	}
}

// loop hands events on until quit is closed.
func (a *filterAPI) loop(quit <-chan struct{}) {
	blocks, pending := make(chan chain.Event, eventQueue), make(chan []*types.Transaction, pendingQueue)
	subscriptions := []event.Subscription{a.q.Chain.Subscribe(blocks), a.q.Pool.Subscribe(pending)}
	expire := time.NewTicker(filterLife / 5)
	defer expire.Stop()
	defer func() {
		for _, s := range subscriptions {
			s.Unsubscribe()
		}
	}()
	for {
		select {
		case e := <-blocks:
			a.tellBlock(e)
		case txs := <-pending:
			a.tellPending(txs)
		case done := <-a.flush:
			for len(blocks) > 0 {
				a.tellBlock(<-blocks)
			}
			for len(pending) > 0 {
				a.tellPending(<-pending)
			}
			close(done)
		case now := <-expire.C:
			a.dropIdle(now)
		case <-quit:
			return
		}
	}
}

// tellBlock hands a new head to the listeners. One that is too far behind, by blocks or by bytes, is dismissed.
func (a *filterAPI) tellBlock(e chain.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	next := &queued{e, eventBytes(e)}
	for l := range a.listeners {
		if l.blocks == nil {
			continue
		}
		if waiting := l.waiting.Add(next.bytes); waiting > next.bytes && waiting > budget.QueuedBytes {
			a.dismiss(l)
			continue
		}
		select {
		case l.blocks <- next:
		default:
			a.dismiss(l)
		}
	}
}

// tellPending hands transactions to filters and listeners; a filter that is full forgets its oldest ones.
func (a *filterAPI) tellPending(txs []*types.Transaction) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.filters {
		if f.kind == pendingFilter {
			f.add(txs)
		}
	}
	for l := range a.listeners {
		if l.pending == nil {
			continue
		}
		select {
		case l.pending <- txs:
		default:
			a.dismiss(l)
		}
	}
}

// add notes pending transactions, and forgets the oldest if these are too many or too long.
func (f *filter) add(txs []*types.Transaction) {
	for _, tx := range txs {
		f.pending = append(f.pending, tx)
		f.bytes += tx.Size()
	}
	for len(f.pending) > maxPending || len(f.pending) > 1 && f.bytes > budget.QueuedBytes {
		f.bytes -= f.pending[0].Size()
		f.pending = f.pending[1:]
	}
}

// dropIdle uninstalls filters that nothing has asked for long.
func (a *filterAPI) dropIdle(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, f := range a.filters {
		if now.Sub(f.asked) > filterLife {
			delete(a.filters, id)
		}
	}
}

// NewBlockFilter makes a filter that tells the hashes of new blocks.
func (a *filterAPI) NewBlockFilter() (gethrpc.ID, error) {
	return a.install(&filter{kind: blockFilter})
}

// NewPendingTransactionFilter makes a filter that tells transactions that enter the pool, by hash or in full.
func (a *filterAPI) NewPendingTransactionFilter(full *bool) (gethrpc.ID, error) {
	return a.install(&filter{kind: pendingFilter, full: full != nil && *full})
}

// NewFilter makes a filter that tells logs of new blocks.
func (a *filterAPI) NewFilter(q logQuery) (gethrpc.ID, error) {
	if err := q.check(); err != nil {
		return "", err
	}
	if q.from != nil && *q.from == gethrpc.PendingBlockNumber || q.to != nil && *q.to == gethrpc.PendingBlockNumber {
		return "", query.ErrPendingLogs
	}
	if from, to := limitOf(q.from), limitOf(q.to); to >= 0 && (from < 0 || from > to) {
		return "", query.ErrInvalidRange
	}
	return a.install(&filter{kind: logFilter, query: q})
}

// limitOf returns a limit of a range, as geth compares them: a tag but earliest is below 0. One that is left out is the
// latest block.
func limitOf(n *gethrpc.BlockNumber) gethrpc.BlockNumber {
	switch {
	case n == nil:
		return gethrpc.LatestBlockNumber
	case *n == gethrpc.EarliestBlockNumber:
		return 0
	}
	return *n
}

// install adds a filter that begins now, and returns its id.
func (a *filterAPI) install(f *filter) (gethrpc.ID, error) {
	a.settle()
	f.seen, f.asked = a.q.Chain.Position(), time.Now()
	id := gethrpc.NewID()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.filters) >= budget.Filters {
		return "", errTooManyFilters
	}
	a.filters[id] = f
	return id, nil
}

// settle returns once the loop has taken in what was sent before.
func (a *filterAPI) settle() {
	done := make(chan struct{})
	select {
	case a.flush <- done:
		<-done
	case <-time.After(time.Second): // the node is closing
	}
}

// UninstallFilter forgets a filter and says whether there was one.
func (a *filterAPI) UninstallFilter(id gethrpc.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, found := a.filters[id]
	delete(a.filters, id)
	return found
}

// GetFilterLogs returns all logs that a log filter's query matches, seen or not.
func (a *filterAPI) GetFilterLogs(ctx context.Context, id gethrpc.ID) ([]*types.Log, error) {
	a.mu.Lock()
	f, found := a.filters[id]
	if found {
		f.asked = time.Now()
	}
	a.mu.Unlock()
	if !found || f.kind != logFilter {
		return nil, errFilterNotFound
	}
	return a.GetLogs(ctx, f.query)
}

// GetFilterChanges returns what happened since it was last asked.
func (a *filterAPI) GetFilterChanges(ctx context.Context, id gethrpc.ID) (any, error) {
	a.settle()
	a.mu.Lock()
	f, found := a.filters[id]
	var pending []*types.Transaction
	if found {
		f.asked, pending, f.pending, f.bytes = time.Now(), f.pending, nil, 0
	}
	a.mu.Unlock()
	switch {
	case !found:
		return nil, errFilterNotFound
	case f.kind == pendingFilter:
		return a.showPending(pending, f.full), nil
	}
	f.cursor.Lock()
	defer f.cursor.Unlock()
	now := a.q.Chain.Position()
	from, to := a.q.Chain.Seen(f.seen)+1, now.Number()
	if f.kind == logFilter {
		if f.query.from != nil && *f.query.from > 0 {
			from = max(from, uint64(*f.query.from))
		}
		if f.query.to != nil && *f.query.to >= 0 {
			to = min(to, uint64(*f.query.to))
		}
		logs, err := a.logs(ctx, from, to, &f.query)
		if err == nil {
			f.seen = now
		}
		return logs, err
	}
	hashes := []common.Hash{}
	for n := from; n <= to; n++ {
		if header := a.q.Chain.HeaderByNumber(n); header != nil {
			hashes = append(hashes, header.Hash())
		}
	}
	f.seen = now
	return hashes, nil
}

// showPending describes pending transactions in full or by hash.
func (a *filterAPI) showPending(txs []*types.Transaction, full bool) any {
	if full {
		list := make([]*query.TransactionJSON, len(txs))
		for i, tx := range txs {
			list[i] = query.NewTransactionJSON(tx)
		}
		return list
	}
	hashes := make([]common.Hash, len(txs))
	for i, tx := range txs {
		hashes[i] = tx.Hash()
	}
	return hashes
}
