package eth

import (
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/rpc/query"
)

// Config is the rules of the chain.
func (a *chainAPI) Config() *query.ForksJSON { return a.q.Forks() }

// resourceJSON says from which block on the node has something. It never deletes.
type resourceJSON struct {
	Disabled    bool            `json:"disabled"` // always false
	OldestBlock *hexutil.Uint64 `json:"oldestBlock"`
}

// Capabilities says what history the node can serve: all of it.
func (a *chainAPI) Capabilities() map[string]any {
	head := a.q.Chain.Head()
	result := map[string]any{
		"head": map[string]any{"number": hexutil.Uint64(head.Number.Uint64()), "hash": head.Hash()},
	}
	for _, name := range []string{"state", "tx", "logs", "receipts", "blocks", "stateproofs"} {
		result[name] = resourceJSON{OldestBlock: new(hexutil.Uint64)}
	}
	return result
}

// NetworkId is the chain's id under an older name.
func (a *chainAPI) NetworkId() *hexutil.Big { return a.ChainId() }

// ProtocolVersion returns the version of Ethereum's wire protocol whose messages these methods show. The node does not
// speak it.
func (a *chainAPI) ProtocolVersion() hexutil.Uint { return 68 }

// BaseFee is the base fee of the next block, in wei a gas.
func (a *feeAPI) BaseFee() *hexutil.Big { return (*hexutil.Big)(a.q.NextBaseFee()) }
