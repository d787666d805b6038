package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rlp"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// errNoAccessList answers for block access lists.
var errNoAccessList = errors.New("block access lists begin with the fork after Osaka")

// rawAPI is debug: blocks and what is in them, as bytes.
type rawAPI struct{ q *query.Service }

// GetRawHeader returns the RLP of a header.
func (a *rawAPI) GetRawHeader(ref gethrpc.BlockNumberOrHash) (hexutil.Bytes, error) {
	if query.IsPending(ref) {
		pending, err := a.q.Pending()
		if err != nil {
			return nil, err
		}
		return rlp.EncodeToBytes(pending.Block.Header())
	}
	header, err := a.q.Header(ref)
	if err != nil {
		return nil, err
	}
	return rlp.EncodeToBytes(header)
}

// GetRawBlock returns the RLP of a block.
func (a *rawAPI) GetRawBlock(ctx context.Context, ref gethrpc.BlockNumberOrHash) (hexutil.Bytes, error) {
	block := a.q.Block(ref)
	if block == nil {
		return nil, query.ErrBlockNotFound
	}
	if err := a.q.KeepBlock(ctx, block, true); err != nil {
		return nil, err
	}
	return rlp.EncodeToBytes(block)
}

// GetRawReceipts returns the receipts of a block as the receipts trie has them.
func (a *rawAPI) GetRawReceipts(ctx context.Context, ref gethrpc.BlockNumberOrHash) ([]hexutil.Bytes, error) {
	block, receipts := a.q.BlockAndReceipts(ref)
	if block == nil {
		return nil, query.ErrBlockNotFound
	}
	if err := a.q.KeepReceipts(ctx, receipts...); err != nil {
		return nil, err
	}
	result := make([]hexutil.Bytes, len(receipts))
	for i, receipt := range receipts {
		raw, err := receipt.MarshalBinary()
		if err != nil {
			return nil, err
		}
		result[i] = raw
	}
	return result, nil
}

// GetRawTransaction returns the bytes of a transaction that is mined or waits, null if there is none.
func (a *rawAPI) GetRawTransaction(hash common.Hash) (hexutil.Bytes, error) {
	return a.q.RawTransaction(hash)
}

// GetRawBlockAccessList finds none: such lists begin with the fork after Osaka.
func (a *rawAPI) GetRawBlockAccessList(gethrpc.BlockNumberOrHash) (hexutil.Bytes, error) {
	return nil, query.WithCode(errNoAccessList, query.CodeNotFound)
}

// GetBadBlocks is empty: the node makes its blocks itself.
func (a *rawAPI) GetBadBlocks() []any { return []any{} }

// PrintBlock returns a block as text.
func (a *rawAPI) PrintBlock(number uint64) (string, error) {
	block := a.q.Chain.BlockByNumber(number)
	if block == nil {
		return "", fmt.Errorf("block #%d not found", number)
	}
	header, err := json.MarshalIndent(block.Header(), "", "  ")
	if err != nil {
		return "", err
	}
	text := string(header) + "\n"
	for _, tx := range block.Transactions() {
		text += fmt.Sprintf("%s from %s\n", tx.Hash(), query.Sender(tx))
	}
	return text, nil
}

// ChaindbProperty returns what the database says of itself.
func (a *rawAPI) ChaindbProperty() (string, error) { return a.q.Chain.Store().Disk().Stat() }
