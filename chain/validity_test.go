package chain_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain"
)

// TestInvalidTransactionIsRejectedWithGethsError has a row for every check of the transition, with geth's error.
func TestInvalidTransactionIsRejectedWithGethsError(t *testing.T) {
	dynamic := func(change func(*types.DynamicFeeTx)) *types.Transaction {
		tx := &types.DynamicFeeTx{
			ChainID: chainID, To: &nobody, Value: new(big.Int), Gas: 100_000, GasFeeCap: big.NewInt(2e9),
			GasTipCap: gwei,
		}
		change(tx)
		return alice.sign(tx)
	}
	for _, test := range []struct {
		name string
		tx   *types.Transaction
		want error
		text string
	}{
		{
			"nonce too high", dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce = 5 }), core.ErrNonceTooHigh,
			"nonce too high: address " + alice.address.Hex() + ", tx: 5 state: 1",
		},
		{
			"nonce too low", dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce = 0 }), core.ErrNonceTooLow,
			"nonce too low: address " + alice.address.Hex() + ", tx: 0 state: 1",
		},
		{
			"gas over the cap", dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.Gas = 1, 1<<28+1 }),
			core.ErrGasLimitTooHigh,
			"transaction gas limit too high (cap: 268435456, tx: 268435457)",
		},
		{
			"tip above fee cap", dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.GasTipCap = 1, big.NewInt(3e9) }),
			core.ErrTipAboveFeeCap,
			"max priority fee per gas higher than max fee per gas: address " + alice.address.Hex(),
		},
		{
			"fee cap below base fee",
			dynamic(func(tx *types.DynamicFeeTx) {
				tx.Nonce, tx.GasFeeCap, tx.GasTipCap = 1, common.Big1, common.Big1
			}),
			core.ErrFeeCapTooLow,
			"max fee per gas less than block base fee: address " + alice.address.Hex() + ", maxFeePerGas: 1, baseFee: ",
		},
		{
			"balance too low for gas", carol.pay(0), core.ErrInsufficientFunds,
			"insufficient funds for gas * price + value: address " + carol.address.Hex() +
				" have 0 want 42001000000000",
		},
		{
			"balance too low for value",
			dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.Value = 1, new(big.Int).Mul(ether, ether) }),
			core.ErrInsufficientFunds,
			"insufficient funds for gas * price + value",
		},
		{
			"cost above 2^256",
			dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.GasFeeCap = 1, new(big.Int).Lsh(common.Big1, 255) }),
			core.ErrInsufficientFunds,
			"required balance exceeds 256 bits",
		},
		{
			"fee cap above 2^256",
			dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.GasFeeCap = 1, new(big.Int).Lsh(common.Big1, 256) }),
			core.ErrFeeCapVeryHigh,
			"max fee per gas higher than 2^256-1",
		},
		{
			"gas below intrinsic", dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.Gas = 1, 20_999 }),
			core.ErrIntrinsicGas,
			"intrinsic gas too low: have 20999, want 21000",
		},
		{
			"gas below the data floor",
			dynamic(func(tx *types.DynamicFeeTx) { tx.Nonce, tx.Gas, tx.Data = 1, 60_000, make([]byte, 4000) }),
			core.ErrFloorDataGas,
			"insufficient gas for floor data gas cost: have 60000, want 61000",
		},
		{
			"creation data too long",
			dynamic(func(tx *types.DynamicFeeTx) {
				tx.Nonce, tx.Gas, tx.To, tx.Data = 1, 1<<28, nil, append([]byte("\x00asm"), make([]byte, 1<<20-3)...)
			}),
			gethvm.ErrMaxInitCodeSizeExceeded,
			"max initcode size exceeded: code size 1048577 limit 1048576",
		},
		{
			"creation data of the EVM too long",
			dynamic(func(tx *types.DynamicFeeTx) {
				tx.Nonce, tx.Gas, tx.To, tx.Data = 1, 1<<28, nil, make([]byte, 49153)
			}),
			gethvm.ErrMaxInitCodeSizeExceeded,
			"max initcode size exceeded: code size 49153 limit 49152",
		},
		{
			"wrong chain id",
			types.MustSignNewTx(alice.key, types.LatestSignerForChainID(common.Big1), &types.DynamicFeeTx{
				ChainID: common.Big1, Gas: 21000, To: &nobody,
			}),
			types.ErrInvalidChainId, "invalid chain id for signer: have 1 want 31337",
		},
		{"empty authorization list", alice.sign(&types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), Nonce: 1, To: nobody, Gas: 100_000, Value: new(uint256.Int),
			GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), AuthList: []types.SetCodeAuthorization{},
		}), core.ErrEmptyAuthList, "EIP-7702 transaction with empty auth list"},
		{
			"blob transaction",
			alice.sign(&types.BlobTx{
				ChainID: uint256.MustFromBig(chainID), Nonce: 1, To: nobody, Gas: 100_000,
				GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), BlobHashes: []common.Hash{{1}},
			}),
			core.ErrBlobFeeCapTooLow,
			"max fee per blob gas less than block blob gas fee",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newChain(t)
			build(t, c, alice.pay(0))
			before := c.Head().Root
			built, err := c.Build(
				t.Context(), chain.Template{Coinbase: coinbase, Transactions: []*types.Transaction{test.tx}},
			)
			if err != nil {
				t.Fatal(err)
			}
			if len(built.Rejected) != 1 || !errors.Is(built.Rejected[0].Err, test.want) {
				t.Fatalf("rejected %v, want %v", built.Rejected, test.want)
			}
			if text := built.Rejected[0].Err.Error(); !strings.Contains(text, test.text) {
				t.Errorf("error %q does not say %q", text, test.text)
			}
			if c.Head().Root != before {
				t.Error("a rejected transaction changed the state")
			}
		})
	}
}

func TestNonceAtItsMaximumIsRejected(t *testing.T) {
	genesis := chain.DefaultGenesis(types.GenesisAlloc{alice.address: {Balance: ether, Nonce: math.MaxUint64}})
	c := openChain(t, openStore(t, ""), genesis)
	expectRejection(t, c, alice.pay(math.MaxUint64), core.ErrNonceMax)
}

func TestContractCannotSend(t *testing.T) {
	genesis := chain.DefaultGenesis(types.GenesisAlloc{alice.address: {Balance: ether, Code: []byte{0}}})
	c := openChain(t, openStore(t, ""), genesis)
	expectRejection(t, c, alice.pay(0), core.ErrSenderNoEOA)
}

func TestDelegatedAccountCanSend(t *testing.T) {
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		alice.address: {Balance: ether, Code: types.AddressToDelegation(nobody)},
	})
	c := openChain(t, openStore(t, ""), genesis)
	build(t, c, alice.pay(0))
}

func TestTransactionThatDoesNotFitTheBlockIsLeftOut(t *testing.T) {
	genesis := chain.DefaultGenesis(alloc())
	genesis.Spec.GasLimit = 50_000
	c := openChain(t, openStore(t, ""), genesis)
	built, err := c.Build(
		t.Context(), chain.Template{Transactions: []*types.Transaction{alice.pay(0), bob.pay(0), alice.pay(1)}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Block.Transactions()) != 2 || len(built.Rejected) != 1 ||
		!errors.Is(built.Rejected[0].Err, core.ErrGasLimitReached) {
		t.Fatalf("%d mined, rejected %v", len(built.Block.Transactions()), built.Rejected)
	}
	if built.Block.GasUsed() != 42_000 {
		t.Errorf("gas used is %d, want 42000", built.Block.GasUsed())
	}
}

func TestBlockStaysBelowItsSizeLimit(t *testing.T) {
	c := newChain(t)
	var txs []*types.Transaction
	for nonce := range uint64(9) {
		txs = append(txs, alice.sign(&types.LegacyTx{
			Nonce: nonce, To: &nobody, Value: new(big.Int), Gas: 21000 + 10<<20, GasPrice: big.NewInt(2e9),
			Data: make([]byte, 1<<20),
		}))
	}
	built, err := c.Build(t.Context(), chain.Template{Transactions: txs})
	if err != nil {
		t.Fatal(err)
	}
	if size := built.Block.Size(); size > params.MaxBlockSize || len(built.Block.Transactions()) != 7 {
		t.Errorf("%d transactions, %d bytes", len(built.Block.Transactions()), size)
	}
	if len(built.Rejected) != 2 || !errors.Is(built.Rejected[0].Err, core.ErrBlockOversized) {
		t.Errorf("rejected %v", built.Rejected)
	}
}

func expectRejection(t *testing.T, c *chain.Chain, tx *types.Transaction, want error) {
	t.Helper()
	built, err := c.Build(t.Context(), chain.Template{Transactions: []*types.Transaction{tx}})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Rejected) != 1 || !errors.Is(built.Rejected[0].Err, want) {
		t.Errorf("rejected %v, want %v", built.Rejected, want)
	}
}
