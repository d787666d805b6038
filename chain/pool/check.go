package pool

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/transition/unsigned"
	"hestia/vm"
)

// errNoAuthorizations has geth's text; geth exports no error for it.
var errNoAuthorizations = errors.New("set code tx must have at least one authorization tuple")

// check makes the checks that need no account, in geth's order and with its errors, and recovers the sender. The
// schedule bounds the size of creation data and a transaction's gas limit.
func (p *Pool) check(tx *types.Transaction) (*waiting, error) {
	next := p.next.Load()
	limits := &next.schedule.Limits
	if err := next.checkType(tx); err != nil {
		return nil, err
	}
	creation := max(limits.Initcode, min(limits.EVMInitcode, params.MaxBlockSize))
	if limit := uint64(creation + slack); tx.Size() > limit {
		return nil, fmt.Errorf("%w: transaction size %v, limit %v", txpool.ErrOversizedData, tx.Size(), limit)
	}
	if limit := limits.TransactionGas; limit != 0 && tx.Gas() > limit && (limits.Wasm || next.rules.IsOsaka) {
		return nil, fmt.Errorf("%w (cap: %d, tx: %d)", core.ErrGasLimitTooHigh, limit, tx.Gas())
	}
	if err := checkAmounts(tx); err != nil {
		return nil, err
	}
	from, err := types.Sender(next.signer, tx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", txpool.ErrInvalidSender, err)
	}
	if tx.Nonce()+1 < tx.Nonce() {
		return nil, core.ErrNonceMax
	}
	cost, overflow := uint256.FromBig(tx.Cost())
	if overflow {
		return nil, core.ErrInsufficientFunds
	}
	if tx.Type() == types.SetCodeTxType && len(tx.SetCodeAuthorizations()) == 0 {
		return nil, errNoAuthorizations
	}
	return &waiting{tx: tx, from: from, cost: cost}, nil
}

// checkAmounts refuses amounts that no valid transaction has.
func checkAmounts(tx *types.Transaction) error {
	switch {
	case tx.Value().Sign() < 0:
		return txpool.ErrNegativeValue
	case tx.GasFeeCap().BitLen() > 256:
		return core.ErrFeeCapVeryHigh
	case tx.GasTipCap().BitLen() > 256:
		return core.ErrTipVeryHigh
	case tx.GasFeeCapIntCmp(tx.GasTipCap()) < 0:
		return core.ErrTipAboveFeeCap
	}
	return nil
}

// checkAgainstHead makes the checks that depend on the newest block and the sender's account: chain id, gas limit,
// intrinsic gas, nonce, code and balance.
func (p *Pool) checkAgainstHead(w *waiting) error {
	if err := p.checkBlock(w); err != nil {
		return err
	}
	if err := p.checkIntrinsic(w); err != nil {
		return err
	}
	if err := p.checkNonce(w); err != nil {
		return err
	}
	code := p.head.Code(w.from)
	if _, delegated := types.ParseDelegation(code); len(code) > 0 && !delegated && !unsigned.Is(w.tx) {
		return fmt.Errorf("%w: address %v, len(code): %d", core.ErrSenderNoEOA, w.from.Hex(), len(code))
	}
	return p.checkBalance(w)
}

// checkAgain makes those checks against the head that a transaction in the pool may fail when there is another one.
func (p *Pool) checkAgain(w *waiting) error {
	if err := p.checkBlock(w); err != nil {
		return err
	}
	if err := p.checkNonce(w); err != nil {
		return err
	}
	return p.checkBalance(w)
}

// checkBlock holds a transaction against the next block's chain id, gas limit and limit of creation data by its kind.
func (p *Pool) checkBlock(w *waiting) error {
	// the sender is remembered, unless the chain id is another
	if _, err := types.Sender(p.next.Load().signer, w.tx); err != nil {
		return fmt.Errorf("%w: %w", txpool.ErrInvalidSender, err)
	}
	if p.head.Header().GasLimit < w.tx.Gas() {
		return txpool.ErrGasLimit
	}
	if w.tx.To() != nil {
		return nil
	}
	next := p.next.Load()
	size, limit := len(w.tx.Data()), vm.InitcodeLimit(w.tx.Data(), &next.schedule.Limits, &next.rules)
	if size > limit {
		return fmt.Errorf("%w: code size %v limit %v", gethvm.ErrMaxInitCodeSizeExceeded, size, limit)
	}
	return nil
}

func (p *Pool) checkNonce(w *waiting) error {
	if next := p.head.Nonce(w.from); next > w.tx.Nonce() {
		return fmt.Errorf("%w: next nonce %v, tx nonce %v", core.ErrNonceTooLow, next, w.tx.Nonce())
	}
	return nil
}

func (p *Pool) checkBalance(w *waiting) error {
	if balance := p.head.Balance(w.from); balance.Lt(w.cost) {
		return fmt.Errorf("%w: balance %v, tx cost %v, overshot %v", core.ErrInsufficientFunds,
			balance, w.cost, new(uint256.Int).Sub(w.cost, balance))
	}
	return nil
}

// checkIntrinsic requires a gas limit that covers the intrinsic gas and the floor price of the data (EIP-7623).
func (p *Pool) checkIntrinsic(w *waiting) error {
	rules := p.next.Load().rules
	tx, value := w.tx, uint256.MustFromBig(w.tx.Value()) // fits: it is at most the cost
	least, err := core.IntrinsicGas(
		tx.Data(), tx.AccessList(), tx.SetCodeAuthorizations(), w.from, tx.To(), value, rules,
	)
	if err != nil {
		return err
	}
	if tx.Gas() < least {
		return fmt.Errorf("%w: gas %v, minimum needed %v", core.ErrIntrinsicGas, tx.Gas(), least)
	}
	if !rules.IsPrague {
		return nil
	}
	floor, err := core.FloorDataGas(rules, w.from, tx.To(), value, tx.Data(), tx.AccessList())
	if err != nil {
		return err
	}
	if tx.Gas() < floor {
		return fmt.Errorf("%w: gas %v, minimum needed %v", core.ErrFloorDataGas, tx.Gas(), floor)
	}
	return nil
}

// checkAgainstAccount makes the checks that depend on the sender's other transactions: the balance must cover all of
// them together, and old, if it is not nil, is the transaction that w replaces.
func (p *Pool) checkAgainstAccount(w *waiting, own *account, old *waiting) error {
	spent := own.cost
	if old != nil {
		if !outbids(w.tx, old.tx) {
			return txpool.ErrReplaceUnderpriced
		}
		spent = new(uint256.Int).Sub(spent, old.cost)
	}
	balance := p.head.Balance(w.from)
	need, overflow := new(uint256.Int).AddOverflow(spent, w.cost)
	if overflow || balance.Lt(need) {
		return fmt.Errorf("%w: balance %v, queued cost %v, tx cost %v, overshot %v", core.ErrInsufficientFunds,
			balance, spent, w.cost, new(uint256.Int).Sub(need, balance))
	}
	if old == nil && len(own.byNonce) >= p.limits.perAccount {
		return fmt.Errorf("%w: pooled %d txs", txpool.ErrAccountLimitExceeded, len(own.byNonce))
	}
	return nil
}

// outbids reports whether tx pays bump percent more than old in both of its fees, and at least one wei more.
func outbids(tx, old *types.Transaction) bool {
	return tx.GasFeeCapIntCmp(bumped(old.GasFeeCap())) >= 0 && tx.GasTipCapIntCmp(bumped(old.GasTipCap())) >= 0 &&
		tx.GasFeeCapCmp(old) > 0 && tx.GasTipCapCmp(old) > 0 && outbidsBlobs(tx, old)
}

// outbidsBlobs is outbids for the price of blobs, if both have some.
func outbidsBlobs(tx, old *types.Transaction) bool {
	if tx.Type() != types.BlobTxType || old.Type() != types.BlobTxType {
		return true
	}
	return tx.BlobGasFeeCapIntCmp(bumped(old.BlobGasFeeCap())) >= 0 && tx.BlobGasFeeCapCmp(old) > 0
}

// bumped returns the least fee that replaces fee, in wei a gas, rounded down.
func bumped(fee *big.Int) *big.Int {
	least := new(big.Int).Mul(fee, big.NewInt(100+bump))
	return least.Div(least, big.NewInt(100))
}
