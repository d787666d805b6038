package eth

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// chainAPI is eth: what chain this is and how far it got.
type chainAPI struct{ q *query.Service }

func (a *chainAPI) ChainId() *hexutil.Big { //nolint:revive // the method is eth_chainId
	return (*hexutil.Big)(a.q.Chain.ChainConfig().ChainID)
}

func (a *chainAPI) BlockNumber() hexutil.Uint64 {
	return hexutil.Uint64(a.q.Chain.Head().Number.Uint64())
}

// Syncing is always false: the node makes its blocks itself.
func (a *chainAPI) Syncing() bool { return false }

func (a *chainAPI) Mining() bool { return true }

func (a *chainAPI) Hashrate() hexutil.Uint64 { return 0 }

func (a *chainAPI) Coinbase() common.Address { return a.q.Driver.PendingHeader().Coinbase }

// blockAPI is eth: blocks by number and hash.
type blockAPI struct{ q *query.Service }

func (a *blockAPI) GetBlockByNumber(number gethrpc.BlockNumber, full bool) *query.BlockJSON {
	block := a.q.BlockByNumber(number)
	if block == nil {
		return nil
	}
	result := query.NewBlockJSON(block, full, a.q.Chain.ChainConfig())
	if number == gethrpc.PendingBlockNumber {
		result.Hash, result.Nonce, result.Miner = nil, nil, nil
	}
	return result
}

func (a *blockAPI) GetBlockByHash(hash common.Hash, full bool) *query.BlockJSON {
	block := a.q.Chain.Block(hash)
	if block == nil {
		return nil
	}
	return query.NewBlockJSON(block, full, a.q.Chain.ChainConfig())
}

// GetHeaderByNumber returns the header of a mined block, null if there is none.
func (a *blockAPI) GetHeaderByNumber(number gethrpc.BlockNumber) *query.HeaderJSON {
	return a.q.ShowHeaderByNumber(number)
}

// GetHeaderByHash returns the header of a mined block, null if there is none.
func (a *blockAPI) GetHeaderByHash(hash common.Hash) *query.HeaderJSON { return a.q.ShowHeader(hash) }

func (a *blockAPI) GetBlockTransactionCountByNumber(number gethrpc.BlockNumber) *hexutil.Uint {
	return a.count(gethrpc.BlockNumberOrHashWithNumber(number))
}

func (a *blockAPI) GetBlockTransactionCountByHash(hash common.Hash) *hexutil.Uint {
	return a.count(gethrpc.BlockNumberOrHashWithHash(hash, false))
}

func (a *blockAPI) count(ref gethrpc.BlockNumberOrHash) *hexutil.Uint {
	block := a.q.Block(ref)
	if block == nil {
		return nil
	}
	n := hexutil.Uint(len(block.Transactions()))
	return &n
}

// Uncles ended with proof of work; the methods remain because clients still ask.

func (a *blockAPI) GetUncleCountByBlockNumber(number gethrpc.BlockNumber) *hexutil.Uint {
	return a.uncles(gethrpc.BlockNumberOrHashWithNumber(number))
}

func (a *blockAPI) GetUncleCountByBlockHash(hash common.Hash) *hexutil.Uint {
	return a.uncles(gethrpc.BlockNumberOrHashWithHash(hash, false))
}

func (a *blockAPI) uncles(ref gethrpc.BlockNumberOrHash) *hexutil.Uint {
	if a.q.Block(ref) == nil {
		return nil
	}
	return new(hexutil.Uint)
}

func (a *blockAPI) GetUncleByBlockNumberAndIndex(gethrpc.BlockNumber, hexutil.Uint) *query.BlockJSON {
	return nil
}

func (a *blockAPI) GetUncleByBlockHashAndIndex(common.Hash, hexutil.Uint) *query.BlockJSON {
	return nil
}

// GetBlockAccessList is null for every block: such lists begin with the fork after Osaka (https://eips.ethereum.org/EIPS/eip-7928).
func (a *blockAPI) GetBlockAccessList(gethrpc.BlockNumberOrHash) any { return nil }

// netAPI is net: there is no network but the clients.
type netAPI struct{ q *query.Service }

func (a *netAPI) Version() string { return a.q.Chain.ChainConfig().ChainID.String() }

func (a *netAPI) Listening() bool { return true }

func (a *netAPI) PeerCount() hexutil.Uint { return 0 }

// adminAPI is admin: what a client may know of the node.
type adminAPI struct{ q *query.Service }

// Peers is empty: the node has none.
func (a *adminAPI) Peers() []any { return []any{} }

// NodeInfo says which program and chain this is.
func (a *adminAPI) NodeInfo() map[string]any {
	return map[string]any{"name": a.q.Config.Version, "protocols": map[string]any{"eth": map[string]any{
		"network": a.q.Chain.ChainConfig().ChainID, "genesis": a.q.Chain.First().Hash(), "head": a.q.Chain.Head().Hash(),
		"config": a.q.Chain.ChainConfig(),
	}}}
}

// web3API is web3: the node's name and one hash function.
type web3API struct{ q *query.Service }

func (a *web3API) ClientVersion() string { return a.q.Config.Version }

func (a *web3API) Sha3(input hexutil.Bytes) hexutil.Bytes { return crypto.Keccak256(input) }
