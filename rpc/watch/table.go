// Package watch is the wing of the methods that look inside: debug, trace, and what the explorer Otterscan asks (ots,
// erigon). They execute blocks and calls again with tracers, or read the database raw; testing shows a block that is
// not made.
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
	testing := &testingAPI{q}
	return []query.Group{
		query.NewGroup("testing", testing,
			query.Row("buildBlockV1", testing.BuildBlockV1, query.Plain, "hash attributes transactions extra"),
		),
		query.NewGroup("debug", raw,
			query.Row("chaindbProperty", raw.ChaindbProperty, query.Plain, ""),
			query.Row("getBadBlocks", raw.GetBadBlocks, query.Plain, ""),
			query.Row("getRawBlock", raw.GetRawBlock, query.Plain, "block"),
			query.Row("getRawBlockAccessList", raw.GetRawBlockAccessList, query.Refused, "block"),
			query.Row("getRawHeader", raw.GetRawHeader, query.Plain, "block"),
			query.Row("getRawReceipts", raw.GetRawReceipts, query.Plain, "block"),
			query.Row("getRawTransaction", raw.GetRawTransaction, query.Plain, "hash"),
			query.Row("printBlock", raw.PrintBlock, query.Plain, "number"),
		),
		query.NewGroup("debug", debug,
			query.Row("intermediateRoots", debug.IntermediateRoots, query.Plain, "hash"),
			query.Row("traceBlock", debug.TraceBlock, query.Plain, "data config"),
			query.Row("traceBlockByHash", debug.TraceBlockByHash, query.Plain, "hash config"),
			query.Row("traceBlockByNumber", debug.TraceBlockByNumber, query.Plain, "block config"),
			query.Row("traceCall", debug.TraceCall, query.Plain, "transaction block config"),
			query.Row("traceTransaction", debug.TraceTransaction, query.Plain, "hash config"),
		),
		query.NewGroup("debug", dump,
			query.Row("accountRange", dump.AccountRange, query.Plain, "block start count nocode nostorage incompletes"),
			query.Row("codeByHash", dump.CodeByHash, query.Plain, "hash"),
			query.Row("dumpBlock", dump.DumpBlock, query.Plain, "block"),
			query.Row("getAccessibleState", dump.GetAccessibleState, query.Plain, "fromBlock toBlock"),
			query.Row("getModifiedAccountsByHash", dump.GetModifiedAccountsByHash, query.Plain, "startHash endHash"),
			query.Row(
				"getModifiedAccountsByNumber", dump.GetModifiedAccountsByNumber, query.Plain, "startNumber endNumber",
			),
			query.Row("preimage", dump.Preimage, query.Plain, "hash"),
			query.Row("storageRangeAt", dump.StorageRangeAt, query.Plain, "block index address start count"),
		),
		query.NewGroup("trace", trace,
			query.Row("block", trace.Block, query.Plain, "block"),
			query.Row("call", trace.Call, query.Plain, "transaction kinds block"),
			query.Row("callMany", trace.CallMany, query.Plain, "calls block"),
			query.Row("filter", trace.Filter, query.Plain, "query"),
			query.Row("get", trace.Get, query.Plain, "hash place"),
			query.Row("rawTransaction", trace.RawTransaction, query.Plain, "data kinds"),
			query.Row("replayBlockTransactions", trace.ReplayBlockTransactions, query.Plain, "block kinds"),
			query.Row("replayTransaction", trace.ReplayTransaction, query.Plain, "hash kinds"),
			query.Row("transaction", trace.Transaction, query.Plain, "hash"),
		),
		query.NewGroup("ots", ots,
			query.Row("getApiLevel", ots.GetApiLevel, query.Plain, ""),
			query.Row("getBlockDetails", ots.GetBlockDetails, query.Plain, "block"),
			query.Row("getBlockDetailsByHash", ots.GetBlockDetailsByHash, query.Plain, "hash"),
			query.Row("getBlockTransactions", ots.GetBlockTransactions, query.Plain, "block page size"),
			query.Row("getContractCreator", ots.GetContractCreator, query.Plain, "address"),
			query.Row("getInternalOperations", ots.GetInternalOperations, query.Plain, "hash"),
			query.Row(
				"getTransactionBySenderAndNonce", ots.GetTransactionBySenderAndNonce, query.Plain, "address nonce",
			),
			query.Row("getTransactionError", ots.GetTransactionError, query.Plain, "hash"),
			query.Row("hasCode", ots.HasCode, query.Plain, "address block"),
			query.Row("searchTransactionsAfter", ots.SearchTransactionsAfter, query.Plain, "address number size"),
			query.Row("searchTransactionsBefore", ots.SearchTransactionsBefore, query.Plain, "address number size"),
			query.Row("traceTransaction", ots.TraceTransaction, query.Plain, "hash"),
		),
		query.NewGroup("erigon", erigon,
			query.Row("getHeaderByHash", erigon.GetHeaderByHash, query.Plain, "hash"),
			query.Row("getHeaderByNumber", erigon.GetHeaderByNumber, query.Plain, "block"),
		),
	}
}
