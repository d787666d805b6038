package chain_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/gas"
	"hestia/transition"
)

// TestTransitionAgreesWithGeths applies random messages that run no contract with geth's transition and with ours, on
// equal states. Error text, gas and root must be equal too.
func TestTransitionAgreesWithGeths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c := newChain(t)
	valid := 0
	for round := range 6000 {
		msg := randomMessage(r)
		wantErr, wantGas, wantRoot := applyWithGeth(t, c, msg)
		gotErr, gotGas, gotRoot := applyWithOurs(t, c, msg)
		if gotErr != wantErr || gotGas != wantGas || gotRoot != wantRoot {
			t.Fatalf("round %d: %+v\nours: %q, %d gas, root %s\ngeth: %q, %d gas, root %s",
				round, msg, gotErr, gotGas, gotRoot, wantErr, wantGas, wantRoot)
		}
		if gotErr == "" {
			valid++
		}
	}
	if valid < 500 {
		t.Errorf("only %d messages were valid: the test shows little", valid)
	}
}

var (
	header = &types.Header{
		Number: big.NewInt(1), Difficulty: new(big.Int), GasLimit: 1 << 24, Time: 1, BaseFee: big.NewInt(10),
		Coinbase: coinbase, ExcessBlobGas: new(uint64), BlobGasUsed: new(uint64),
	}
	precompiles = []common.Address{
		common.BytesToAddress([]byte{1}), common.BytesToAddress([]byte{2}), common.BytesToAddress([]byte{4}),
	}
	oldContract = common.HexToAddress("0xc000000000000000000000000000000000000000")
)

// preparedState returns a state with rich accounts, a delegated one, a contract and other cases for messages.
func preparedState(t *testing.T, c *chain.Chain) *gstate.StateDB {
	t.Helper()
	db, err := c.StateAt(types.EmptyRootHash)
	if err != nil {
		t.Fatal(err)
	}
	db.SetBalance(alice.address, uint256.NewInt(1e9), tracing.BalanceChangeUnspecified)
	db.SetNonce(alice.address, 1, tracing.NonceChangeUnspecified)
	db.SetBalance(bob.address, uint256.NewInt(1e9), tracing.BalanceChangeUnspecified)
	db.SetCode(bob.address, types.AddressToDelegation(nobody), tracing.CodeChangeUnspecified)
	db.SetBalance(oldContract, uint256.NewInt(1e9), tracing.BalanceChangeUnspecified)
	db.SetCode(oldContract, []byte{0x00}, tracing.CodeChangeUnspecified)
	db.Finalise(c.Rules(header))
	return db
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomMessage(r *rand.Rand) core.Message {
	from := pick(r, alice.address, alice.address, alice.address, bob.address, carol.address, oldContract)
	nonce := uint64(0)
	if from == alice.address {
		nonce = pick[uint64](r, 1, 1, 1, 1, 1, 1, 0, 2)
	}
	to := pick(r, nobody, bob.address, carol.address, coinbase, alice.address, precompiles[r.IntN(len(precompiles))])
	msg := core.Message{
		From: from, To: &to, Nonce: nonce,
		Value:     uint256.NewInt(pick[uint64](r, 0, 0, 1, 1000, 9e8, 1e10)),
		GasLimit:  pick[uint64](r, 20_999, 21_000, 30_000, 60_000, 200_000, 1<<24, 1<<24+1),
		GasFeeCap: uint256.NewInt(pick[uint64](r, 9, 10, 11, 12, 13, 50)),
		GasTipCap: uint256.NewInt(pick[uint64](r, 0, 1, 2, 30)),
		Data:      randomData(r),
	}
	msg.GasPrice = new(uint256.Int).AddUint64(msg.GasTipCap, header.BaseFee.Uint64())
	if msg.GasPrice.Gt(msg.GasFeeCap) {
		msg.GasPrice = msg.GasFeeCap
	}
	if r.IntN(3) == 0 {
		msg.AccessList = types.AccessList{{Address: pick(r, nobody, to), StorageKeys: make([]common.Hash, r.IntN(3))}}
	}
	if r.IntN(3) == 0 {
		msg.SetCodeAuthorizations = randomAuthorizations(r)
	}
	if r.IntN(5) == 0 {
		msg.BlobHashes = make([]common.Hash, pick(r, 0, 1, 1, 2, 6, 7))
		for i := range msg.BlobHashes {
			msg.BlobHashes[i][0] = pick[byte](r, 1, 1, 1, 1, 1, 1, 2)
		}
		msg.BlobGasFeeCap = uint256.NewInt(pick[uint64](r, 0, 1, 1, 1, 2, 3000, 1e15))
	}
	return msg
}

func randomData(r *rand.Rand) []byte {
	data := make([]byte, pick(r, 0, 0, 1, 100, 1000))
	for i := range data {
		data[i] = byte(r.IntN(3)) // zeros are cheaper
	}
	return data
}

func randomAuthorizations(r *rand.Rand) []types.SetCodeAuthorization {
	list := make([]types.SetCodeAuthorization, r.IntN(3))
	for i := range list {
		by := pick(r, alice, bob, carol)
		auth, err := types.SignSetCode(by.key, types.SetCodeAuthorization{
			ChainID: *uint256.NewInt(pick[uint64](r, 0, transition.DevnetID, 5)),
			Address: pick(r, nobody, common.Address{}, precompiles[0]),
			Nonce:   pick[uint64](r, 0, 0, 1, 2, ^uint64(0)),
		})
		if err != nil {
			panic(err)
		}
		if r.IntN(8) == 0 {
			auth.R = *uint256.NewInt(0)
		}
		list[i] = auth
	}
	return list
}

func applyWithGeth(t *testing.T, c *chain.Chain, msg core.Message) (string, uint64, common.Hash) {
	t.Helper()
	db := preparedState(t, c)
	author := header.Coinbase
	evm := gethvm.NewEVM(
		core.NewEVMBlockContext(header, configOnly{c: c}, &author), db, c.ChainConfig(), gethvm.Config{},
	)
	defer evm.Release()
	snapshot := db.Snapshot()
	result, err := core.ApplyMessage(evm, &msg, core.NewGasPool(header.GasLimit))
	if err != nil {
		db.RevertToSnapshot(snapshot)
		return err.Error(), 0, db.IntermediateRoot(c.Rules(header))
	}
	return failure(result.Err != nil), result.UsedGas, db.IntermediateRoot(c.Rules(header))
}

func applyWithOurs(t *testing.T, c *chain.Chain, msg core.Message) (string, uint64, common.Hash) {
	t.Helper()
	db := preparedState(t, c)
	osaka := *gas.Default()
	osaka.Limits.TransactionGas = 1 << 24 // geth's limit; ours is higher
	tr := transition.New(transition.Environment{
		Engine: engine(), State: db, Config: c.ChainConfig(), Schedule: &osaka, Header: header,
		Hash: func(uint64) common.Hash { return common.Hash{} },
	})
	snapshot := db.Snapshot()
	outcome, err := tr.Apply(&transition.Message{Message: msg}, core.NewGasPool(header.GasLimit))
	if err != nil {
		db.RevertToSnapshot(snapshot)
		return err.Error(), 0, db.IntermediateRoot(c.Rules(header))
	}
	return failure(outcome.Failed()), outcome.UsedGas, db.IntermediateRoot(c.Rules(header))
}

func failure(failed bool) string {
	if failed {
		return "the frame failed"
	}
	return ""
}

// configOnly is the part of a chain that geth's block context uses here.
type configOnly struct {
	core.ChainContext
	c *chain.Chain
}

func (o configOnly) Config() *params.ChainConfig { return o.c.ChainConfig() }
