package eth

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// What one fee history may ask for.
const (
	maxHistory     = 1024
	maxPercentiles = 100
)

// What a question about fees can be refused for.
var (
	errRequestBeyond = errors.New("request beyond head block")
	errPercentile    = errors.New("invalid reward percentile")
)

// feeAPI is eth: what a unit of gas costs and did cost.
type feeAPI struct{ q *query.Service }

// GasPrice is what a transaction of the first type should offer: the next block's base fee and a tip.
func (a *feeAPI) GasPrice() *hexutil.Big {
	price := a.q.NextBaseFee()
	return (*hexutil.Big)(price.Add(price, big.NewInt(query.SuggestedTip)))
}

// MaxPriorityFeePerGas returns the tip that the node suggests, in wei a gas.
func (a *feeAPI) MaxPriorityFeePerGas() *hexutil.Big {
	return (*hexutil.Big)(big.NewInt(query.SuggestedTip))
}

// BlobBaseFee is the price of blob gas in the next block, in wei; zero before blobs.
func (a *feeAPI) BlobBaseFee() *hexutil.Big {
	return (*hexutil.Big)(a.blobFee(a.q.Driver.PendingHeader()))
}

// baseFeeAfter returns the base fee of the block after that of h, in wei a gas: after the head that of the next block,
// as far as it is planned, else what follows from h (EIP-1559).
func (a *feeAPI) baseFeeAfter(h *types.Header) *big.Int {
	if h.Number.Cmp(a.q.Chain.Head().Number) >= 0 {
		return a.q.NextBaseFee()
	}
	config := a.q.Chain.ChainConfig()
	if !config.IsLondon(new(big.Int).Add(h.Number, big.NewInt(1))) {
		return new(big.Int)
	}
	return eip1559.CalcBaseFee(config, h)
}

// blobFeeAfter returns the price of blob gas in the block after that of h, in wei; zero before blobs.
func (a *feeAPI) blobFeeAfter(h *types.Header) *big.Int {
	if h.Number.Cmp(a.q.Chain.Head().Number) >= 0 {
		return a.blobFee(a.q.Driver.PendingHeader())
	}
	if next := a.q.Chain.HeaderByNumber(h.Number.Uint64() + 1); next != nil {
		return a.blobFee(next)
	}
	return new(big.Int)
}

// blobRatio returns which part of the most blob gas a block used.
func (a *feeAPI) blobRatio(h *types.Header) float64 {
	most := eip4844.MaxBlobGasPerBlock(a.q.Chain.ChainConfig(), h.Time)
	if h.BlobGasUsed == nil || most == 0 {
		return 0
	}
	return float64(*h.BlobGasUsed) / float64(most)
}

// blobFee returns the price of blob gas in the block of h, in wei (EIP-4844).
func (a *feeAPI) blobFee(h *types.Header) *big.Int {
	if h.ExcessBlobGas == nil {
		return new(big.Int)
	}
	return eip4844.CalcBlobFee(a.q.Chain.ChainConfig(), h)
}

// historyJSON is the fees of a range of blocks; the fee lists have one entry more, for the block after.
type historyJSON struct {
	OldestBlock      *hexutil.Big     `json:"oldestBlock"`
	Reward           [][]*hexutil.Big `json:"reward,omitempty"`
	BaseFee          []*hexutil.Big   `json:"baseFeePerGas,omitempty"`
	GasUsedRatio     []float64        `json:"gasUsedRatio"`
	BlobBaseFee      []*hexutil.Big   `json:"baseFeePerBlobGas,omitempty"`
	BlobGasUsedRatio []float64        `json:"blobGasUsedRatio,omitempty"`
}

// FeeHistory returns the fees of the last count blocks up to a given one, and for each the tips that were paid at the
// given percentiles of its gas.
func (a *feeAPI) FeeHistory(
	ctx context.Context, count math.HexOrDecimal64, last gethrpc.BlockNumber, percentiles []float64,
) (*historyJSON, error) {
	if err := checkPercentiles(percentiles); err != nil {
		return nil, err
	}
	head := a.q.Chain.Head().Number.Uint64()
	end := head
	switch {
	case last == gethrpc.EarliestBlockNumber:
		end = 0
	case last >= 0 && uint64(last) > head:
		return nil, fmt.Errorf("%w: requested %d, head %d", errRequestBeyond, last, head)
	case last >= 0:
		end = uint64(last)
	}
	blocks := min(uint64(count), maxHistory, end+1)
	result := &historyJSON{OldestBlock: new(hexutil.Big)}
	if blocks == 0 {
		return result, nil
	}
	result.OldestBlock = (*hexutil.Big)(new(big.Int).SetUint64(end + 1 - blocks))
	for n := end + 1 - blocks; n <= end; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		header := a.q.Chain.HeaderByNumber(n)
		if header == nil {
			return nil, query.ErrBlockNotFound
		}
		a.appendFees(result, header, percentiles)
	}
	return result, nil
}

// appendFees adds a block to a history that ends with its parent.
func (a *feeAPI) appendFees(result *historyJSON, header *types.Header, percentiles []float64) {
	result.GasUsedRatio = append(result.GasUsedRatio, float64(header.GasUsed)/float64(header.GasLimit))
	result.BlobGasUsedRatio = append(result.BlobGasUsedRatio, a.blobRatio(header))
	if len(result.BaseFee) > 0 { // what was foreseen has come
		result.BaseFee = result.BaseFee[:len(result.BaseFee)-1]
		result.BlobBaseFee = result.BlobBaseFee[:len(result.BlobBaseFee)-1]
	}
	fee, blobFee := header.BaseFee, a.blobFee(header)
	if fee == nil {
		fee = new(big.Int)
	}
	next := a.baseFeeAfter(header)
	result.BaseFee = append(result.BaseFee, (*hexutil.Big)(fee), (*hexutil.Big)(next))
	result.BlobBaseFee = append(result.BlobBaseFee, (*hexutil.Big)(blobFee), (*hexutil.Big)(a.blobFeeAfter(header)))
	if len(percentiles) > 0 {
		result.Reward = append(result.Reward, a.rewards(header, percentiles))
	}
}

// checkPercentiles refuses percentiles that are out of range or not in ascending order.
func checkPercentiles(percentiles []float64) error {
	if len(percentiles) > maxPercentiles {
		return fmt.Errorf("%w: over the query limit %d", errPercentile, maxPercentiles)
	}
	for i, p := range percentiles {
		if !(p >= 0 && p <= 100) {
			return fmt.Errorf("%w: %f", errPercentile, p)
		}
		if i > 0 && p <= percentiles[i-1] {
			return fmt.Errorf("%w: #%d:%f >= #%d:%f", errPercentile, i-1, percentiles[i-1], i, p)
		}
	}
	return nil
}

// rewards returns the tips at the given percentiles of a block's gas, in wei.
func (a *feeAPI) rewards(header *types.Header, percentiles []float64) []*hexutil.Big {
	type paid struct {
		gas uint64
		tip *big.Int
	}
	result := make([]*hexutil.Big, len(percentiles))
	block, receipts := a.q.Chain.Block(header.Hash()), a.q.Chain.Receipts(header.Hash())
	if block == nil || len(receipts) == 0 || len(receipts) != len(block.Transactions()) {
		for i := range result {
			result[i] = new(hexutil.Big)
		}
		return result
	}
	all := make([]paid, len(receipts))
	for i, tx := range block.Transactions() {
		tip, _ := tx.EffectiveGasTip(header.BaseFee)
		all[i] = paid{receipts[i].GasUsed, tip}
	}
	slices.SortStableFunc(all, func(x, y paid) int { return x.tip.Cmp(y.tip) })
	at, sum := 0, all[0].gas
	for i, p := range percentiles {
		for threshold := uint64(float64(header.GasUsed) * p / 100); sum < threshold && at < len(all)-1; {
			at++
			sum += all[at].gas
		}
		result[i] = (*hexutil.Big)(all[at].tip)
	}
	return result
}
