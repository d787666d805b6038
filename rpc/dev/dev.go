package dev

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/rpc/budget"
	"hestia/rpc/query"
	"hestia/transition"
)

// What development methods can be refused for.
var (
	errOtherTool   = errors.New("this chain has a base fee (EIP-1559), and so no minimum gas price")
	errTooRich     = errors.New("the balance would not be below 2^256")
	errNoForking   = errors.New("this node forks no other chain")
	errLowerNonce  = errors.New("new nonce must not be smaller than the existing nonce")
	errNonceWaits  = errors.New("cannot set the nonce of an account with pending transactions")
	errAlreadyDone = errors.New("the transaction has been mined already")
)

// controls is the query layer with what makes a devnet's blocks.
type controls struct {
	*query.Service
	miner   *miner.Miner
	logging func(on bool) // nil if the node prints nothing
}

// unsignedAPI is eth: anvil's way to send for any account at once.
type unsignedAPI struct{ q *query.Service }

// SendUnsignedTransaction sends a transaction in the name of any account.
func (a *unsignedAPI) SendUnsignedTransaction(ctx context.Context, args query.TransactionArgs) (common.Hash, error) {
	return a.q.SendUnsigned(ctx, args)
}

// devAPI is what hardhat and anvil have under the same names.
type devAPI struct {
	q        controls
	instance *common.Hash // a new one after every reset
}

// edit applies an edit and answers true, as Hardhat does.
func (a *devAPI) edit(e chain.Edit) (bool, error) { return done(a.q.miner.Edit(e)) }

// done answers true unless something went wrong.
func done(err error) (bool, error) { return err == nil, err }

// SetBalance sets what an account owns, in wei.
func (a *devAPI) SetBalance(address common.Address, balance amount) (bool, error) {
	return a.edit(chain.Edit{Address: address, Balance: (*hexutil.U256)(balance.value())})
}

// AddBalance adds to what an account owns, in wei.
func (a *devAPI) AddBalance(address common.Address, more amount) (bool, error) {
	return done(a.q.miner.Update(func(now *gstate.StateDB) (chain.Edit, error) {
		sum, over := new(uint256.Int).AddOverflow(now.GetBalance(address), more.value())
		if over {
			return chain.Edit{}, query.InvalidArgument(1, errTooRich)
		}
		return chain.Edit{Address: address, Balance: (*hexutil.U256)(sum)}, nil
	}))
}

// SetCode sets the code of an account.
func (a *devAPI) SetCode(address common.Address, code hexutil.Bytes) (bool, error) {
	return a.edit(chain.Edit{Address: address, Code: &code})
}

// SetNonce sets the next nonce of an account.
func (a *devAPI) SetNonce(address common.Address, nonce number) (bool, error) {
	return a.edit(chain.Edit{Address: address, Nonce: (*hexutil.Uint64)(&nonce)})
}

// SetStorageAt sets one storage slot of an account.
func (a *devAPI) SetStorageAt(address common.Address, slot, value word) (bool, error) {
	return a.edit(chain.Edit{
		Address: address, Storage: map[common.Hash]common.Hash{common.Hash(slot): common.Hash(value)},
	})
}

// SetCoinbase sets the address that gets the tips of later blocks.
func (a *devAPI) SetCoinbase(address common.Address) (bool, error) {
	return done(a.q.miner.SetCoinbase(address))
}

// SetNextBlockBaseFeePerGas sets the base fee of the next block.
func (a *devAPI) SetNextBlockBaseFeePerGas(fee amount) (bool, error) {
	return done(a.q.miner.SetNextBaseFee(fee.value().ToBig()))
}

// SetPrevRandao sets the prevrandao of the next block.
func (a *devAPI) SetPrevRandao(random word) (bool, error) {
	return done(a.q.miner.SetNextRandom(common.Hash(random)))
}

// SetNextBlockPrevRandao is the name that anvil has for SetPrevRandao.
func (a *anvilAPI) SetNextBlockPrevRandao(random word) (bool, error) { return a.SetPrevRandao(random) }

// SetChainId sets the chain id of the blocks from the next on.
func (a *anvilAPI) SetChainId(chainID number) (bool, error) {
	done, err := a.edit(chain.Edit{ChainID: (*hexutil.Uint64)(&chainID)})
	if errors.Is(err, chain.ErrChainID) {
		err = query.InvalidArgument(0, err)
	}
	return done, err
}

// GetGenesisTime returns the time of the first block, in seconds since the epoch.
func (a *anvilAPI) GetGenesisTime() uint64 { return a.devAPI.q.Chain.First().Time }

// SetMinGasPrice is refused, as both tools refuse it on a chain with a base fee.
func (a *devAPI) SetMinGasPrice(_ *amount) (bool, error) {
	return false, query.InvalidParams("%w", errOtherTool)
}

// SetLoggingEnabled turns the lines about transactions on the node's terminal on or off.
func (a *devAPI) SetLoggingEnabled(enabled bool) bool {
	if a.q.logging != nil {
		a.q.logging(enabled)
	}
	return true
}

// ImpersonateAccount lets eth_sendTransaction send for an account without its key, even for a contract.
func (a *devAPI) ImpersonateAccount(address common.Address) bool {
	a.q.Acting.Set(address, true)
	return true
}

// StopImpersonatingAccount ends that, and says whether it had begun.
func (a *devAPI) StopImpersonatingAccount(address common.Address) bool {
	return a.q.Acting.Set(address, false)
}

// AutoImpersonateAccount lets eth_sendTransaction send for everyone.
func (a *devAPI) AutoImpersonateAccount(enabled bool) bool {
	a.q.Acting.SetEveryone(enabled)
	return true
}

// GetAutomine says whether every transaction gets a block at once.
func (a *devAPI) GetAutomine() bool { return a.q.miner.Mode() == miner.Instant }

// Mine makes blocks, the first at the time of the clock and later ones so many seconds apart, one if left out.
func (a *devAPI) Mine(ctx context.Context, n *blocks, interval *seconds) (bool, error) {
	spacing := uint64(1)
	if interval != nil {
		spacing = uint64(*interval)
	}
	return done(a.q.miner.MineSpaced(ctx, n.count(), spacing))
}

// Reset goes back to the first block.
func (a *devAPI) Reset(_ *resetOptions) (bool, error) {
	if err := a.q.miner.Reset(); err != nil {
		return false, err
	}
	_, _ = rand.Read(a.instance[:]) // never fails
	a.q.Acting.Reset()
	return true, nil
}

// metadataJSON says which node this is.
type metadataJSON struct {
	ClientVersion     string                    `json:"clientVersion"`
	ChainID           uint64                    `json:"chainId"`
	InstanceID        common.Hash               `json:"instanceId"`
	LatestBlockNumber uint64                    `json:"latestBlockNumber"`
	LatestBlockHash   common.Hash               `json:"latestBlockHash"`
	Snapshots         map[string]snapshotAtJSON `json:"snapshots"`
}

// snapshotAtJSON is the block at which a snapshot was taken.
type snapshotAtJSON struct {
	Number uint64      `json:"number"`
	Hash   common.Hash `json:"hash"`
}

// Metadata says which node this is and what it could revert to.
func (a *devAPI) Metadata() (*metadataJSON, error) {
	snapshots, err := a.q.miner.Snapshots()
	if err != nil {
		return nil, err
	}
	head := a.q.Chain.Head()
	m := &metadataJSON{
		ClientVersion: a.q.Config.Version, ChainID: a.q.Chain.ChainConfig().ChainID.Uint64(), InstanceID: *a.instance,
		LatestBlockNumber: head.Number.Uint64(), LatestBlockHash: head.Hash(),
		Snapshots: make(map[string]snapshotAtJSON),
	}
	for id, at := range snapshots {
		m.Snapshots[hexutil.EncodeUint64(id)] = snapshotAtJSON{at.Number.Uint64(), at.Hash()}
	}
	return m, nil
}

// drop takes a transaction out of the pool and says whether it was there.
func (a *devAPI) drop(hash common.Hash) bool {
	found := a.q.Pool.Get(hash) != nil
	a.q.Pool.Remove(hash)
	return found
}

// DumpState returns the whole history: what loadState and hestia devnet --state take.
func (a *devAPI) DumpState(ctx context.Context) (hexutil.Bytes, error) {
	var file bytes.Buffer
	err := a.q.Chain.Dump(&keptWriter{&file, a.q.Budget.Of(ctx)})
	return file.Bytes(), err
}

// keptWriter counts what it writes for a request.
type keptWriter struct {
	io.Writer
	kept *budget.Request
}

// Write writes on if that may be kept.
func (w *keptWriter) Write(p []byte) (int, error) {
	if err := w.kept.Keep(query.Shown(p)); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

// LoadState replaces the chain by that of a state file. After an error everything is as it was.
func (a *devAPI) LoadState(ctx context.Context, state hexutil.Bytes) (bool, error) {
	defer debug.FreeOSMemory() // most of what was read is of no use any more
	err := a.q.miner.Load(ctx, bytes.NewReader(state), budget.StateBytes)
	if errors.Is(err, chain.ErrStateFile) {
		err = query.InvalidArgument(0, err)
	}
	return done(err)
}

// hardhatAPI is hardhat: the common methods, some of them stricter.
type hardhatAPI struct{ devAPI }

// SetNonce refuses to lower a nonce, or to change it under waiting transactions.
func (a *hardhatAPI) SetNonce(address common.Address, nonce number) (bool, error) {
	db, _, err := a.q.StateAt(query.Latest)
	if err != nil {
		return false, err
	}
	switch now := db.GetNonce(address); {
	case uint64(nonce) < now:
		return false, query.InvalidArgument(1, fmt.Errorf("%w (%d < %d)", errLowerNonce, nonce, now))
	case a.q.Pool.Nonce(address) != now:
		return false, errNonceWaits
	}
	return a.devAPI.SetNonce(address, nonce)
}

// SetStorageAt wants a value of 32 bytes.
func (a *hardhatAPI) SetStorageAt(address common.Address, slot word, value common.Hash) (bool, error) {
	return a.devAPI.SetStorageAt(address, slot, word(value))
}

// DropTransaction takes a waiting transaction back, and says whether there was one.
func (a *hardhatAPI) DropTransaction(hash common.Hash) (bool, error) {
	if _, _, mined := a.q.Chain.Transaction(hash); mined {
		return false, query.InvalidArgument(0, errAlreadyDone)
	}
	return a.drop(hash), nil
}

// anvilAPI is anvil: the common methods, those of evm, and its own.
type anvilAPI struct {
	devAPI
	clockAPI
}

// DropTransaction takes a waiting transaction back and returns its hash, null if there was none.
func (a *anvilAPI) DropTransaction(hash common.Hash) *common.Hash {
	if !a.drop(hash) {
		return nil
	}
	return &hash
}

// DropAllTransactions takes all waiting transactions back.
func (a *anvilAPI) DropAllTransactions() bool {
	a.devAPI.q.Pool.Clear()
	return true
}

// RemovePoolTransactions takes back what waits of one sender.
func (a *anvilAPI) RemovePoolTransactions(address common.Address) bool {
	a.devAPI.q.Pool.RemoveSender(address)
	return true
}

// Mine makes blocks, one if left out. An interval in seconds comes before every block, the first too; without one the
// blocks are a second apart.
func (a *anvilAPI) Mine(ctx context.Context, n *blocks, interval *seconds) (bool, error) {
	if interval == nil {
		return a.devAPI.Mine(ctx, n, nil)
	}
	return done(a.devAPI.q.miner.MineAfter(ctx, n.count(), uint64(*interval)))
}

// nodeInfoJSON says how blocks are made.
type nodeInfoJSON struct {
	CurrentBlockNumber    hexutil.Uint64 `json:"currentBlockNumber"`
	CurrentBlockTimestamp uint64         `json:"currentBlockTimestamp"`
	CurrentBlockHash      common.Hash    `json:"currentBlockHash"`
	HardFork              string         `json:"hardFork"`
	Schedule              string         `json:"schedule"` // Hestia's own: the prices
	TransactionOrder      string         `json:"transactionOrder"`
	Environment           environment    `json:"environment"`
	ForkConfig            struct{}       `json:"forkConfig"`
}

// environment is what the next block will be made with: fees in wei a gas.
type environment struct {
	BaseFee  *hexutil.Big   `json:"baseFee"`
	ChainID  uint64         `json:"chainId"`
	GasLimit hexutil.Uint64 `json:"gasLimit"`
	GasPrice *hexutil.Big   `json:"gasPrice"`
}

// NodeInfo returns the head of the chain and what the next block will be made with.
func (a *anvilAPI) NodeInfo() *nodeInfoJSON {
	s := a.devAPI.q
	head, next := s.Chain.Head(), s.Driver.PendingHeader()
	return &nodeInfoJSON{
		CurrentBlockNumber: hexutil.Uint64(head.Number.Uint64()), CurrentBlockTimestamp: head.Time,
		CurrentBlockHash: head.Hash(),
		HardFork:         transition.HardForkAt(s.Chain.ChainConfig(), head), Schedule: s.Chain.Schedule(head).Name,
		TransactionOrder: "fees",
		Environment: environment{
			(*hexutil.Big)(next.BaseFee), s.Chain.ChainConfig().ChainID.Uint64(), hexutil.Uint64(next.GasLimit),
			(*hexutil.Big)(next.BaseFee),
		},
	}
}
