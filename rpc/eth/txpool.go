package eth

import (
	"context"
	"fmt"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/rpc/query"
)

// poolAPI is txpool: what waits to be mined.
type poolAPI struct{ q *query.Service }

// Status counts what is ready to be mined and what waits for an earlier nonce.
func (a *poolAPI) Status() map[string]hexutil.Uint {
	pending, queued := a.q.Pool.Stats()
	return map[string]hexutil.Uint{"pending": hexutil.Uint(pending), "queued": hexutil.Uint(queued)}
}

// Content shows everything by sender and nonce.
func (a *poolAPI) Content(
	ctx context.Context,
) (map[string]map[string]map[string]*query.TransactionJSON, error) {
	kept := a.q.Budget.Of(ctx)
	content := byState(a, func(tx *types.Transaction) *query.TransactionJSON {
		if kept.Keep(query.ShownTransaction(tx)) != nil {
			return nil
		}
		return query.NewTransactionJSON(tx)
	})
	return content, kept.Failed()
}

// ContentFrom shows what one sender has waiting.
func (a *poolAPI) ContentFrom(
	ctx context.Context, sender common.Address,
) (map[string]map[string]*query.TransactionJSON, error) {
	content, err := a.Content(ctx)
	if err != nil {
		return nil, err
	}
	result := map[string]map[string]*query.TransactionJSON{"pending": {}, "queued": {}}
	for name, senders := range content {
		if own := senders[sender.Hex()]; own != nil {
			result[name] = own
		}
	}
	return result, nil
}

// Inspect shows everything in a line for each transaction.
func (a *poolAPI) Inspect() map[string]map[string]map[string]string {
	return byState(a, func(tx *types.Transaction) string {
		to := "contract creation"
		if tx.To() != nil {
			to = tx.To().Hex()
		}
		return fmt.Sprintf("%s: %v wei + %v gas × %v wei", to, tx.Value(), tx.Gas(), tx.GasPrice())
	})
}

// byState lays the pool out by state, sender and nonce.
func byState[T any](a *poolAPI, show func(*types.Transaction) T) map[string]map[string]map[string]T {
	lay := func(content map[common.Address][]*types.Transaction) map[string]map[string]T {
		senders := make(map[string]map[string]T, len(content))
		for sender, txs := range content {
			own := make(map[string]T, len(txs))
			for _, tx := range txs {
				own[strconv.FormatUint(tx.Nonce(), 10)] = show(tx)
			}
			senders[sender.Hex()] = own
		}
		return senders
	}
	pending, queued := a.q.Pool.Content()
	return map[string]map[string]map[string]T{"pending": lay(pending), "queued": lay(queued)}
}
