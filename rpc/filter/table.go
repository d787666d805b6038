// Package filter is the wing of what happens: the methods of logs, of filters to be polled, and the subscriptions that
// push over a connection that stays. They are in namespace eth.
//
// A filter of blocks or logs is a cursor into the chain; one loop hands on what has no place there. Start at Methods,
// the table.
package filter

import "hestia/rpc/query"

// Methods returns the method table of this wing, and the loop that feeds filters and subscriptions until quit is
// closed.
func Methods(q *query.Service) (groups []query.Group, loop func(quit <-chan struct{})) {
	f := newFilterAPI(q)
	return []query.Group{
		query.NewGroup("eth", f,
			query.Row("getFilterChanges", f.GetFilterChanges, query.Plain, "filter"),
			query.Row("getFilterLogs", f.GetFilterLogs, query.Plain, "filter"),
			query.Row("getLogs", f.GetLogs, query.Plain, "query"),
			query.Row("logs", f.Logs, query.Push, "query"),
			query.Row("newBlockFilter", f.NewBlockFilter, query.Writes, ""),
			query.Row("newFilter", f.NewFilter, query.Writes, "query"),
			query.Row("newHeads", f.NewHeads, query.Push, ""),
			query.Row("newPendingTransactionFilter", f.NewPendingTransactionFilter, query.Writes, "full"),
			query.Row("newPendingTransactions", f.NewPendingTransactions, query.Push, "full"),
			query.Row("syncing", f.Syncing, query.Push, ""),
			query.Row("uninstallFilter", f.UninstallFilter, query.Writes, "filter"),
		),
	}, f.loop
}
