package query

import (
	"context"
	"errors"

	"github.com/ethereum/go-ethereum/core/types"

	"hestia/rpc/budget"
)

// Keeping is a request whose bytes are counted while it runs. Too many end its context.
type Keeping struct {
	*budget.Request
	end context.CancelCauseFunc
}

// Keeping returns the counting of a request, and the context to run it with, which ends with cancel or once it keeps
// too much. ctx must be the one that the method was given.
func (s *Service) Keeping(ctx context.Context) (k *Keeping, running context.Context, cancel func()) {
	running, end := context.WithCancelCause(ctx)
	return &Keeping{s.Budget.Of(ctx), end}, running, func() { end(context.Canceled) }
}

// Keep counts bytes that are kept. Its error is a *budget.LimitError, and ends the context.
func (k *Keeping) Keep(bytes int) error {
	err := k.Request.Keep(bytes)
	if err != nil {
		k.end(err)
	}
	return err
}

// Keep counts bytes that a request keeps for its answer. The error is a *budget.LimitError.
func (s *Service) Keep(ctx context.Context, bytes int) error { return s.Budget.Of(ctx).Keep(bytes) }

// Shown is the bytes that data takes in an answer, in hex.
func Shown(data []byte) int { return 2 * len(data) }

// ShownTransaction is the bytes that a transaction takes in an answer.
func ShownTransaction(tx *types.Transaction) int {
	const fields = 1000
	return fields + 2*int(tx.Size())
}

// KeepBlock counts a block for an answer that shows it, with its transactions in full or by hash.
func (s *Service) KeepBlock(ctx context.Context, b *types.Block, full bool) error {
	const hash = 70
	bytes := hash * len(b.Transactions())
	if full {
		bytes = 0
		for _, tx := range b.Transactions() {
			bytes += ShownTransaction(tx)
		}
	}
	return s.Keep(ctx, bytes)
}

// KeepReceipts counts receipts for an answer that shows them.
func (s *Service) KeepReceipts(ctx context.Context, receipts ...*types.Receipt) error {
	const fields = 1500 // with the bloom
	bytes := 0
	for _, r := range receipts {
		bytes += fields
		for _, log := range r.Logs {
			bytes += ShownLog(log)
		}
	}
	return s.Keep(ctx, bytes)
}

// ShownLog is the bytes that a log takes in an answer.
func ShownLog(log *types.Log) int {
	const fields = 600
	return fields + 70*len(log.Topics) + Shown(log.Data)
}

// OverLimit returns the limit that an error says is not kept to, or else the error of otherwise.
func OverLimit(err error, otherwise func(error) error) error {
	var over *budget.LimitError
	if errors.As(err, &over) {
		return over
	}
	return otherwise(err)
}
