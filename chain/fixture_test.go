package chain_test

import (
	"crypto/ecdsa"
	"math/big"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

var (
	chainID  = big.NewInt(transition.DevnetID)
	signer   = types.LatestSignerForChainID(chainID)
	coinbase = common.HexToAddress("0xc0ffee00000000000000000000000000000000c0")
	nobody   = common.HexToAddress("0x1234567890123456789012345678901234567890")
	gwei     = big.NewInt(1e9)
	ether    = big.NewInt(1e18)
)

// engine is shared between tests: between runs it keeps only compiled code.
var engine = sync.OnceValue(func() vm.Engine {
	e, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		panic(err)
	}
	return e
})

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

// sign signs a transaction with the user's key. It panics if that is not possible.
func (u user) sign(data types.TxData) *types.Transaction {
	return types.MustSignNewTx(u.key, signer, data)
}

// pay returns a plain transfer of one gwei to one account.
func (u user) pay(nonce uint64) *types.Transaction {
	return u.sign(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: &nobody, Value: gwei, Gas: 21000, GasFeeCap: big.NewInt(2e9),
		GasTipCap: gwei,
	})
}

// create returns the transaction that deploys a contract from its creation data.
func (u user) create(nonce uint64, creation []byte) *types.Transaction {
	return u.sign(&types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, Data: creation, Gas: 20_000_000, GasFeeCap: big.NewInt(2e9), GasTipCap: gwei,
	})
}

// alloc gives alice and bob 1,000 ether each; carol has nothing.
func alloc() types.GenesisAlloc {
	rich := new(big.Int).Mul(ether, big.NewInt(1000))
	return types.GenesisAlloc{alice.address: {Balance: rich}, bob.address: {Balance: rich}}
}

func openStore(t testing.TB, dir string) *state.Store {
	t.Helper()
	store, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() }) // harmless if the test has closed it
	return store
}

func openChain(t testing.TB, store *state.Store, genesis *chain.Genesis) *chain.Chain {
	t.Helper()
	c, err := chain.Open(store, engine(), genesis)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newChain returns a devnet in memory.
func newChain(t testing.TB) *chain.Chain {
	t.Helper()
	return openChain(t, openStore(t, ""), chain.DefaultGenesis(alloc()))
}

// build makes a block that must hold all of txs.
func build(t testing.TB, c *chain.Chain, txs ...*types.Transaction) *chain.Built {
	t.Helper()
	built, err := c.Build(t.Context(), chain.Template{Coinbase: coinbase, Transactions: txs})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range built.Rejected {
		t.Fatalf("nonce %d was rejected: %v", r.Tx.Nonce(), r.Err)
	}
	return built
}

// balance returns an account's balance after the head, in wei.
func balance(t *testing.T, c *chain.Chain, a common.Address) *uint256.Int {
	t.Helper()
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		t.Fatal(err)
	}
	return db.GetBalance(a)
}
