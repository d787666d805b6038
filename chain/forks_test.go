package chain_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/gas"
	"hestia/transition"
)

// genesisOf returns the genesis of a chain up to a fork, under the schedule that its first block allows.
func genesisOf(t testing.TB, fork string) *chain.Genesis {
	t.Helper()
	genesis := chain.DefaultGenesis(alloc())
	config, known := transition.HardForkConfig(fork, transition.DevnetID)
	if !known {
		t.Fatalf("no fork is called %q", fork)
	}
	genesis.Spec.Config, genesis.Schedule = config, nil
	if config.TerminalTotalDifficulty == nil {
		genesis.Spec.Difficulty = big.NewInt(131_072)
	}
	return genesis
}

// twin imports the blocks of a chain after its first into another one with the same genesis.
func twin(t *testing.T, made *chain.Chain, genesis *chain.Genesis) *chain.Chain {
	t.Helper()
	c := openChain(t, openStore(t, ""), genesis)
	for n := uint64(1); n <= made.Head().Number.Uint64(); n++ {
		if err := c.Import(made.BlockByNumber(n)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// payLegacy is pay with the oldest type of transaction, unprotected.
func (u user) payLegacy(nonce uint64) *types.Transaction {
	return types.MustSignNewTx(u.key, types.HomesteadSigner{}, &types.LegacyTx{
		Nonce: nonce, To: &nobody, Value: gwei, Gas: 21000, GasPrice: big.NewInt(2e9),
	})
}

func TestBlocksOfEveryForkHaveItsFields(t *testing.T) {
	for _, test := range []struct {
		fork                              string
		reward                            int64 // ether
		status, baseFee, staked, shanghai bool
		cancun, prague                    bool
	}{
		{fork: "frontier", reward: 5},
		{fork: "homestead", reward: 5},
		{fork: "dao", reward: 5},
		{fork: "tangerine", reward: 5},
		{fork: "spuriousdragon", reward: 5},
		{fork: "byzantium", reward: 3, status: true},
		{fork: "constantinople", reward: 2, status: true},
		{fork: "petersburg", reward: 2, status: true},
		{fork: "istanbul", reward: 2, status: true},
		{fork: "muirglacier", reward: 2, status: true},
		{fork: "berlin", reward: 2, status: true},
		{fork: "london", reward: 2, status: true, baseFee: true},
		{fork: "arrowglacier", reward: 2, status: true, baseFee: true},
		{fork: "grayglacier", reward: 2, status: true, baseFee: true},
		{fork: "paris", status: true, baseFee: true, staked: true},
		{fork: "shanghai", status: true, baseFee: true, staked: true, shanghai: true},
		{fork: "cancun", status: true, baseFee: true, staked: true, shanghai: true, cancun: true},
		{fork: "prague", status: true, baseFee: true, staked: true, shanghai: true, cancun: true, prague: true},
		{fork: "osaka", status: true, baseFee: true, staked: true, shanghai: true, cancun: true, prague: true},
	} {
		t.Run(test.fork, func(t *testing.T) {
			c := openChain(t, openStore(t, ""), genesisOf(t, test.fork))
			built := build(t, c, alice.payLegacy(0))
			h := built.Block.Header()
			for name, row := range map[string]struct{ have, want bool }{
				"base fee":        {h.BaseFee != nil, test.baseFee},
				"stake":           {h.Difficulty.Sign() == 0, test.staked},
				"withdrawals":     {h.WithdrawalsHash != nil, test.shanghai},
				"blob gas":        {h.BlobGasUsed != nil, test.cancun},
				"excess blob gas": {h.ExcessBlobGas != nil, test.cancun},
				"beacon root":     {h.ParentBeaconRoot != nil, test.cancun},
				"requests":        {h.RequestsHash != nil, test.prague},
				"status":          {len(built.Receipts[0].PostState) == 0, test.status},
				"fork":            {transition.HardForkAt(c.ChainConfig(), h) == test.fork, true},
			} {
				if row.have != row.want {
					t.Errorf("%s: %v, want %v", name, row.have, row.want)
				}
			}
			price := built.Receipts[0].EffectiveGasPrice
			if h.BaseFee != nil {
				price = new(big.Int).Sub(price, h.BaseFee)
			}
			want := new(big.Int).Mul(ether, big.NewInt(test.reward))
			want.Add(want, price.Mul(price, big.NewInt(21000)))
			if have := balance(t, c, coinbase).ToBig(); have.Cmp(want) != 0 {
				t.Errorf("the coinbase has %v, want %v", have, want)
			}
			again := twin(t, c, genesisOf(t, test.fork))
			if have, want := again.Receipts(h.Hash()), built.Receipts; have[0].GasUsed != want[0].GasUsed ||
				string(have[0].PostState) != string(want[0].PostState) {
				t.Errorf("the receipt read back is %+v, want %+v", have[0], want[0])
			}
		})
	}
}

func TestAnUncleAndItsBlockAreRewarded(t *testing.T) {
	genesis := func() *chain.Genesis { return genesisOf(t, "byzantium") }
	c, other := openChain(t, openStore(t, ""), genesis()), openChain(t, openStore(t, ""), genesis())
	build(t, c)
	lost, err := other.Build(t.Context(), chain.Template{Coinbase: nobody, Extra: []byte("lost")})
	if err != nil {
		t.Fatal(err)
	}
	uncle := lost.Block.Header()
	if _, err := c.BuildWithUncles(t.Context(), chain.Template{Coinbase: coinbase}, uncle); err != nil {
		t.Fatal(err)
	}
	eighth := new(big.Int).Div(new(big.Int).Mul(ether, big.NewInt(3)), big.NewInt(8))
	if have := balance(t, c, nobody).ToBig(); have.Cmp(new(big.Int).Mul(eighth, big.NewInt(7))) != 0 {
		t.Errorf("the uncle's coinbase has %v wei", have)
	}
	// two rewards, and 1/32 for the uncle
	want := new(big.Int).Add(new(big.Int).Mul(ether, big.NewInt(6)), new(big.Int).Div(eighth, big.NewInt(4)))
	if have := balance(t, c, coinbase).ToBig(); have.Cmp(want) != 0 {
		t.Errorf("the coinbase has %v wei, want %v", have, want)
	}
	again := twin(t, c, genesis())
	for name, uncles := range map[string][]*types.Header{
		"twice":         {uncle},
		"an ancestor":   {c.HeaderByNumber(1)},
		"of no parent":  {{Number: big.NewInt(2), Difficulty: big.NewInt(131_072), ParentHash: common.Hash{1}}},
		"of no numbers": {{Number: new(big.Int).Lsh(common.Big1, 200), Difficulty: new(big.Int)}},
	} {
		made := twin(t, c, genesis())
		bad, err := made.BuildWithUncles(t.Context(), chain.Template{}, uncles...)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Import(bad.Block); !errors.Is(err, chain.ErrInvalid) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestProofOfStakeBeginsAtTheTerminalTotalDifficulty(t *testing.T) {
	genesis := func() *chain.Genesis {
		g := genesisOf(t, "london")
		g.Spec.Config.TerminalTotalDifficulty = big.NewInt(131_072 + 131_073) // more than one block after the first
		return g
	}
	c := openChain(t, openStore(t, ""), genesis())
	staked := ""
	for range 4 {
		staked += fmt.Sprint(build(t, c).Block.Difficulty().Sign() == 0, " ")
	}
	if staked != "false false true true " && staked != "false true true true " {
		t.Errorf("blocks have stake: %s", staked)
	}
	twin(t, c, genesis())
}

// systemAlloc has the system contracts of Prague.
func systemAlloc() types.GenesisAlloc {
	accounts := alloc()
	for address, code := range map[common.Address][]byte{
		params.BeaconRootsAddress:        params.BeaconRootsCode,
		params.HistoryStorageAddress:     params.HistoryStorageCode,
		params.WithdrawalQueueAddress:    params.WithdrawalQueueCode,
		params.ConsolidationQueueAddress: params.ConsolidationQueueCode,
	} {
		accounts[address] = types.Account{Code: code, Nonce: 1, Balance: new(big.Int)}
	}
	return accounts
}

// slot returns the value of a slot after the head.
func slot(t *testing.T, c *chain.Chain, a common.Address, index uint64) common.Hash {
	t.Helper()
	db, err := c.StateAt(c.Head().Root)
	if err != nil {
		t.Fatal(err)
	}
	return db.GetState(a, common.BigToHash(new(big.Int).SetUint64(index)))
}

func TestSystemContractsGetBeaconRootAndParentHash(t *testing.T) {
	for _, schedule := range []*gas.Schedule{gas.Default(), gas.Ethereum(), oldDefault(t)} {
		t.Run(schedule.Name, func(t *testing.T) {
			genesis := chain.DefaultGenesis(systemAlloc())
			genesis.Schedule = schedule
			c := openChain(t, openStore(t, ""), genesis)
			parent := build(t, c).Block
			root := common.Hash{5}
			built, err := c.Build(t.Context(), chain.Template{BeaconRoot: root})
			if err != nil {
				t.Fatal(err)
			}
			hash, time := parent.Hash(), built.Block.Time()
			if !schedule.Limits.EVM { // such chains make no system calls
				hash, root = common.Hash{}, common.Hash{}
			}
			if have := slot(t, c, params.HistoryStorageAddress, 1); have != hash {
				t.Errorf("the parent's hash there is %s, want %s", have, hash)
			}
			if have := slot(t, c, params.BeaconRootsAddress, time%8191+8191); have != root {
				t.Errorf("the beacon root there is %s, want %s", have, root)
			}
		})
	}
}

// oldDefault returns the first default schedule, which runs no EVM code.
func oldDefault(t *testing.T) *gas.Schedule {
	t.Helper()
	s, known := gas.Named("default")
	if !known {
		t.Fatal("there is no schedule default")
	}
	return s
}

func TestRequestsOfTheQueuesAreInTheHeader(t *testing.T) {
	c := openChain(t, openStore(t, ""), chain.DefaultGenesis(systemAlloc()))
	if hash := build(t, c).Block.RequestsHash(); *hash != types.EmptyRequestsHash {
		t.Errorf("requests hash without requests is %s", hash)
	}
	key := make([]byte, 56) // of a validator, and an amount
	for i := range key {
		key[i] = byte(i)
	}
	ask := alice.sign(&types.DynamicFeeTx{
		ChainID: chainID, To: &params.WithdrawalQueueAddress, Value: common.Big1, Gas: 200_000, Data: key,
		GasFeeCap: big.NewInt(2e9), GasTipCap: gwei,
	})
	built := build(t, c, ask)
	if built.Receipts[0].Status != 1 {
		t.Fatal("the request failed")
	}
	slices.Reverse(key[48:]) // the queue hands the amount over with its low byte first
	request := append([]byte{1}, alice.address[:]...)
	want := types.CalcRequestsHash([][]byte{append(request, key...)})
	if hash := built.Block.RequestsHash(); *hash != want {
		t.Errorf("requests hash is %s, want %s", hash, want)
	}
	twin(t, c, chain.DefaultGenesis(systemAlloc()))
}

func TestNoBlockIsMadeIfAQueueFails(t *testing.T) {
	accounts := alloc()
	accounts[params.WithdrawalQueueAddress] = types.Account{Code: []byte{0xfe}, Balance: new(big.Int)}
	c := openChain(t, openStore(t, ""), chain.DefaultGenesis(accounts))
	_, err := c.Build(t.Context(), chain.Template{})
	if !errors.Is(err, chain.ErrInvalid) || !strings.Contains(err.Error(), "withdrawal queue") {
		t.Errorf("the error is %v", err)
	}
	if c.Head().Number.Sign() != 0 {
		t.Error("the head moved")
	}
}

func TestWithdrawalsArePaidInGwei(t *testing.T) {
	c := newChain(t)
	if _, err := c.Build(t.Context(), chain.Template{Withdrawals: types.Withdrawals{
		{Index: 1, Validator: 2, Address: nobody, Amount: 7}, {Index: 2, Validator: 2, Address: nobody, Amount: 8},
	}}); err != nil {
		t.Fatal(err)
	}
	if have := balance(t, c, nobody); have.Uint64() != 15e9 {
		t.Errorf("the account has %v wei, want 15 gwei", have)
	}
	twin(t, c, chain.DefaultGenesis(alloc()))
}

// blobs returns a transaction of that many blobs, without these.
func (u user) blobs(nonce uint64, n int) *types.Transaction {
	hashes := make([]common.Hash, n)
	for i := range hashes {
		hashes[i] = common.Hash{1, byte(i)}
	}
	return u.sign(&types.BlobTx{
		ChainID: uint256.MustFromBig(chainID), Nonce: nonce, To: nobody, Gas: 21_000, BlobFeeCap: uint256.NewInt(9),
		GasFeeCap: uint256.NewInt(2e9), GasTipCap: uint256.NewInt(1), BlobHashes: hashes,
	})
}

func TestBlobsArePaidForAndBounded(t *testing.T) {
	c := newChain(t)
	before := balance(t, c, alice.address)
	built, err := c.Build(t.Context(), chain.Template{Transactions: []*types.Transaction{
		alice.blobs(0, 7), alice.blobs(0, 6), bob.blobs(0, 4), bob.blobs(0, 3),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Rejected) != 2 || !errors.Is(built.Rejected[0].Err, core.ErrTooManyBlobs) ||
		!errors.Is(built.Rejected[1].Err, chain.ErrBlobLimit) {
		t.Fatalf("rejected %+v", built.Rejected)
	}
	h, receipt := built.Block.Header(), built.Receipts[0]
	if *h.BlobGasUsed != 9*131_072 || receipt.BlobGasUsed != 6*131_072 || receipt.BlobGasPrice.Uint64() != 1 {
		t.Errorf("blob gas of the block %d, of the receipt %d at %v", *h.BlobGasUsed, receipt.BlobGasUsed,
			receipt.BlobGasPrice)
	}
	paid := new(big.Int).Mul(receipt.EffectiveGasPrice, big.NewInt(21_000))
	paid.Add(paid, big.NewInt(6*131_072))
	if have := new(uint256.Int).Sub(before, balance(t, c, alice.address)); have.ToBig().Cmp(paid) != 0 {
		t.Errorf("alice paid %v wei, want %v", have, paid)
	}
	if next := build(t, c).Block.Header(); *next.ExcessBlobGas == 0 {
		t.Error("a full block leaves no excess")
	}
	again := twin(t, c, chain.DefaultGenesis(alloc()))
	if price := again.Receipts(h.Hash())[0].BlobGasPrice; price == nil || price.Uint64() != 1 {
		t.Errorf("the price read back is %v", price)
	}
}

func TestABlockWithBlobsBesideItsTransactionsIsRefused(t *testing.T) {
	c := newChain(t)
	block := build(t, newChain(t), alice.blobs(0, 1)).Block
	tx := block.Transactions()[0].WithBlobTxSidecar(&types.BlobTxSidecar{})
	err := c.Import(types.NewBlockWithHeader(block.Header()).WithBody(types.Body{
		Transactions: types.Transactions{tx}, Withdrawals: types.Withdrawals{},
	}))
	if !errors.Is(err, chain.ErrInvalid) {
		t.Errorf("the error is %v", err)
	}
}

// highS returns a legacy transaction with the other signature of the same key, which only Frontier takes.
func (u user) highS(nonce uint64) *types.Transaction {
	low := u.payLegacy(nonce)
	v, r, s := low.RawSignatureValues()
	return types.NewTx(&types.LegacyTx{
		Nonce: nonce, To: &nobody, Value: gwei, Gas: 21000, GasPrice: big.NewInt(2e9),
		V: new(big.Int).Sub(big.NewInt(27+28), v), R: r, S: new(big.Int).Sub(crypto.S256().Params().N, s),
	})
}

func TestTransactionsBeginWithTheirFork(t *testing.T) {
	list := types.AccessList{{Address: nobody}}
	delegation, err := types.SignSetCode(bob.key, types.SetCodeAuthorization{Address: nobody})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, before, since string
		tx                  *types.Transaction
	}{
		{"with a chain id", "tangerine", "spuriousdragon", alice.sign(&types.LegacyTx{
			To: &nobody, Gas: 21_000, GasPrice: big.NewInt(2e9),
		})},
		{"of type 1", "istanbul", "berlin", alice.sign(&types.AccessListTx{
			ChainID: chainID, To: &nobody, Gas: 50_000, GasPrice: big.NewInt(2e9), AccessList: list,
		})},
		{"of type 2", "berlin", "london", alice.pay(0)},
		{"of type 3", "shanghai", "cancun", alice.blobs(0, 1)},
		{"of type 4", "cancun", "prague", alice.sign(&types.SetCodeTx{
			ChainID: uint256.MustFromBig(chainID), To: nobody, Gas: 100_000, GasFeeCap: uint256.NewInt(2e9),
			GasTipCap: uint256.NewInt(1), AuthList: []types.SetCodeAuthorization{delegation},
		})},
		{"with a high s", "homestead", "frontier", alice.highS(0)}, // ends with it
	} {
		for fork, taken := range map[string]int{test.before: 0, test.since: 1} {
			c := openChain(t, openStore(t, ""), genesisOf(t, fork))
			built, err := c.Build(t.Context(), chain.Template{Transactions: []*types.Transaction{test.tx}})
			if err != nil {
				t.Fatal(err)
			}
			if have := len(built.Block.Transactions()); have != taken {
				t.Errorf(
					"%s, under %s: %d are in the block, want %d: %+v", test.name, fork, have, taken, built.Rejected,
				)
			}
			twin(t, c, genesisOf(t, fork))
		}
	}
}
