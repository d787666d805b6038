// Package watch is the wing of the methods that look inside: debug, trace, and what the explorer Otterscan asks (ots, erigon).
// They execute blocks and calls again with tracers, or read the database raw.
//
// The tracers themselves are geth's and those of package insight/trace. Start at Methods, the table.
package watch

import "hestia/rpc/query"

// Methods returns the method table of this wing.
func Methods(q *query.Service) []query.Group {
	r := replayer{q}
	raw := &rawAPI{q}
	debug := &debugAPI{r}
	dump := &dumpAPI{q}
	trace := &traceAPI{r}
	ots := &otterscanAPI{r}
	erigon := &erigonAPI{q}
	return []query.Group{
		query.NewGroup("debug", raw,
			query.Row("chaindbProperty", raw.ChaindbProperty, query.Plain),
			query.Row("getBadBlocks", raw.GetBadBlocks, query.Plain),
			query.Row("getRawBlock", raw.GetRawBlock, query.Plain, query.BlockParam),
			query.Row("getRawBlockAccessList", raw.GetRawBlockAccessList, query.Refused, query.BlockParam),
			query.Row("getRawHeader", raw.GetRawHeader, query.Plain, query.BlockParam),
			query.Row("getRawReceipts", raw.GetRawReceipts, query.Plain, query.BlockParam),
			query.Row("getRawTransaction", raw.GetRawTransaction, query.Plain, query.HashParam),
			query.Row("printBlock", raw.PrintBlock, query.Plain, query.NumberParam),
		),
		query.NewGroup("debug", debug,
			query.Row("intermediateRoots", debug.IntermediateRoots, query.Plain, query.HashParam),
			query.Row("traceBlock", debug.TraceBlock, query.Plain, query.DataParam, query.ConfigParam),
			query.Row("traceBlockByHash", debug.TraceBlockByHash, query.Plain, query.HashParam, query.ConfigParam),
			query.Row("traceBlockByNumber", debug.TraceBlockByNumber, query.Plain, query.BlockParam, query.ConfigParam),
			query.Row("traceCall", debug.TraceCall, query.Plain, query.TransactionParam, query.BlockParam, query.ConfigParam),
			query.Row("traceTransaction", debug.TraceTransaction, query.Plain, query.HashParam, query.ConfigParam),
		),
		query.NewGroup("debug", dump,
			query.Row("accountRange", dump.AccountRange, query.Plain, query.BlockParam, query.StartParam, query.CountParam, query.NocodeParam, query.NostorageParam, query.IncompletesParam),
			query.Row("codeByHash", dump.CodeByHash, query.Plain, query.HashParam),
			query.Row("dumpBlock", dump.DumpBlock, query.Plain, query.BlockParam),
			query.Row("getAccessibleState", dump.GetAccessibleState, query.Plain, query.BlockParam, query.BlockParam),
			query.Row("getModifiedAccountsByHash", dump.GetModifiedAccountsByHash, query.Plain, query.HashParam, query.HashParam),
			query.Row("getModifiedAccountsByNumber", dump.GetModifiedAccountsByNumber, query.Plain, query.NumberParam, query.NumberParam),
			query.Row("preimage", dump.Preimage, query.Plain, query.HashParam),
			query.Row("storageRangeAt", dump.StorageRangeAt, query.Plain, query.BlockParam, query.IndexParam, query.AddressParam, query.StartParam, query.CountParam),
		),
		query.NewGroup("trace", trace,
			query.Row("block", trace.Block, query.Plain, query.BlockParam),
			query.Row("call", trace.Call, query.Plain, query.TransactionParam, query.KindsParam, query.BlockParam),
			query.Row("callMany", trace.CallMany, query.Plain, query.CallsParam, query.BlockParam),
			query.Row("filter", trace.Filter, query.Plain, query.QueryParam),
			query.Row("get", trace.Get, query.Plain, query.HashParam, query.PlaceParam),
			query.Row("rawTransaction", trace.RawTransaction, query.Plain, query.DataParam, query.KindsParam),
			query.Row("replayBlockTransactions", trace.ReplayBlockTransactions, query.Plain, query.BlockParam, query.KindsParam),
			query.Row("replayTransaction", trace.ReplayTransaction, query.Plain, query.HashParam, query.KindsParam),
			query.Row("transaction", trace.Transaction, query.Plain, query.HashParam),
		),
		query.NewGroup("ots", ots,
			query.Row("getApiLevel", ots.GetApiLevel, query.Plain),
			query.Row("getBlockDetails", ots.GetBlockDetails, query.Plain, query.BlockParam),
			query.Row("getBlockDetailsByHash", ots.GetBlockDetailsByHash, query.Plain, query.HashParam),
			query.Row("getBlockTransactions", ots.GetBlockTransactions, query.Plain, query.BlockParam, query.PageParam, query.SizeParam),
			query.Row("getContractCreator", ots.GetContractCreator, query.Plain, query.AddressParam),
			query.Row("getInternalOperations", ots.GetInternalOperations, query.Plain, query.HashParam),
			query.Row("getTransactionBySenderAndNonce", ots.GetTransactionBySenderAndNonce, query.Plain, query.AddressParam, query.NonceParam),
			query.Row("getTransactionError", ots.GetTransactionError, query.Plain, query.HashParam),
			query.Row("hasCode", ots.HasCode, query.Plain, query.AddressParam, query.BlockParam),
			query.Row("searchTransactionsAfter", ots.SearchTransactionsAfter, query.Plain, query.AddressParam, query.NumberParam, query.SizeParam),
			query.Row("searchTransactionsBefore", ots.SearchTransactionsBefore, query.Plain, query.AddressParam, query.NumberParam, query.SizeParam),
			query.Row("traceTransaction", ots.TraceTransaction, query.Plain, query.HashParam),
		),
		query.NewGroup("erigon", erigon,
			query.Row("getHeaderByHash", erigon.GetHeaderByHash, query.Plain, query.HashParam),
			query.Row("getHeaderByNumber", erigon.GetHeaderByNumber, query.Plain, query.BlockParam),
		),
	}
}
