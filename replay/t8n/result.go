package t8n

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"

	"hestia/transition"
)

// Result is the block's roots and other header fields, in the format of result.json.
type Result struct {
	StateRoot       common.Hash           `json:"stateRoot"`
	TxRoot          common.Hash           `json:"txRoot"`
	ReceiptRoot     common.Hash           `json:"receiptsRoot"`
	LogsHash        common.Hash           `json:"logsHash"`
	Bloom           types.Bloom           `json:"logsBloom"`
	Receipts        types.Receipts        `json:"receipts"`
	Rejected        []rejection           `json:"rejected,omitempty"`
	Difficulty      *math.HexOrDecimal256 `json:"currentDifficulty"`
	GasUsed         math.HexOrDecimal64   `json:"gasUsed"`
	BaseFee         *math.HexOrDecimal256 `json:"currentBaseFee,omitempty"`
	WithdrawalsRoot *common.Hash          `json:"withdrawalsRoot,omitempty"`
	ExcessBlobGas   *math.HexOrDecimal64  `json:"currentExcessBlobGas,omitempty"`
	BlobGasUsed     *math.HexOrDecimal64  `json:"blobGasUsed,omitempty"`
	RequestsHash    *common.Hash          `json:"requestsHash,omitempty"`
	Requests        []hexutil.Bytes       `json:"requests"`
}

// rejection is a transaction that was not valid.
type rejection struct {
	Index int    `json:"index"`
	Err   string `json:"error"`
}

// blockHash stands in receipts for the block's own hash, which is not known. geth's tool has the same.
var blockHash = common.Hash{0x13, 0x37}

// reward pays the miner and the ommers. A negative amount means no reward at all.
func (b *block) reward(wei int64) {
	if wei < 0 {
		return
	}
	var ommers []transition.Uncle
	for _, o := range b.env.Ommers {
		ommers = append(ommers, transition.Uncle{Age: o.Delta, Coinbase: o.Address})
	}
	b.transition.Reward(big.NewInt(wei), ommers)
}

// result returns the block's result over the given state root.
func (b *block) result(root common.Hash) *Result {
	rules := b.transition.Rules()
	r := &Result{
		StateRoot:     root,
		TxRoot:        types.DeriveSha(b.included, trie.NewStackTrie(nil)),
		ReceiptRoot:   types.DeriveSha(b.receipts, trie.NewStackTrie(nil)),
		LogsHash:      b.logsHash(),
		Bloom:         types.MergeBloom(b.receipts),
		Receipts:      types.Receipts{},
		Rejected:      b.rejected,
		Difficulty:    (*math.HexOrDecimal256)(b.header.Difficulty),
		GasUsed:       math.HexOrDecimal64(b.pool.Used()),
		BaseFee:       (*math.HexOrDecimal256)(b.header.BaseFee),
		ExcessBlobGas: (*math.HexOrDecimal64)(b.header.ExcessBlobGas),
	}
	for i, receipt := range b.receipts {
		receipt.BlockHash, receipt.BlockNumber, receipt.TransactionIndex = blockHash, b.header.Number, uint(i)
		r.Receipts = append(r.Receipts, receipt)
	}
	if merged(b.config) {
		r.Difficulty = nil
	}
	if r.ExcessBlobGas != nil {
		r.BlobGasUsed = (*math.HexOrDecimal64)(&b.blobGas)
	}
	if rules.IsShanghai {
		hash := types.DeriveSha(types.Withdrawals(b.env.Withdrawals), trie.NewStackTrie(nil))
		r.WithdrawalsRoot = &hash
	}
	if b.requests != nil {
		hash := types.CalcRequestsHash(b.requests)
		r.RequestsHash, r.Requests = &hash, []hexutil.Bytes{}
		for _, request := range b.requests {
			r.Requests = append(r.Requests, request)
		}
	}
	return r
}

// logsHash returns the keccak256 of the RLP of all logs.
func (b *block) logsHash() common.Hash {
	logs := []*types.Log{}
	for _, receipt := range b.receipts {
		logs = append(logs, receipt.Logs...)
	}
	encoded, err := rlp.EncodeToBytes(logs)
	if err != nil {
		panic(err) // logs are plain data
	}
	return crypto.Keccak256Hash(encoded)
}
