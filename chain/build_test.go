package chain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain"
	"hestia/contracts"
	"hestia/ewasm"
	"hestia/frame"
	"hestia/vm"
)

func TestHeaderFollowsOsaka(t *testing.T) {
	c := newChain(t)
	parent := c.Head()
	h := build(t, c, alice.pay(0)).Block.Header()
	switch {
	case h.ParentHash != parent.Hash() || h.Number.Uint64() != 1:
		t.Error("the block does not follow its parent")
	case h.Difficulty.Sign() != 0 || h.Nonce != (types.BlockNonce{}) || h.UncleHash != types.EmptyUncleHash:
		t.Error("the block has proof of work")
	case h.BaseFee == nil || h.MixDigest == (common.Hash{}):
		t.Error("base fee or prevrandao is missing")
	case h.WithdrawalsHash == nil || *h.WithdrawalsHash != types.EmptyWithdrawalsHash:
		t.Error("withdrawals are not the empty list")
	case h.BlobGasUsed == nil || *h.BlobGasUsed != 0 || h.ExcessBlobGas == nil || *h.ExcessBlobGas != 0:
		t.Error("blob gas is not zero")
	case h.ParentBeaconRoot == nil || h.RequestsHash == nil || *h.RequestsHash != types.EmptyRequestsHash:
		t.Error("beacon root or requests hash is missing")
	case h.BlockAccessListHash != nil || h.SlotNumber != nil:
		t.Error("the block has fields of a later fork")
	case h.GasUsed != 21000 || h.GasLimit != parent.GasLimit || h.Coinbase != coinbase:
		t.Errorf("gas used %d, limit %d, coinbase %s", h.GasUsed, h.GasLimit, h.Coinbase)
	}
}

func TestTimeAlwaysAdvances(t *testing.T) {
	c := newChain(t)
	later := uint64(time.Now().Add(time.Hour).Unix())
	for i, want := range []uint64{later, later + 1, later + 2} {
		built, err := c.Build(t.Context(), chain.Template{Time: later})
		if err != nil {
			t.Fatal(err)
		}
		if got := built.Block.Time(); got != want {
			t.Errorf("block %d is at %d, want %d", i+1, got, want)
		}
	}
}

func TestGasLimitMovesByLessThanAThousandth(t *testing.T) {
	c := newChain(t)
	built, err := c.Build(t.Context(), chain.Template{GasLimit: 1})
	if err != nil {
		t.Fatal(err)
	}
	const start = chain.DefaultGasLimit
	if got, want := built.Block.GasLimit(), uint64(start-start/1024+1); got != want {
		t.Errorf("gas limit is %d, want %d", got, want)
	}
}

func TestInvalidTransactionsArePassedOver(t *testing.T) {
	c := newChain(t)
	built, err := c.Build(t.Context(), chain.Template{Transactions: []*types.Transaction{
		carol.pay(0), alice.pay(0), alice.pay(7), bob.pay(0), alice.pay(1),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Block.Transactions()) != 3 || len(built.Rejected) != 2 {
		t.Fatalf("%d mined, rejected %v", len(built.Block.Transactions()), built.Rejected)
	}
	for i, r := range built.Receipts {
		if r.CumulativeGasUsed != uint64(i+1)*21000 || r.TransactionIndex != uint(i) ||
			r.BlockHash != built.Block.Hash() {
			t.Errorf(
				"receipt %d: cumulative gas %d, index %d, block %s", i, r.CumulativeGasUsed, r.TransactionIndex,
				r.BlockHash,
			)
		}
	}
}

func TestRefuseEmptyMakesNoBlock(t *testing.T) {
	c := newChain(t)
	built, err := c.Build(
		t.Context(), chain.Template{Transactions: []*types.Transaction{carol.pay(0)}, RefuseEmpty: true},
	)
	if err != nil || built.Block != nil || len(built.Rejected) != 1 || c.Head().Number.Sign() != 0 {
		t.Errorf("block %v, rejected %v, error %v", built.Block, built.Rejected, err)
	}
}

func TestDeploymentLeavesReceiptAndCode(t *testing.T) {
	c := newChain(t)
	built := build(t, c, alice.create(0, contracts.Token.Creation))
	receipt := c.Receipts(built.Block.Hash())[0]
	if receipt.Status != types.ReceiptStatusSuccessful {
		t.Fatalf("deployment failed: %s", c.Reason(receipt.TxHash))
	}
	if want := crypto.CreateAddress(alice.address, 0); receipt.ContractAddress != want {
		t.Errorf("contract at %s, want %s", receipt.ContractAddress, want)
	}
	for _, log := range receipt.Logs {
		if log.BlockHash != built.Block.Hash() || log.TxHash != receipt.TxHash || log.BlockNumber != 1 {
			t.Errorf("log of block %s, transaction %s", log.BlockHash, log.TxHash)
		}
	}
	db, err := c.StateAt(built.Block.Root())
	if err != nil {
		t.Fatal(err)
	}
	if got := db.GetCode(receipt.ContractAddress); string(got) != string(contracts.Token.Runtime) {
		t.Errorf("%d bytes of code, want the runtime's %d", len(got), len(contracts.Token.Runtime))
	}
}

func TestFailedTransactionKeepsItsReason(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	c := openChain(t, store, chain.DefaultGenesis(alloc()))
	tx := alice.create(0, []byte{invalid})
	receipt := build(t, c, tx).Receipts[0]
	if receipt.Status != types.ReceiptStatusFailed || receipt.GasUsed != tx.Gas() {
		t.Errorf("status %d, gas %d, want failed and all of %d", receipt.Status, receipt.GasUsed, tx.Gas())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c = openChain(t, openStore(t, dir), nil)
	if got := c.Reason(tx.Hash()); got != "invalid opcode: INVALID" {
		t.Errorf("reason is %q", got)
	}
	if got := c.Reason(common.Hash{1}); got != "" {
		t.Errorf("an unknown transaction failed for %q", got)
	}
}

func TestEmptyBlockHasReceiptsAndAnUnknownOneHasNot(t *testing.T) {
	c := newChain(t)
	for _, hash := range []common.Hash{c.Head().Hash(), build(t, c).Block.Hash()} {
		if r := c.Receipts(hash); r == nil || len(r) != 0 {
			t.Errorf("receipts of an empty block are %v", r)
		}
	}
	if r := c.Receipts(common.Hash{1}); r != nil {
		t.Errorf("receipts of an unknown block are %v", r)
	}
}

func TestSubscribersHearOfEveryBlockInOrder(t *testing.T) {
	c := newChain(t)
	events := make(chan chain.Event, 4)
	sub := c.Subscribe(events)
	defer sub.Unsubscribe()
	build(t, c, alice.pay(0))
	build(t, c)
	for number := uint64(1); number <= 2; number++ {
		if e := <-events; e.Block.NumberU64() != number {
			t.Errorf("heard of block %d, want %d", e.Block.NumberU64(), number)
		}
	}
}

// failing is an engine on which every run ends in a fault.
type failing struct{ vm.Engine }

func (failing) Run(*ewasm.Context) frame.Result {
	return frame.Result{End: frame.Fault, Cause: &frame.FaultError{Err: errors.New("the disk is gone")}}
}

func TestFaultDiscardsTheBlock(t *testing.T) {
	store := openStore(t, "")
	c, err := chain.Open(store, failing{engine()}, chain.DefaultGenesis(alloc()))
	if err != nil {
		t.Fatal(err)
	}
	bad := bob.create(0, contracts.Echo.Creation)
	before := c.Head().Hash()
	_, err = c.Build(t.Context(), chain.Template{Transactions: []*types.Transaction{alice.pay(0), bad}})
	var faulty *chain.FaultyTransaction
	var fault *frame.FaultError
	if !errors.As(err, &faulty) || faulty.Tx != bad || !errors.As(err, &fault) {
		t.Fatalf("error is %v", err)
	}
	if c.Head().Hash() != before {
		t.Error("the head moved")
	}
	for _, tx := range []*types.Transaction{alice.pay(0), bad} {
		if _, _, found := c.Transaction(tx.Hash()); found {
			t.Error("a discarded transaction is found")
		}
	}
	build(t, c, alice.pay(0)) // and the chain goes on
}
