package query

import (
	"encoding/json"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// HeaderJSON is a block header as Ethereum's clients expect it; a pending one has no hash, nonce and miner yet.
type HeaderJSON struct {
	Number           *hexutil.Big      `json:"number"`
	Hash             *common.Hash      `json:"hash"`
	ParentHash       common.Hash       `json:"parentHash"`
	Nonce            *types.BlockNonce `json:"nonce"`
	MixHash          common.Hash       `json:"mixHash"`
	UnclesHash       common.Hash       `json:"sha3Uncles"`
	LogsBloom        types.Bloom       `json:"logsBloom"`
	StateRoot        common.Hash       `json:"stateRoot"`
	Miner            *common.Address   `json:"miner"`
	Difficulty       *hexutil.Big      `json:"difficulty"`
	ExtraData        hexutil.Bytes     `json:"extraData"`
	GasLimit         hexutil.Uint64    `json:"gasLimit"`
	GasUsed          hexutil.Uint64    `json:"gasUsed"`
	Timestamp        hexutil.Uint64    `json:"timestamp"`
	TransactionsRoot common.Hash       `json:"transactionsRoot"`
	ReceiptsRoot     common.Hash       `json:"receiptsRoot"`
	BaseFee          *hexutil.Big      `json:"baseFeePerGas,omitempty"`
	WithdrawalsRoot  *common.Hash      `json:"withdrawalsRoot,omitempty"`
	BlobGasUsed      *hexutil.Uint64   `json:"blobGasUsed,omitempty"`
	ExcessBlobGas    *hexutil.Uint64   `json:"excessBlobGas,omitempty"`
	BeaconRoot       *common.Hash      `json:"parentBeaconBlockRoot,omitempty"`
	RequestsHash     *common.Hash      `json:"requestsHash,omitempty"`
}

// NewHeaderJSON describes a header.
func NewHeaderJSON(h *types.Header) HeaderJSON {
	hash := h.Hash()
	return HeaderJSON{
		Number:           (*hexutil.Big)(h.Number),
		Hash:             &hash,
		ParentHash:       h.ParentHash,
		Nonce:            &h.Nonce,
		MixHash:          h.MixDigest,
		UnclesHash:       h.UncleHash,
		LogsBloom:        h.Bloom,
		StateRoot:        h.Root,
		Miner:            &h.Coinbase,
		Difficulty:       (*hexutil.Big)(h.Difficulty),
		ExtraData:        h.Extra,
		GasLimit:         hexutil.Uint64(h.GasLimit),
		GasUsed:          hexutil.Uint64(h.GasUsed),
		Timestamp:        hexutil.Uint64(h.Time),
		TransactionsRoot: h.TxHash,
		ReceiptsRoot:     h.ReceiptHash,
		BaseFee:          (*hexutil.Big)(h.BaseFee),
		WithdrawalsRoot:  h.WithdrawalsHash,
		BlobGasUsed:      (*hexutil.Uint64)(h.BlobGasUsed),
		ExcessBlobGas:    (*hexutil.Uint64)(h.ExcessBlobGas),
		BeaconRoot:       h.ParentBeaconRoot,
		RequestsHash:     h.RequestsHash,
	}
}

// BlockJSON is a header with what the block holds: transactions in full or by hash.
type BlockJSON struct {
	HeaderJSON
	Size         hexutil.Uint64    `json:"size"`
	Transactions any               `json:"transactions"`
	Uncles       []common.Hash     `json:"uncles"`
	Withdrawals  types.Withdrawals `json:"withdrawals,omitzero"`
}

// NewBlockJSON describes a block, its transactions in full or by hash.
func NewBlockJSON(b *types.Block, full bool) *BlockJSON {
	result := &BlockJSON{
		HeaderJSON:  NewHeaderJSON(b.Header()),
		Size:        hexutil.Uint64(b.Size()),
		Uncles:      []common.Hash{},
		Withdrawals: b.Withdrawals(),
	}
	for _, uncle := range b.Uncles() {
		result.Uncles = append(result.Uncles, uncle.Hash())
	}
	txs := b.Transactions()
	if full {
		list := make([]*TransactionJSON, len(txs))
		for i := range txs {
			list[i] = NewMinedJSON(b, uint64(i))
		}
		result.Transactions = list
		return result
	}
	hashes := make([]common.Hash, len(txs))
	for i, tx := range txs {
		hashes[i] = tx.Hash()
	}
	result.Transactions = hashes
	return result
}

// TransactionJSON is a transaction as Ethereum's clients expect it, with its place once it is mined.
type TransactionJSON struct {
	BlockHash        *common.Hash                 `json:"blockHash"`
	BlockNumber      *hexutil.Big                 `json:"blockNumber"`
	BlockTimestamp   *hexutil.Uint64              `json:"blockTimestamp"`
	From             common.Address               `json:"from"`
	Gas              hexutil.Uint64               `json:"gas"`
	GasPrice         *hexutil.Big                 `json:"gasPrice"`
	MaxFeePerGas     *hexutil.Big                 `json:"maxFeePerGas,omitempty"`
	MaxPriorityFee   *hexutil.Big                 `json:"maxPriorityFeePerGas,omitempty"`
	MaxFeePerBlobGas *hexutil.Big                 `json:"maxFeePerBlobGas,omitempty"`
	Hash             common.Hash                  `json:"hash"`
	Input            hexutil.Bytes                `json:"input"`
	Nonce            hexutil.Uint64               `json:"nonce"`
	To               *common.Address              `json:"to"`
	TransactionIndex *hexutil.Uint64              `json:"transactionIndex"`
	Value            *hexutil.Big                 `json:"value"`
	Type             hexutil.Uint64               `json:"type"`
	AccessList       *types.AccessList            `json:"accessList,omitempty"`
	ChainID          *hexutil.Big                 `json:"chainId,omitempty"`
	Authorizations   []types.SetCodeAuthorization `json:"authorizationList,omitempty"`
	BlobHashes       []common.Hash                `json:"blobVersionedHashes,omitempty"`
	V                *hexutil.Big                 `json:"v"`
	R                *hexutil.Big                 `json:"r"`
	S                *hexutil.Big                 `json:"s"`
	YParity          *hexutil.Uint64              `json:"yParity,omitempty"`
}

// Sender returns the sender of a transaction that is mined or waits, so that the chain id in it was checked. It is the
// zero address if the transaction is not signed.
func Sender(tx *types.Transaction) common.Address {
	var signer types.Signer = types.FrontierSigner{} // also accepts what Homestead does
	if id := tx.ChainId(); id.Sign() > 0 {
		signer = types.LatestSignerForChainID(id)
	}
	from, _ := types.Sender(signer, tx)
	return from
}

// NewTransactionJSON describes a transaction that waits in the pool.
func NewTransactionJSON(tx *types.Transaction) *TransactionJSON {
	v, r, s := tx.RawSignatureValues()
	result := &TransactionJSON{
		From:     Sender(tx),
		Gas:      hexutil.Uint64(tx.Gas()),
		GasPrice: (*hexutil.Big)(tx.GasPrice()),
		Hash:     tx.Hash(),
		Input:    tx.Data(),
		Nonce:    hexutil.Uint64(tx.Nonce()),
		To:       tx.To(),
		Value:    (*hexutil.Big)(tx.Value()),
		Type:     hexutil.Uint64(tx.Type()),
		V:        (*hexutil.Big)(v),
		R:        (*hexutil.Big)(r),
		S:        (*hexutil.Big)(s),
	}
	if id := tx.ChainId(); id.Sign() != 0 {
		result.ChainID = (*hexutil.Big)(id)
	}
	if tx.Type() == types.LegacyTxType {
		return result
	}
	list, parity := tx.AccessList(), hexutil.Uint64(v.Sign())
	if list == nil {
		list = types.AccessList{}
	}
	result.AccessList, result.YParity = &list, &parity
	if tx.Type() != types.AccessListTxType {
		result.MaxFeePerGas, result.MaxPriorityFee = (*hexutil.Big)(tx.GasFeeCap()), (*hexutil.Big)(tx.GasTipCap())
		result.Authorizations = tx.SetCodeAuthorizations()
	}
	if tx.Type() == types.BlobTxType {
		result.MaxFeePerBlobGas, result.BlobHashes = (*hexutil.Big)(tx.BlobGasFeeCap()), tx.BlobHashes()
	}
	return result
}

// NewMinedJSON describes the transaction at index of b, nil if there is none.
func NewMinedJSON(b *types.Block, index uint64) *TransactionJSON {
	if index >= uint64(len(b.Transactions())) {
		return nil
	}
	tx := b.Transactions()[index]
	result := NewTransactionJSON(tx)
	hash, at, position := b.Hash(), hexutil.Uint64(b.Time()), hexutil.Uint64(index)
	result.BlockHash, result.BlockTimestamp, result.TransactionIndex = &hash, &at, &position
	result.BlockNumber = (*hexutil.Big)(b.Number())
	if tx.Type() >= types.DynamicFeeTxType {
		result.GasPrice = (*hexutil.Big)(effectivePrice(tx, b.BaseFee()))
	}
	return result
}

// effectivePrice returns what a mined transaction paid for a unit of gas, in wei.
func effectivePrice(tx *types.Transaction, baseFee *big.Int) *big.Int {
	if baseFee == nil {
		return tx.GasPrice()
	}
	price := new(big.Int).Add(tx.GasTipCap(), baseFee)
	if tx.GasFeeCapIntCmp(price) < 0 {
		return tx.GasFeeCap()
	}
	return price
}

// ReceiptJSON is a receipt as Ethereum's clients expect it, and why the transaction failed if it did.
type ReceiptJSON struct {
	BlockHash         common.Hash     `json:"blockHash"`
	BlockNumber       hexutil.Uint64  `json:"blockNumber"`
	TransactionHash   common.Hash     `json:"transactionHash"`
	TransactionIndex  hexutil.Uint64  `json:"transactionIndex"`
	From              common.Address  `json:"from"`
	To                *common.Address `json:"to"`
	GasUsed           hexutil.Uint64  `json:"gasUsed"`
	CumulativeGasUsed hexutil.Uint64  `json:"cumulativeGasUsed"`
	ContractAddress   *common.Address `json:"contractAddress"`
	Logs              []*types.Log    `json:"logs"`
	LogsBloom         types.Bloom     `json:"logsBloom"`
	Type              hexutil.Uint    `json:"type"`
	EffectiveGasPrice *hexutil.Big    `json:"effectiveGasPrice"`
	Root              hexutil.Bytes   `json:"root,omitempty"`
	Status            *hexutil.Uint   `json:"status,omitempty"`
	BlobGasUsed       *hexutil.Uint64 `json:"blobGasUsed,omitempty"`
	BlobGasPrice      *hexutil.Big    `json:"blobGasPrice,omitempty"`
	RevertReason      string          `json:"revertReason,omitempty"`
}

// NewReceiptJSON describes the receipt of tx. reason says why the transaction failed, empty if it did not.
func NewReceiptJSON(r *types.Receipt, tx *types.Transaction, reason string) *ReceiptJSON {
	result := &ReceiptJSON{
		BlockHash:         r.BlockHash,
		BlockNumber:       hexutil.Uint64(r.BlockNumber.Uint64()),
		TransactionHash:   tx.Hash(),
		TransactionIndex:  hexutil.Uint64(r.TransactionIndex),
		From:              Sender(tx),
		To:                tx.To(),
		GasUsed:           hexutil.Uint64(r.GasUsed),
		CumulativeGasUsed: hexutil.Uint64(r.CumulativeGasUsed),
		Logs:              r.Logs,
		LogsBloom:         r.Bloom,
		Type:              hexutil.Uint(tx.Type()),
		EffectiveGasPrice: (*hexutil.Big)(r.EffectiveGasPrice),
		Root:              r.PostState,
		RevertReason:      reason,
	}
	if len(r.PostState) == 0 {
		status := hexutil.Uint(r.Status)
		result.Status = &status
	}
	if tx.Type() == types.BlobTxType {
		result.BlobGasUsed, result.BlobGasPrice = (*hexutil.Uint64)(&r.BlobGasUsed), (*hexutil.Big)(r.BlobGasPrice)
	}
	if result.Logs == nil {
		result.Logs = []*types.Log{}
	}
	if r.ContractAddress != (common.Address{}) {
		result.ContractAddress = &r.ContractAddress
	}
	return result
}

// AsMap returns the fields that v has on the wire.
func AsMap(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	err = json.Unmarshal(data, &fields)
	return fields, err
}
