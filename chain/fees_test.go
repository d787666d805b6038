package chain_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/contracts"
)

func TestBaseFeeIsBurntAndTipGoesToCoinbase(t *testing.T) {
	c := newChain(t)
	before := balance(t, c, alice.address)
	built := build(t, c, alice.pay(0))
	base := uint256.MustFromBig(built.Block.BaseFee())

	tip := uint256.NewInt(1e9) // fee cap 2 gwei, tip 1 gwei, base fee below 1 gwei
	price := new(uint256.Int).Add(base, tip)
	spent := new(uint256.Int).Mul(price, uint256.NewInt(21000))
	spent.Add(spent, uint256.NewInt(1e9))
	if got := new(uint256.Int).Sub(before, balance(t, c, alice.address)); !got.Eq(spent) {
		t.Errorf("sender spent %v, want %v", got, spent)
	}
	if got, want := balance(t, c, coinbase), tip.Mul(tip, uint256.NewInt(21000)); !got.Eq(want) {
		t.Errorf("coinbase has %v, want %v", got, want)
	}
	if got := balance(t, c, nobody); !got.Eq(uint256.NewInt(1e9)) {
		t.Errorf("recipient has %v, want one gwei", got)
	}
	if got := built.Receipts[0].EffectiveGasPrice; got.Cmp(price.ToBig()) != 0 {
		t.Errorf("effective gas price is %v, want %v", got, price)
	}
}

func TestTipIsCutToTheFeeCap(t *testing.T) {
	c := newChain(t)
	base := c.PendingHeader(chain.Template{}).BaseFee
	cap := new(big.Int).Add(base, common.Big1)
	build(t, c, alice.sign(&types.DynamicFeeTx{
		ChainID: chainID, To: &nobody, Gas: 21000, GasFeeCap: cap, GasTipCap: cap,
	}))
	if got := balance(t, c, coinbase); !got.Eq(uint256.NewInt(21000)) {
		t.Errorf("coinbase has %v, want 1 wei a gas", got)
	}
}

func TestBaseFeeFallsByAnEighthAfterAnEmptyBlock(t *testing.T) {
	c := newChain(t)
	first := build(t, c).Block.BaseFee()
	want := new(big.Int).Sub(first, new(big.Int).Div(first, big.NewInt(8)))
	if second := build(t, c).Block.BaseFee(); second.Cmp(want) != 0 {
		t.Errorf("base fee went from %v to %v, want %v", first, second, want)
	}
}

func TestBaseFeeRisesAfterAFullBlock(t *testing.T) {
	genesis := chain.DefaultGenesis(alloc())
	genesis.Spec.GasLimit = 21_000
	c := openChain(t, openStore(t, ""), genesis)
	first := build(t, c, alice.pay(0)).Block.BaseFee()
	want := new(big.Int).Add(first, new(big.Int).Div(first, big.NewInt(8)))
	if second := build(t, c).Block.BaseFee(); second.Cmp(want) != 0 {
		t.Errorf("base fee went from %v to %v, want %v", first, second, want)
	}
}

func TestDataFloorIsPaidWhereExecutionIsCheaper(t *testing.T) {
	c := newChain(t)
	built := build(t, c, alice.sign(&types.LegacyTx{
		To: &nobody, Value: new(big.Int), Gas: 100_000, GasPrice: big.NewInt(2e9), Data: make([]byte, 1000),
	}))
	// A zero byte is one token: 4 gas a token for the data itself, 10 for the floor (EIP-7623).
	if got := built.Receipts[0].GasUsed; got != params.TxGas+1000*params.TxCostFloorPerToken {
		t.Errorf("gas used is %d", got)
	}
}

func TestRefundIsAtMostAFifthOfTheGasUsed(t *testing.T) {
	// Each authorization of an existing account refunds 12,500 of the 25,000 paid: more than the fifth that is allowed.
	c := newChain(t)
	auth, err := types.SignSetCode(bob.key, types.SetCodeAuthorization{
		ChainID: *uint256.MustFromBig(chainID), Address: nobody,
	})
	if err != nil {
		t.Fatal(err)
	}
	built := build(t, c, alice.sign(&types.SetCodeTx{
		ChainID: uint256.MustFromBig(chainID), To: carol.address, Gas: 100_000, Value: new(uint256.Int),
		GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), AuthList: []types.SetCodeAuthorization{auth},
	}))
	const before = params.TxGas + params.CallNewAccountGas
	if got, want := built.Receipts[0].GasUsed, uint64(before-before/5); got != want {
		t.Errorf("gas used is %d, want %d", got, want)
	}
}

func TestEveryWeiIsAccountedFor(t *testing.T) {
	c := newChain(t)
	total := func() *uint256.Int {
		sum := new(uint256.Int)
		for _, a := range []common.Address{alice.address, bob.address, carol.address, nobody, coinbase} {
			sum.Add(sum, balance(t, c, a))
		}
		return sum
	}
	before := total()
	built := build(t, c, alice.pay(0), bob.pay(0), alice.create(1, contracts.Token.Creation))
	burnt := uint256.MustFromBig(built.Block.BaseFee())
	burnt.Mul(burnt, uint256.NewInt(built.Block.GasUsed()))
	if got := burnt.Add(burnt, total()); !got.Eq(before) {
		t.Errorf("%v wei before, %v after with what was burnt", before, got)
	}
}
