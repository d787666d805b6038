package eth

import (
	"context"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// chainAPI is eth: what chain this is and how far it got.
type chainAPI struct{ q *query.Service }

// ChainId returns the id of the chain.
func (a *chainAPI) ChainId() *hexutil.Big {
	return (*hexutil.Big)(a.q.Chain.ChainConfig().ChainID)
}

// BlockNumber returns the number of the newest block.
func (a *chainAPI) BlockNumber() hexutil.Uint64 {
	return hexutil.Uint64(a.q.Chain.Head().Number.Uint64())
}

// Syncing is always false: the node makes its blocks itself.
func (a *chainAPI) Syncing() bool { return false }

// Mining is always true: the node makes its blocks itself.
func (a *chainAPI) Mining() bool { return true }

// Hashrate is always 0: blocks need no work.
func (a *chainAPI) Hashrate() hexutil.Uint64 { return 0 }

// Coinbase returns the address that gets the tips of the next block.
func (a *chainAPI) Coinbase() common.Address { return a.q.Driver.PendingHeader().Coinbase }

// blockAPI is eth: blocks by number and hash.
type blockAPI struct{ q *query.Service }

// GetBlockByNumber returns a block with its transactions in full or by hash, null if there is none. The pending block
// has no hash, nonce and miner.
func (a *blockAPI) GetBlockByNumber(
	ctx context.Context, number gethrpc.BlockNumber, full bool,
) (*query.BlockJSON, error) {
	block := a.q.BlockByNumber(number)
	if block == nil {
		return nil, nil
	}
	if err := a.q.KeepBlock(ctx, block, full); err != nil {
		return nil, err
	}
	result := query.NewBlockJSON(block, full)
	if number == gethrpc.PendingBlockNumber {
		result.Hash, result.Nonce, result.Miner = nil, nil, nil
	}
	return result, nil
}

// GetBlockByHash returns a block with its transactions in full or by hash, null if there is none.
func (a *blockAPI) GetBlockByHash(ctx context.Context, hash common.Hash, full bool) (*query.BlockJSON, error) {
	block := a.q.Chain.Block(hash)
	if block == nil {
		return nil, nil
	}
	if err := a.q.KeepBlock(ctx, block, full); err != nil {
		return nil, err
	}
	return query.NewBlockJSON(block, full), nil
}

// GetHeaderByNumber returns the header of a mined block, null if there is none.
func (a *blockAPI) GetHeaderByNumber(number gethrpc.BlockNumber) *query.HeaderJSON {
	return a.q.ShowHeaderByNumber(number)
}

// GetHeaderByHash returns the header of a mined block, null if there is none.
func (a *blockAPI) GetHeaderByHash(hash common.Hash) *query.HeaderJSON { return a.q.ShowHeader(hash) }

// GetBlockTransactionCountByNumber returns the number of transactions in a block, null if there is no such block.
func (a *blockAPI) GetBlockTransactionCountByNumber(number gethrpc.BlockNumber) *hexutil.Uint {
	return a.count(gethrpc.BlockNumberOrHashWithNumber(number))
}

// GetBlockTransactionCountByHash returns the number of transactions in a block, null if there is no such block.
func (a *blockAPI) GetBlockTransactionCountByHash(hash common.Hash) *hexutil.Uint {
	return a.count(gethrpc.BlockNumberOrHashWithHash(hash, false))
}

// count returns the number of transactions in a block, nil if there is no such block.
func (a *blockAPI) count(ref gethrpc.BlockNumberOrHash) *hexutil.Uint {
	block := a.q.Block(ref)
	if block == nil {
		return nil
	}
	n := hexutil.Uint(len(block.Transactions()))
	return &n
}

// Uncles ended with proof of work: only blocks that were imported have them.

// GetUncleCountByBlockNumber returns the number of uncles of a block, null if there is no such block.
func (a *blockAPI) GetUncleCountByBlockNumber(number gethrpc.BlockNumber) *hexutil.Uint {
	return a.uncles(gethrpc.BlockNumberOrHashWithNumber(number))
}

// GetUncleCountByBlockHash returns the number of uncles of a block, null if there is no such block.
func (a *blockAPI) GetUncleCountByBlockHash(hash common.Hash) *hexutil.Uint {
	return a.uncles(gethrpc.BlockNumberOrHashWithHash(hash, false))
}

// uncles returns the number of uncles of a block, nil if there is no such block.
func (a *blockAPI) uncles(ref gethrpc.BlockNumberOrHash) *hexutil.Uint {
	block := a.q.Block(ref)
	if block == nil {
		return nil
	}
	n := hexutil.Uint(len(block.Uncles()))
	return &n
}

// GetUncleByBlockNumberAndIndex returns an uncle of a block, null if there is none.
func (a *blockAPI) GetUncleByBlockNumberAndIndex(number gethrpc.BlockNumber, index hexutil.Uint) *query.BlockJSON {
	return a.uncle(gethrpc.BlockNumberOrHashWithNumber(number), index)
}

// GetUncleByBlockHashAndIndex returns an uncle of a block, null if there is none.
func (a *blockAPI) GetUncleByBlockHashAndIndex(hash common.Hash, index hexutil.Uint) *query.BlockJSON {
	return a.uncle(gethrpc.BlockNumberOrHashWithHash(hash, false), index)
}

// uncle returns an uncle of a block, nil if there is none. What it held is not known.
func (a *blockAPI) uncle(ref gethrpc.BlockNumberOrHash, index hexutil.Uint) *query.BlockJSON {
	block := a.q.Block(ref)
	if block == nil || uint64(index) >= uint64(len(block.Uncles())) {
		return nil
	}
	return query.NewBlockJSON(types.NewBlockWithHeader(block.Uncles()[index]), false)
}

// GetBlockAccessList is null for every block: such lists begin with the fork after Osaka
// (https://eips.ethereum.org/EIPS/eip-7928).
func (a *blockAPI) GetBlockAccessList(gethrpc.BlockNumberOrHash) any { return nil }

// netAPI is net: there is no network but the clients.
type netAPI struct{ q *query.Service }

// Version returns the id of the chain as a decimal string.
func (a *netAPI) Version() string { return a.q.Chain.ChainConfig().ChainID.String() }

// Listening is always true.
func (a *netAPI) Listening() bool { return true }

// PeerCount is always 0: the node has no peers.
func (a *netAPI) PeerCount() hexutil.Uint { return 0 }

// adminAPI is admin: what a client may know of the node.
type adminAPI struct{ q *query.Service }

// Peers is empty: the node has none.
func (a *adminAPI) Peers() []any { return []any{} }

// NodeInfo says which program and chain this is.
func (a *adminAPI) NodeInfo() map[string]any {
	return map[string]any{"name": a.q.Config.Version, "protocols": map[string]any{"eth": map[string]any{
		"network": a.q.Chain.ChainConfig().ChainID, "genesis": a.q.Chain.First().Hash(),
		"head": a.q.Chain.Head().Hash(), "config": a.q.Chain.ChainConfig(),
	}}}
}

// web3API is web3: the node's name and one hash function.
type web3API struct{ q *query.Service }

// forHardhat begins what a devnet says that it is when Hardhat asks. hardhat-network-helpers works only with nodes
// whose name begins with that of one of the tools that it knows.
const forHardhat = "anvil-compatible "

// ClientVersion says which node this is.
func (a *web3API) ClientVersion(ctx context.Context) string {
	version := a.q.Config.Version
	agent := strings.ToLower(gethrpc.PeerInfoFromContext(ctx).HTTP.UserAgent)
	if a.q.Chain.Devnet() && strings.HasPrefix(agent, "hardhat") && !strings.HasPrefix(version, "anvil") {
		return forHardhat + version
	}
	return version
}

// Sha3 returns the keccak256 of the data.
func (a *web3API) Sha3(input hexutil.Bytes) hexutil.Bytes { return crypto.Keccak256(input) }
