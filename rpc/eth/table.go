// Package eth is the wing of the methods that Ethereum's nodes have in common: eth, net, web3, txpool, personal and
// admin, and what hestia adds. A group of methods is a type: its method Foo under namespace eth is eth_foo.
//
// It executes nothing and holds no state: all questions go to package query. Start at Methods, the table.
package eth

import "hestia/rpc/query"

// Methods returns the method table of this wing.
func Methods(q *query.Service) []query.Group {
	chain := &chainAPI{q}
	state := &stateAPI{q}
	block := &blockAPI{q}
	transaction := &transactionAPI{q}
	call := &callAPI{q}
	fee := &feeAPI{q}
	account := &accountAPI{q}
	personal := &personalAPI{q}
	net := &netAPI{q}
	web3 := &web3API{q}
	pool := &poolAPI{q}
	hestia := &hestiaAPI{q}
	admin := &adminAPI{q}
	send := newSendAPI(q)
	return []query.Group{
		query.NewGroup("eth", chain,
			query.Row("blockNumber", chain.BlockNumber, query.Direct, ""),
			query.Row("capabilities", chain.Capabilities, query.Plain, ""),
			query.Row("chainId", chain.ChainId, query.Direct, ""),
			query.Row("coinbase", chain.Coinbase, query.Plain, ""),
			query.Row("config", chain.Config, query.Plain, ""),
			query.Row("hashrate", chain.Hashrate, query.Plain, ""),
			query.Row("mining", chain.Mining, query.Plain, ""),
			query.Row("networkId", chain.NetworkId, query.Plain, ""),
			query.Row("protocolVersion", chain.ProtocolVersion, query.Plain, ""),
			query.Row("syncing", chain.Syncing, query.Plain, ""),
		),
		query.NewGroup("eth", state,
			query.Row("getAccount", state.GetAccount, query.Plain, "address block"),
			query.Row("getAccountInfo", state.GetAccountInfo, query.Plain, "address block"),
			query.Row("getBalance", state.GetBalance, query.Direct, "address block"),
			query.Row("getCode", state.GetCode, query.Direct, "address block"),
			query.Row("getProof", state.GetProof, query.Plain, "address keys block"),
			query.Row("getStorageAt", state.GetStorageAt, query.Direct, "address key block"),
			query.Row("getStorageValues", state.GetStorageValues, query.Plain, "requests block"),
			query.Row("getTransactionCount", state.GetTransactionCount, query.Direct, "address block"),
		),
		query.NewGroup("eth", block,
			query.Row("getBlockAccessList", block.GetBlockAccessList, query.Plain, "block"),
			query.Row("getBlockByHash", block.GetBlockByHash, query.Direct, "hash full"),
			query.Row("getBlockByNumber", block.GetBlockByNumber, query.Direct, "block full"),
			query.Row("getBlockTransactionCountByHash", block.GetBlockTransactionCountByHash, query.Plain, "hash"),
			query.Row("getBlockTransactionCountByNumber", block.GetBlockTransactionCountByNumber, query.Plain, "block"),
			query.Row("getHeaderByHash", block.GetHeaderByHash, query.Plain, "hash"),
			query.Row("getHeaderByNumber", block.GetHeaderByNumber, query.Plain, "block"),
			query.Row("getUncleByBlockHashAndIndex", block.GetUncleByBlockHashAndIndex, query.Plain, "hash index"),
			query.Row("getUncleByBlockNumberAndIndex", block.GetUncleByBlockNumberAndIndex, query.Plain, "block index"),
			query.Row("getUncleCountByBlockHash", block.GetUncleCountByBlockHash, query.Plain, "hash"),
			query.Row("getUncleCountByBlockNumber", block.GetUncleCountByBlockNumber, query.Plain, "block"),
		),
		query.NewGroup("eth", transaction,
			query.Row("getBlockReceipts", transaction.GetBlockReceipts, query.Plain, "block"),
			query.Row(
				"getRawTransactionByBlockHashAndIndex", transaction.GetRawTransactionByBlockHashAndIndex, query.Plain,
				"hash index",
			),
			query.Row(
				"getRawTransactionByBlockNumberAndIndex", transaction.GetRawTransactionByBlockNumberAndIndex,
				query.Plain, "block index",
			),
			query.Row("getRawTransactionByHash", transaction.GetRawTransactionByHash, query.Plain, "hash"),
			query.Row(
				"getTransactionByBlockHashAndIndex", transaction.GetTransactionByBlockHashAndIndex, query.Plain,
				"hash index",
			),
			query.Row(
				"getTransactionByBlockNumberAndIndex", transaction.GetTransactionByBlockNumberAndIndex, query.Plain,
				"block index",
			),
			query.Row("getTransactionByHash", transaction.GetTransactionByHash, query.Direct, "hash"),
			query.Row(
				"getTransactionBySenderAndNonce", transaction.GetTransactionBySenderAndNonce, query.Plain,
				"address nonce",
			),
			query.Row("getTransactionReceipt", transaction.GetTransactionReceipt, query.Direct, "hash"),
			query.Row("pendingTransactions", transaction.PendingTransactions, query.Plain, ""),
		),
		query.NewGroup("eth", send,
			query.Row("fillTransaction", send.FillTransaction, query.Plain, "transaction"),
			query.Row("resend", send.Resend, query.Writes, "transaction gasPrice gas"),
			query.Row("sendRawTransaction", send.SendRawTransaction, query.Writes, "data"),
			query.Row("sendRawTransactionSync", send.SendRawTransactionSync, query.Writes, "data milliseconds"),
			query.Row("sendTransaction", send.SendTransaction, query.Writes, "transaction"),
			query.Row("sendTransactionSync", send.SendTransactionSync, query.Writes, "transaction"),
			query.Row("signTransaction", send.SignTransaction, query.Plain, "transaction"),
		),
		query.NewGroup("eth", call,
			query.Row("call", call.Call, query.Direct, "transaction block stateOverrides blockOverrides"),
			query.Row("callMany", call.CallMany, query.Plain, "bundles context stateOverrides milliseconds"),
			query.Row("createAccessList", call.CreateAccessList, query.Plain, "transaction block stateOverrides"),
			query.Row("estimateGas", call.EstimateGas, query.Direct, "transaction block stateOverrides blockOverrides"),
			query.Row("simulateV1", call.SimulateV1, query.Plain, "simulation block"),
		),
		query.NewGroup("eth", fee,
			query.Row("baseFee", fee.BaseFee, query.Plain, ""),
			query.Row("blobBaseFee", fee.BlobBaseFee, query.Plain, ""),
			query.Row("feeHistory", fee.FeeHistory, query.Plain, "count block percentiles"),
			query.Row("gasPrice", fee.GasPrice, query.Direct, ""),
			query.Row("maxPriorityFeePerGas", fee.MaxPriorityFeePerGas, query.Direct, ""),
		),
		query.NewGroup("eth", account,
			query.Row("accounts", account.Accounts, query.Direct, ""),
			query.Row("requestAccounts", account.RequestAccounts, query.Plain, ""),
			query.Row("sign", account.Sign, query.Plain, "address data"),
			query.Row("signTypedData", account.SignTypedData, query.Plain, "address typedData"),
			query.Row("signTypedData_v3", account.SignTypedData_v3, query.Plain, "address typedData"),
			query.Row("signTypedData_v4", account.SignTypedData_v4, query.Plain, "address typedData"),
		),
		query.NewGroup("personal", personal,
			query.Row("ecRecover", personal.EcRecover, query.Plain, "data signature"),
			query.Row("listAccounts", personal.ListAccounts, query.Plain, ""),
			query.Row("sign", personal.Sign, query.Plain, "data address"),
		),
		query.NewGroup("net", net,
			query.Row("listening", net.Listening, query.Plain, ""),
			query.Row("peerCount", net.PeerCount, query.Plain, ""),
			query.Row("version", net.Version, query.Direct, ""),
		),
		query.NewGroup("web3", web3,
			query.Row("clientVersion", web3.ClientVersion, query.Plain, ""),
			query.Row("sha3", web3.Sha3, query.Plain, "data"),
		),
		query.NewGroup("txpool", pool,
			query.Row("content", pool.Content, query.Plain, ""),
			query.Row("contentFrom", pool.ContentFrom, query.Plain, "address"),
			query.Row("inspect", pool.Inspect, query.Plain, ""),
			query.Row("status", pool.Status, query.Plain, ""),
		),
		query.NewGroup("hestia", hestia,
			query.Row("addABI", hestia.AddABI, query.Writes, "abi"),
		),
		query.NewGroup("admin", admin,
			query.Row("nodeInfo", admin.NodeInfo, query.Plain, ""),
			query.Row("peers", admin.Peers, query.Plain, ""),
		),
	}
}
