package statetest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/replay"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
)

const (
	defaultBaseFee = 10      // wei a gas, by the convention of Ethereum's tests
	maxExcessBlob  = 1 << 28 // gas; at this value the price of blobs has more than 60 digits
)

// The errors of a test that is well-formed but fails.
var (
	errRoot     = errors.New("wrong state root")
	errLogs     = errors.New("wrong logs")
	errExpected = errors.New("accepted, but should be refused")
)

// run applies the transaction that p selects under the named network's rules, and compares the outcome with p.
func (t *test) run(engine vm.Engine, name string, p post) error {
	config, schedule, known := replay.Network(name, t.hasWasm())
	if !known {
		return fmt.Errorf("%w: %s", replay.ErrNetwork, name)
	}
	store, err := state.Open("", state.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	db, err := store.Begin(t.Pre)
	if err != nil {
		return fmt.Errorf("%w: pre: %w", replay.ErrMalformed, err)
	}
	header, err := t.Env.header(config)
	if err != nil {
		return err
	}
	tr := transition.New(transition.Environment{
		Engine: engine, State: db, Config: config, Schedule: schedule, Header: header, Hash: replay.BlockHash,
	})
	refused, err := t.apply(tr, db, &block{header, config}, p)
	if err != nil {
		return err
	}
	logs := hashLogs(db)
	// The mining reward is zero in these tests, but paying it touches the coinbase.
	db.AddBalance(header.Coinbase, new(uint256.Int), tracing.BalanceIncreaseRewardMineBlock)
	root, err := store.Commit(db, tr.Rules(), header.Number.Uint64())
	switch {
	case err != nil:
		return err
	case root != p.Root:
		return fmt.Errorf("%w: have %s, want %s%s", errRoot, root, p.Root, refused)
	case logs != p.Logs:
		return fmt.Errorf("%w: have %s, want %s%s", errLogs, logs, p.Logs, refused)
	}
	return nil
}

// hasWasm reports whether any code of the test is wasm.
func (t *test) hasWasm() bool {
	for _, account := range t.Pre {
		if vm.IsWasm(account.Code) {
			return true
		}
	}
	return slices.ContainsFunc(t.Transaction.Data, func(data string) bool {
		decoded, err := hex.DecodeString(strings.TrimPrefix(data, "0x"))
		return err == nil && vm.IsWasm(decoded)
	})
}

// block is the block that holds a test's transaction.
type block struct {
	header *types.Header
	config *params.ChainConfig
}

// apply runs the transaction. If it is refused, apply returns the reason as text for a failure's message: older tests
// do not say that a transaction must be refused, only which root results.
func (t *test) apply(
	tr *transition.Transition, db *gstate.StateDB, b *block, p post,
) (refused string, err error) {
	msg, err := t.Transaction.message(p, b.header.BaseFee)
	if err == nil {
		err = b.accepts(msg, p)
	}
	if err == nil {
		snapshot := db.Snapshot()
		if _, err = tr.Apply(msg, core.NewGasPool(b.header.GasLimit)); err != nil {
			db.RevertToSnapshot(snapshot)
		}
	}
	switch {
	case err == nil && p.Exception != "":
		return "", fmt.Errorf("%w: %s", errExpected, p.Exception)
	case err == nil:
		return "", nil
	case frame.IsFault(err), errors.Is(err, replay.ErrMalformed) && p.Exception == "":
		return "", err
	}
	return fmt.Sprintf(" (refused: %v)", err), nil
}

// accepts makes the checks that precede the transition: of the blobs in the block, and of the signed transaction if the
// test has it.
func (b *block) accepts(msg *transition.Message, p post) error {
	if b.config.IsCancun(b.header.Number, b.header.Time) {
		if most := eip4844.MaxBlobsPerBlock(b.config, b.header.Time); len(msg.BlobHashes) > most {
			return fmt.Errorf("%d blobs are more than the %d of a block", len(msg.BlobHashes), most)
		}
	}
	if len(p.Signed) == 0 {
		return nil
	}
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(p.Signed); err != nil {
		return err
	}
	_, err := types.Sender(types.MakeSigner(b.config, b.header.Number, b.header.Time), tx)
	return err
}

// header returns the header of the test's block under config. The error wraps replay.ErrMalformed.
func (e *env) header(config *params.ChainConfig) (*types.Header, error) {
	h := &types.Header{
		Coinbase:   e.Coinbase,
		Difficulty: new(big.Int),
		GasLimit:   uint64(e.GasLimit),
		Number:     new(big.Int).SetUint64(uint64(e.Number)),
		Time:       uint64(e.Time),
	}
	if e.Difficulty != nil && config.TerminalTotalDifficulty == nil {
		h.Difficulty.Abs((*big.Int)(e.Difficulty))
	}
	if e.Random != nil {
		h.MixDigest = *e.Random
	}
	if config.IsLondon(h.Number) {
		h.BaseFee = big.NewInt(defaultBaseFee)
		if e.BaseFee != nil {
			h.BaseFee.Abs((*big.Int)(e.BaseFee))
		}
	}
	if config.IsCancun(h.Number, h.Time) {
		h.ExcessBlobGas = new(uint64)
		if e.ExcessBlobGas != nil {
			*h.ExcessBlobGas = uint64(*e.ExcessBlobGas)
		}
		if *h.ExcessBlobGas > maxExcessBlob {
			return nil, fmt.Errorf("%w: currentExcessBlobGas is above %d", replay.ErrMalformed, maxExcessBlob)
		}
	}
	return h, nil
}

// hashLogs returns the keccak256 of the RLP of all logs, in order.
func hashLogs(db *gstate.StateDB) common.Hash {
	logs := db.GetLogs(common.Hash{}, 0, common.Hash{}, 0)
	encoded, err := rlp.EncodeToBytes(logs)
	if err != nil {
		panic(err) // logs are plain data
	}
	return crypto.Keccak256Hash(encoded)
}
