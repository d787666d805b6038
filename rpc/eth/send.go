package eth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/rpc/query"
	"hestia/transition/unsigned"
)

// How long eth_sendRawTransactionSync waits for a receipt unless told otherwise, and at most.
const (
	syncWait    = 20 * time.Second
	maxSyncWait = 50 * time.Second // below what one request may take
	headQueue   = 256              // blocks that may be made while a receipt is looked up
)

// What a transaction can be refused for before the pool sees it.
var (
	errUnprotected = errors.New("only replay-protected (EIP-155) transactions allowed over RPC")
	errNoNonce     = errors.New("missing transaction nonce in transaction spec")
)

// sendAPI is eth: transactions into the pool, signed by their sender or by the node.
type sendAPI struct {
	q    *query.Service
	next map[common.Address]*sync.Mutex // held while the node gives an account's next nonce away
}

// newSendAPI returns the methods, with a lock for each account that the node signs for.
func newSendAPI(s *query.Service) *sendAPI {
	api := &sendAPI{s, make(map[common.Address]*sync.Mutex, len(s.Keys))}
	for address := range s.Keys {
		api.next[address] = new(sync.Mutex)
	}
	return api
}

// SendRawTransaction puts a signed transaction into the pool and returns its hash. If every transaction gets a block of
// its own, it returns once that block is the head.
func (a *sendAPI) SendRawTransaction(input hexutil.Bytes) (common.Hash, error) {
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(input); err != nil {
		return common.Hash{}, err
	}
	if !tx.Protected() && !a.q.Chain.Devnet() { // deployers of contracts at fixed addresses are older than EIP-155
		return common.Hash{}, errUnprotected
	}
	if unsigned.Is(tx) { // only the node itself acts for others
		return common.Hash{}, types.ErrInvalidSig
	}
	return tx.Hash(), a.q.Driver.Add(tx)
}

// notMinedError says that a transaction is in the pool but in no block yet.
type notMinedError struct {
	wait time.Duration
	hash common.Hash
}

// Error is geth's text.
func (e *notMinedError) Error() string {
	return fmt.Sprintf("The transaction was added to the transaction pool but wasn't processed in %v", e.wait)
}

// ErrorCode is the code of https://github.com/ethereum/execution-apis.
func (e *notMinedError) ErrorCode() int { return query.CodeNotMined }

// ErrorData is the transaction's hash.
func (e *notMinedError) ErrorData() any { return e.hash.Hex() }

// SendRawTransactionSync takes a signed transaction and returns its receipt, waiting for it so many milliseconds.
func (a *sendAPI) SendRawTransactionSync(
	ctx context.Context, input hexutil.Bytes, milliseconds *query.Milliseconds,
) (*query.ReceiptJSON, error) {
	wait := syncWait
	if milliseconds != nil && *milliseconds > 0 {
		wait = time.Duration(min(uint64(*milliseconds), uint64(maxSyncWait/time.Millisecond))) * time.Millisecond
	}
	hash, err := a.SendRawTransaction(input)
	if err != nil {
		return nil, err
	}
	return a.await(ctx, hash, wait)
}

// SendTransactionSync is SendTransaction, returning the receipt.
func (a *sendAPI) SendTransactionSync(ctx context.Context, args query.TransactionArgs) (*query.ReceiptJSON, error) {
	hash, err := a.SendTransaction(ctx, args)
	if err != nil {
		return nil, err
	}
	return a.await(ctx, hash, syncWait)
}

// await returns the receipt of a transaction that was sent, once it is there.
func (a *sendAPI) await(ctx context.Context, hash common.Hash, wait time.Duration) (*query.ReceiptJSON, error) {
	heads := make(chan chain.Event, headQueue) // read by the loop below, which does nothing that waits for a block
	subscription := a.q.Chain.Subscribe(heads)
	defer subscription.Unsubscribe()
	end := time.NewTimer(wait)
	defer end.Stop()
	for {
		if receipt := a.q.MinedReceipt(hash); receipt != nil {
			return receipt, nil
		}
		select {
		case <-heads:
		case <-end.C:
			return nil, &notMinedError{wait, hash}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// FillTransaction completes a transaction without signing it.
func (a *sendAPI) FillTransaction(ctx context.Context, args query.TransactionArgs) (*signedJSON, error) {
	tx, err := a.q.Complete(ctx, args, a.q.Chain.Signer())
	if err != nil {
		return nil, err
	}
	return a.newSignedJSON(tx, args.Sender())
}

// Resend replaces a waiting transaction of one of the node's accounts by the same with another price or gas limit.
func (a *sendAPI) Resend(
	ctx context.Context, args query.TransactionArgs, price *hexutil.Big, limit *hexutil.Uint64,
) (common.Hash, error) {
	if args.Nonce == nil {
		return common.Hash{}, errNoNonce
	}
	pending, queued := a.q.Pool.Content()
	for _, tx := range append(pending[args.Sender()], queued[args.Sender()]...) {
		if tx.Nonce() != uint64(*args.Nonce) {
			continue
		}
		if price != nil && price.ToInt().Sign() != 0 {
			args.GasPrice, args.MaxFeePerGas, args.MaxPriorityFee = price, nil, nil
		}
		if limit != nil && *limit != 0 {
			args.Gas = limit
		}
		return a.SendTransaction(ctx, args)
	}
	return common.Hash{}, query.ErrNotFound
}

// SendTransaction completes a transaction of one of the node's accounts, signs and sends it.
func (a *sendAPI) SendTransaction(ctx context.Context, args query.TransactionArgs) (common.Hash, error) {
	key, ok := a.q.Keys[args.Sender()]
	if !ok && a.q.Acting.May(args.Sender()) {
		return a.q.SendUnsigned(ctx, args)
	}
	if !ok {
		return common.Hash{}, query.ErrUnknownAccount
	}
	if args.Nonce == nil {
		lock := a.next[args.Sender()]
		lock.Lock()
		defer lock.Unlock()
	}
	signer := a.q.Chain.Signer()
	tx, err := a.q.Complete(ctx, args, signer)
	if err != nil {
		return common.Hash{}, err
	}
	signed, err := types.SignTx(tx, signer, key)
	if err != nil {
		return common.Hash{}, err
	}
	return signed.Hash(), a.q.Driver.Add(signed)
}

// signedJSON is a transaction for its sender, as bytes and in words.
type signedJSON struct {
	Raw hexutil.Bytes          `json:"raw"`
	Tx  *query.TransactionJSON `json:"tx"`
}

// newSignedJSON describes a transaction of a sender, which need not be signed.
func (a *sendAPI) newSignedJSON(tx *types.Transaction, from common.Address) (*signedJSON, error) {
	raw, err := tx.MarshalBinary()
	shown := query.NewTransactionJSON(tx)
	shown.From = from
	return &signedJSON{raw, shown}, err
}

// SignTransaction completes a transaction of one of the node's accounts and signs it without sending.
func (a *sendAPI) SignTransaction(ctx context.Context, args query.TransactionArgs) (*signedJSON, error) {
	key, ok := a.q.Keys[args.Sender()]
	if !ok {
		return nil, query.ErrUnknownAccount
	}
	signer := a.q.Chain.Signer()
	tx, err := a.q.Complete(ctx, args, signer)
	if err != nil {
		return nil, err
	}
	signed, err := types.SignTx(tx, signer, key)
	if err != nil {
		return nil, err
	}
	return a.newSignedJSON(signed, args.Sender())
}
