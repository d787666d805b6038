package chain_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/contracts"
	"hestia/gas"
	"hestia/transition"
)

// call returns a message like that of eth_call: it needs no fee, no nonce and no balance.
func call(to *common.Address, data []byte) transition.Message {
	return transition.Message{
		Message:   core.Message{From: carol.address, To: to, Data: data, GasLimit: 10_000_000},
		SkipNonce: true, SkipSender: true, NoBaseFee: true,
	}
}

func TestApplyRunsAContractWithoutKeepingAnything(t *testing.T) {
	c := newChain(t)
	counter := build(t, c, alice.create(0, contracts.Counter.Creation)).Receipts[0].ContractAddress
	head := c.Head().Hash()
	increment, count := common.FromHex("0xd09de08a"), common.FromHex("0x06661abd")
	outcome, err := c.Apply(context.Background(), chain.CallRequest{
		Header: c.Head(), Message: call(&counter, increment),
	})
	if err != nil || outcome.Failed() {
		t.Fatalf("outcome %+v, error %v", outcome, err)
	}
	if len(outcome.Logs) != 1 || outcome.Logs[0].Address != counter {
		t.Errorf("logs are %v", outcome.Logs)
	}
	outcome, err = c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), Message: call(&counter, count)})
	if err != nil {
		t.Fatal(err)
	}
	if got := new(uint256.Int).SetBytes(outcome.Result.Output); !got.IsZero() {
		t.Errorf("count is %v after a call that was only tried", got)
	}
	if c.Head().Hash() != head {
		t.Error("the head moved")
	}
}

func TestApplyOnOneStateBuildsUp(t *testing.T) {
	c := newChain(t)
	counter := build(t, c, alice.create(0, contracts.Counter.Creation)).Receipts[0].ContractAddress
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		req := chain.CallRequest{Header: c.Head(), State: db, Message: call(&counter, common.FromHex("0xd09de08a"))}
		outcome, err := c.Apply(context.Background(), req)
		if err != nil || len(outcome.Logs) != 1 {
			t.Fatalf("outcome %+v, error %v", outcome, err)
		}
	}
	if got := db.GetState(counter, common.Hash{}); got != common.BigToHash(common.Big2) {
		t.Errorf("count is %s, want 2", got)
	}
}

func TestRefundsEndWithTheirMessage(t *testing.T) {
	c := newChain(t)
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := types.SignSetCode(bob.key, types.SetCodeAuthorization{Address: nobody})
	if err != nil {
		t.Fatal(err)
	}
	refunded, plain := call(&nobody, nil), call(&nobody, nil)
	refunded.SetCodeAuthorizations = []types.SetCodeAuthorization{auth}
	for _, test := range []struct {
		msg  transition.Message
		want uint64
	}{{refunded, 46000 - 46000/5}, {plain, 21000}} {
		outcome, err := c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), State: db, Message: test.msg})
		if err != nil || outcome.UsedGas != test.want {
			t.Fatalf("outcome %+v, error %v, want %d gas", outcome, err, test.want)
		}
	}
}

func TestInvalidApplyLeavesTheStateAsItWas(t *testing.T) {
	c := newChain(t)
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		t.Fatal(err)
	}
	msg := call(&nobody, nil)
	price := uint256.MustFromBig(c.Head().BaseFee)
	msg.From, msg.GasLimit, msg.GasPrice, msg.GasFeeCap = alice.address, 20000, price, price // too little for anything
	before := db.GetBalance(alice.address).Clone()
	_, err = c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), State: db, Message: msg})
	if !errors.Is(err, core.ErrIntrinsicGas) || !db.GetBalance(alice.address).Eq(before) {
		t.Errorf("error %v, balance %v, was %v", err, db.GetBalance(alice.address), before)
	}
}

func TestApplyPredictsTheGasOfTheTransaction(t *testing.T) {
	c := newChain(t)
	msg := call(nil, contracts.Token.Creation)
	msg.From = alice.address
	outcome, err := c.Apply(context.Background(), chain.CallRequest{
		Header: c.PendingHeader(chain.Template{}), Message: msg,
	})
	if err != nil {
		t.Fatal(err)
	}
	receipt := build(t, c, alice.create(0, contracts.Token.Creation)).Receipts[0]
	if outcome.UsedGas != receipt.GasUsed || *outcome.Contract != receipt.ContractAddress {
		t.Errorf(
			"predicted %d gas at %s, became %d at %s", outcome.UsedGas, outcome.Contract, receipt.GasUsed,
			receipt.ContractAddress,
		)
	}
}

func TestApplyChecksFeesThatAreGiven(t *testing.T) {
	c := newChain(t)
	msg := call(&nobody, nil)
	msg.GasPrice, msg.GasFeeCap, msg.GasTipCap = uint256.NewInt(1), uint256.NewInt(1), uint256.NewInt(1)
	_, err := c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), Message: msg})
	if !errors.Is(err, core.ErrFeeCapTooLow) {
		t.Errorf("error is %v", err)
	}
	price := uint256.MustFromBig(c.Head().BaseFee)
	msg.GasPrice, msg.GasFeeCap = price, price
	_, err = c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), Message: msg})
	if !errors.Is(err, core.ErrInsufficientFunds) {
		t.Errorf("error is %v", err)
	}
}

func TestApplyRefusesMoreGasThanCanBeCounted(t *testing.T) {
	msg := call(&nobody, nil)
	msg.GasLimit, msg.SkipGasCap = math.MaxUint64, true
	for schedule, want := range map[string]error{"default": core.ErrGasLimitTooHigh, "default-2": nil} {
		genesis := chain.DefaultGenesis(types.GenesisAlloc{})
		genesis.Schedule, _ = gas.Named(schedule)
		c := openChain(t, openStore(t, ""), genesis)
		_, err := c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), Message: msg})
		if !errors.Is(err, want) {
			t.Errorf("%s: error is %v", schedule, err)
		}
	}
}

func TestApplyStopsBeforeACancelledCall(t *testing.T) {
	c := newChain(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := c.Apply(ctx, chain.CallRequest{Header: c.Head(), Message: call(&nobody, nil)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// invalid is the EVM's instruction that halts.
const invalid = 0xfe

func TestFailedApplyIsAnOutcome(t *testing.T) {
	c := newChain(t)
	outcome, err := c.Apply(context.Background(), chain.CallRequest{
		Header: c.Head(), Message: call(nil, []byte{invalid}),
	})
	if err != nil || !outcome.Failed() || outcome.Contract != nil || outcome.UsedGas != 10_000_000 {
		t.Errorf("outcome %+v, error %v", outcome, err)
	}
}

func TestGenesisWithADifficultyIsStillOsaka(t *testing.T) {
	genesis := chain.DefaultGenesis(types.GenesisAlloc{})
	genesis.Spec.Difficulty = common.Big1
	c := openChain(t, openStore(t, ""), genesis)
	outcome, err := c.Apply(context.Background(), chain.CallRequest{Header: c.Head(), Message: call(&nobody, nil)})
	if err != nil || outcome.Failed() {
		t.Errorf("outcome %+v, error %v", outcome, err)
	}
	build(t, c)
}
