package pool_test

import (
	"crypto/ecdsa"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"
	"github.com/holiman/uint256"

	"hestia/chain/pool"
	"hestia/gas"
)

var (
	config = params.MergedTestChainConfig // Osaka from genesis, chain id 1
	signer = types.LatestSigner(config)
	target = common.HexToAddress("0x1234567890123456789012345678901234567890")
	gwei   = big.NewInt(1e9)
)

// head is a Head whose accounts a test sets.
type head struct {
	header   *types.Header
	schedule *gas.Schedule
	signer   types.Signer
	nonces   map[common.Address]uint64
	balances map[common.Address]*uint256.Int
	codes    map[common.Address][]byte
}

func (h *head) Header() *types.Header         { return h.header }
func (h *head) Schedule() *gas.Schedule       { return h.schedule }
func (h *head) Rules() params.Rules           { return config.Rules(h.header.Number, true, h.header.Time) }
func (h *head) MostBlobs() int                { return 9 }
func (h *head) Signer() types.Signer          { return h.signer }
func (h *head) Nonce(a common.Address) uint64 { return h.nonces[a] }
func (h *head) Code(a common.Address) []byte  { return h.codes[a] }
func (h *head) Balance(a common.Address) *uint256.Int {
	if b := h.balances[a]; b != nil {
		return b
	}
	return uint256.NewInt(1e18)
}

func newHead() *head {
	return &head{
		header:   &types.Header{Number: big.NewInt(1), Difficulty: new(big.Int), GasLimit: 1 << 28, BaseFee: gwei},
		schedule: gas.Default(),
		signer:   signer,
		nonces:   make(map[common.Address]uint64),
		balances: make(map[common.Address]*uint256.Int),
		codes:    make(map[common.Address][]byte),
	}
}

func newPool(h *head) *pool.Pool { return pool.New(h) }

// user is an account with its key.
type user struct {
	key     *ecdsa.PrivateKey
	address common.Address
}

func newUser(seed byte) user {
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{1, seed}, 32))
	if err != nil {
		panic(err)
	}
	return user{key, crypto.PubkeyToAddress(key.PublicKey)}
}

var alice, bob, carol = newUser(1), newUser(2), newUser(3)

// pay is a transfer with a tip and a fee cap of the given gwei.
func (u user) pay(nonce uint64, tip, feeCap int64) *types.Transaction {
	return types.MustSignNewTx(u.key, signer, &types.DynamicFeeTx{
		ChainID: config.ChainID, Nonce: nonce, To: &target, Gas: 21000,
		GasTipCap: new(big.Int).Mul(big.NewInt(tip), gwei), GasFeeCap: new(big.Int).Mul(big.NewInt(feeCap), gwei),
	})
}

func add(t *testing.T, p *pool.Pool, txs ...*types.Transaction) {
	t.Helper()
	for _, tx := range txs {
		if err := p.Add(tx); err != nil {
			t.Fatalf("nonce %d: %v", tx.Nonce(), err)
		}
	}
}

func hashes(txs []*types.Transaction) []common.Hash {
	list := make([]common.Hash, len(txs))
	for i, tx := range txs {
		list[i] = tx.Hash()
	}
	return list
}

func expectPending(t *testing.T, p *pool.Pool, want ...*types.Transaction) {
	t.Helper()
	if diff := cmp.Diff(hashes(want), hashes(p.Pending(gwei))); diff != "" {
		t.Errorf("pending differs from what is wanted: %s", diff)
	}
}

func TestBadTransactionIsRefusedWithGethsError(t *testing.T) {
	sign := func(change func(*types.DynamicFeeTx)) *types.Transaction {
		tx := &types.DynamicFeeTx{
			ChainID: config.ChainID, Nonce: 3, To: &target, Gas: 21000, GasTipCap: gwei, GasFeeCap: big.NewInt(2e9),
		}
		change(tx)
		return types.MustSignNewTx(alice.key, signer, tx)
	}
	huge := new(big.Int).Lsh(common.Big1, 256)
	for _, test := range []struct {
		tx   *types.Transaction
		want error
		text string
	}{
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Nonce = 2 }), core.ErrNonceTooLow,
			"nonce too low: next nonce 3, tx nonce 2",
		},
		{sign(func(tx *types.DynamicFeeTx) { tx.Nonce = math.MaxUint64 }), core.ErrNonceMax, "nonce has max value"},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Value = big.NewInt(2e18) }), core.ErrInsufficientFunds,
			"insufficient funds for gas * price + value: balance 1000000000000000000, " +
				"tx cost 2000042000000000000, overshot 1000042000000000000",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Value = new(big.Int).Sub(huge, common.Big1) }),
			core.ErrInsufficientFunds, "insufficient funds",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.GasTipCap = big.NewInt(3e9) }), core.ErrTipAboveFeeCap,
			"max priority fee per gas higher than max fee per gas",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.GasFeeCap = huge }), core.ErrFeeCapVeryHigh,
			"max fee per gas higher than 2^256-1",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.GasTipCap = huge }), core.ErrTipVeryHigh,
			"max priority fee per gas higher than 2^256-1",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Gas = 20_999 }), core.ErrIntrinsicGas,
			"intrinsic gas too low: gas 20999, minimum needed 21000",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Gas, tx.Data = 21_039, []byte{1} }), core.ErrFloorDataGas,
			"insufficient gas for floor data gas cost: gas 21039, minimum needed 21040",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Gas = 1<<28 + 1 }), core.ErrGasLimitTooHigh,
			"transaction gas limit too high (cap: 268435456, tx: 268435457)",
		},
		{sign(func(tx *types.DynamicFeeTx) { tx.Gas = 200_000_000 }), txpool.ErrGasLimit, "exceeds block gas limit"},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.Data = make([]byte, 1<<20+128<<10) }), txpool.ErrOversizedData,
			"oversized data: transaction size ",
		},
		{
			sign(func(tx *types.DynamicFeeTx) { tx.To, tx.Data = nil, make([]byte, 1<<20+1) }),
			gethvm.ErrMaxInitCodeSizeExceeded,
			"max initcode size exceeded: code size 1048577 limit 49152",
		},
		{
			types.NewTx(&types.LegacyTx{To: &target, Gas: 21000, GasPrice: gwei}), txpool.ErrInvalidSender,
			"invalid sender",
		},
		{
			types.NewTx(&types.LegacyTx{To: &target, Gas: 21000, GasPrice: gwei, Value: big.NewInt(-1)}),
			txpool.ErrNegativeValue, "negative value",
		},
		{
			types.MustSignNewTx(alice.key, types.LatestSignerForChainID(big.NewInt(9)), &types.LegacyTx{
				To: &target, Gas: 21000, GasPrice: gwei,
			}),
			types.ErrInvalidChainId, "invalid sender: invalid chain id for signer: have 9 want 1",
		},
		{
			types.NewTx(&types.BlobTx{}), nil, "missing sidecar in blob transaction",
		},
		{
			types.MustSignNewTx(alice.key, signer, &types.SetCodeTx{
				ChainID: uint256.NewInt(1), Nonce: 3, Gas: 21000, GasFeeCap: uint256.NewInt(2e9),
			}),
			nil, "set code tx must have at least one authorization tuple",
		},
		{bob.pay(0, 1, 2), core.ErrSenderNoEOA, "sender not an eoa: address " + bob.address.Hex()},
	} {
		t.Run(test.text, func(t *testing.T) {
			h := newHead()
			h.header.GasLimit = 100_000_000
			h.nonces[alice.address], h.codes[bob.address] = 3, []byte{0}
			p := newPool(h)
			err := p.Add(test.tx)
			if err == nil || test.want != nil && !errors.Is(err, test.want) ||
				!strings.HasPrefix(err.Error(), test.text) {
				t.Errorf("error is %v", err)
			}
			if pending, queued := p.Stats(); pending+queued != 0 {
				t.Error("it is in the pool all the same")
			}
		})
	}
}

func TestLargestTransactionOfEachKindIsAccepted(t *testing.T) {
	const magic = "\x00asm"
	for _, largest := range [][]byte{make([]byte, 49152), append([]byte(magic), make([]byte, 1<<20-len(magic))...)} {
		for more, want := range []error{nil, gethvm.ErrMaxInitCodeSizeExceeded} {
			err := newPool(newHead()).Add(types.MustSignNewTx(alice.key, signer, &types.LegacyTx{
				Gas: 1 << 28, GasPrice: common.Big1, Data: append(largest, make([]byte, more)...),
			}))
			if !errors.Is(err, want) {
				t.Errorf("%d bytes: %v", len(largest)+more, err)
			}
		}
	}
}

func TestKnownTransactionIsRefused(t *testing.T) {
	p := newPool(newHead())
	add(t, p, alice.pay(0, 1, 2))
	if err := p.Add(alice.pay(0, 1, 2)); !errors.Is(err, txpool.ErrAlreadyKnown) {
		t.Errorf("error is %v", err)
	}
}

func TestTransactionsAfterAGapAreQueuedUntilItCloses(t *testing.T) {
	p := newPool(newHead())
	first, second, third := alice.pay(0, 1, 2), alice.pay(1, 1, 2), alice.pay(2, 1, 2)
	add(t, p, third, first)
	expectPending(t, p, first)
	if pending, queued := p.Stats(); pending != 1 || queued != 1 || p.Nonce(alice.address) != 1 {
		t.Errorf("%d pending, %d queued, next nonce %d", pending, queued, p.Nonce(alice.address))
	}
	add(t, p, second)
	expectPending(t, p, first, second, third)
	if p.Nonce(alice.address) != 3 {
		t.Errorf("next nonce is %d, want 3", p.Nonce(alice.address))
	}
	p.Remove(second.Hash())
	pending, queued := p.Content()
	if diff := cmp.Diff(hashes(pending[alice.address]), []common.Hash{first.Hash()}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(hashes(queued[alice.address]), []common.Hash{third.Hash()}); diff != "" {
		t.Error(diff)
	}
	if p.Get(second.Hash()) != nil || p.Get(third.Hash()) == nil {
		t.Error("the wrong transaction was removed")
	}
}

func TestBestTipGoesFirstButNoncesStayInOrder(t *testing.T) {
	p := newPool(newHead())
	a0, a1 := alice.pay(0, 1, 9), alice.pay(1, 8, 9)
	b0, b1 := bob.pay(0, 5, 9), bob.pay(1, 2, 9)
	c0 := carol.pay(0, 2, 9)
	add(t, p, a0, a1, b0, b1, c0)
	expectPending(t, p, b0, b1, c0, a0, a1) // b1 and c0 have the same tip, and b1 arrived first
}

func TestTipAboveTheFeeCapCountsOnlyToTheCap(t *testing.T) {
	p := newPool(newHead())
	capped, free := alice.pay(0, 3, 3), bob.pay(0, 3, 9) // at a base fee of one gwei: 2 and 3
	add(t, p, capped, free)
	expectPending(t, p, free, capped)
}

func TestTransactionBelowTheBaseFeeKeepsLaterOnesBack(t *testing.T) {
	p := newPool(newHead())
	add(
		t, p, types.MustSignNewTx(alice.key, signer, &types.LegacyTx{To: &target, Gas: 21000, GasPrice: common.Big1}),
		alice.pay(1, 1, 2),
	)
	other := bob.pay(0, 1, 2)
	add(t, p, other)
	expectPending(t, p, other)
	if len(p.Pending(common.Big1)) != 3 {
		t.Error("a lower base fee does not let it through")
	}
}

func TestReplacementMustPayATenthMoreInBothFees(t *testing.T) {
	p := newPool(newHead())
	add(t, p, alice.pay(0, 10, 20))
	for _, short := range []*types.Transaction{
		alice.pay(0, 10, 30), alice.pay(0, 15, 20), alice.pay(0, 10, 22), alice.pay(0, 11, 21),
	} {
		if err := p.Add(short); !errors.Is(err, txpool.ErrReplaceUnderpriced) ||
			err.Error() != "replacement transaction underpriced" {
			t.Errorf("tip %v fee %v: error is %v", short.GasTipCap(), short.GasFeeCap(), err)
		}
	}
	better := alice.pay(0, 11, 22)
	add(t, p, better)
	expectPending(t, p, better)
	if pending, queued := p.Stats(); pending != 1 || queued != 0 {
		t.Errorf("%d pending, %d queued", pending, queued)
	}
}

func TestReplacementOfAFreeTransactionMustPaySomething(t *testing.T) {
	p := newPool(newHead())
	free := func(value int64) *types.Transaction {
		return types.MustSignNewTx(alice.key, signer, &types.LegacyTx{
			To: &target, Gas: 21000, GasPrice: new(big.Int), Value: big.NewInt(value),
		})
	}
	add(t, p, free(1))
	if err := p.Add(free(2)); !errors.Is(err, txpool.ErrReplaceUnderpriced) {
		t.Errorf("error is %v", err)
	}
}

func TestSenderMustAffordAllThatWaits(t *testing.T) {
	h := newHead()
	cost := uint256.NewInt(21000 * 2e9)
	h.balances[alice.address] = new(uint256.Int).Mul(cost, uint256.NewInt(2))
	p := newPool(h)
	add(t, p, alice.pay(0, 1, 2), alice.pay(1, 1, 2))
	if err := p.Add(alice.pay(2, 1, 2)); !errors.Is(err, core.ErrInsufficientFunds) ||
		!strings.Contains(err.Error(), "queued cost") {
		t.Errorf("error is %v", err)
	}
	if err := p.Add(alice.pay(0, 2, 3)); !errors.Is(err, core.ErrInsufficientFunds) {
		t.Errorf("error for a better paid replacement is %v", err)
	}
}

func TestOneSenderCannotFillThePool(t *testing.T) {
	p := newPool(newHead()).Limited(pool.Limits{PerAccount: 2})
	add(t, p, alice.pay(0, 1, 2), alice.pay(1, 1, 2))
	if err := p.Add(alice.pay(2, 1, 2)); !errors.Is(err, txpool.ErrAccountLimitExceeded) {
		t.Errorf("error is %v", err)
	}
	add(t, p, alice.pay(1, 2, 3)) // replacing takes no room
}

func TestFullPoolTakesOnlyWhatPaysMore(t *testing.T) {
	p := newPool(newHead()).Limited(pool.Limits{Transactions: 3})
	a0, a1, b0 := alice.pay(0, 1, 9), alice.pay(1, 2, 9), bob.pay(0, 3, 9)
	add(t, p, a0, a1, b0)
	if err := p.Add(carol.pay(0, 2, 9)); !errors.Is(err, txpool.ErrUnderpriced) {
		t.Errorf("error is %v", err)
	}
	c0 := carol.pay(0, 4, 9)
	add(t, p, c0)
	expectPending(t, p, c0, b0, a0) // a1 was dropped, though a0 pays less: it was its sender's last
}

func TestBytesAreBounded(t *testing.T) {
	p := newPool(newHead()).Limited(pool.Limits{Bytes: 300})
	add(t, p, alice.pay(0, 1, 9), bob.pay(0, 1, 9))
	if err := p.Add(carol.pay(0, 1, 9)); !errors.Is(err, txpool.ErrUnderpriced) {
		t.Errorf("error is %v", err)
	}
	tiny := newPool(newHead()).Limited(pool.Limits{Bytes: 10})
	if err := tiny.Add(alice.pay(0, 1, 9)); !errors.Is(err, pool.ErrFull) {
		t.Errorf("error is %v", err)
	}
}

func TestResetDropsWhatTheBlockUsedUp(t *testing.T) {
	p := newPool(newHead())
	a0, a1, b0 := alice.pay(0, 1, 2), alice.pay(1, 1, 2), bob.pay(0, 1, 2)
	add(t, p, a0, a1, b0, carol.pay(0, 1, 2))
	next := newHead()
	next.nonces[alice.address] = 1
	next.balances[carol.address] = uint256.NewInt(1)
	p.Reset(next)
	expectPending(t, p, a1, b0)
	if p.Get(a0.Hash()) != nil {
		t.Error("a mined transaction still waits")
	}
	lower := newHead()
	lower.header.GasLimit = 20000
	p.Reset(lower)
	if pending, queued := p.Stats(); pending+queued != 0 {
		t.Error("transactions that no block can hold still wait")
	}
}

func TestSubscribersHearOfEachTransactionWhenItBecomesPending(t *testing.T) {
	p := newPool(newHead())
	heard := make(chan []*types.Transaction, 8)
	sub := p.Subscribe(heard)
	defer sub.Unsubscribe()
	first, second, third, better := alice.pay(0, 1, 2), alice.pay(1, 1, 2), alice.pay(2, 1, 2), alice.pay(1, 2, 4)
	add(t, p, first, third, second, better)
	for _, want := range [][]*types.Transaction{{first}, {second, third}, {better}} {
		if diff := cmp.Diff(hashes(want), hashes(<-heard)); diff != "" {
			t.Error(diff)
		}
	}
	if len(heard) != 0 {
		t.Error("subscribers heard of something twice")
	}
}

func TestTransactionsForAnotherChainIDAreDroppedAndRefused(t *testing.T) {
	p := newPool(newHead())
	anywhere := types.MustSignNewTx(bob.key, types.HomesteadSigner{}, &types.LegacyTx{
		To: &target, Gas: 21000, GasPrice: big.NewInt(2e9),
	})
	add(t, p, alice.pay(0, 1, 2), alice.pay(1, 1, 2), anywhere)
	later := newHead()
	later.signer = types.LatestSignerForChainID(big.NewInt(5))
	p.Reset(later)
	if left := p.All(); len(left) != 1 || left[0].Hash() != anywhere.Hash() {
		t.Errorf("%d transactions are left", len(left))
	}
	if err := p.Add(alice.pay(0, 1, 2)); !errors.Is(err, types.ErrInvalidChainId) {
		t.Errorf("a transaction for the id before: %v", err)
	}
	p.Restore([]*types.Transaction{alice.pay(0, 1, 2)}, newHead())
	if len(p.All()) != 1 {
		t.Error("a transaction was not restored with the id that it is for")
	}
}
