package t8n

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/consensus/ethash"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// The bounds of an environment's numbers, so that the arithmetic on them ends and does not overflow.
const (
	maxNumber     = 1 << 62
	maxExcessBlob = 1 << 28 // gas; at this value the price of blobs has more than 60 digits
	maxWork       = 1 << 27 // a number; difficulty doubles every 100,000 blocks
)

// Env is the block that holds the transactions, in the format of env.json. A field that follows from the parent block
// can be left out if the parent's fields are given.
type Env struct {
	Coinbase            *common.UnprefixedAddress           `json:"currentCoinbase"`
	Difficulty          *math.HexOrDecimal256               `json:"currentDifficulty"`
	Random              *math.HexOrDecimal256               `json:"currentRandom"`
	GasLimit            *math.HexOrDecimal64                `json:"currentGasLimit"`
	Number              *math.HexOrDecimal64                `json:"currentNumber"`
	Time                *math.HexOrDecimal64                `json:"currentTimestamp"`
	BaseFee             *math.HexOrDecimal256               `json:"currentBaseFee"`
	ExcessBlobGas       *math.HexOrDecimal64                `json:"currentExcessBlobGas"`
	ParentDifficulty    *math.HexOrDecimal256               `json:"parentDifficulty"`
	ParentBaseFee       *math.HexOrDecimal256               `json:"parentBaseFee"`
	ParentGasUsed       math.HexOrDecimal64                 `json:"parentGasUsed"`
	ParentGasLimit      math.HexOrDecimal64                 `json:"parentGasLimit"`
	ParentTime          math.HexOrDecimal64                 `json:"parentTimestamp"`
	ParentUncleHash     common.Hash                         `json:"parentUncleHash"`
	ParentExcessBlobGas *math.HexOrDecimal64                `json:"parentExcessBlobGas"`
	ParentBlobGasUsed   *math.HexOrDecimal64                `json:"parentBlobGasUsed"`
	ParentBeaconRoot    *common.Hash                        `json:"parentBeaconBlockRoot"`
	BlockHashes         map[math.HexOrDecimal64]common.Hash `json:"blockHashes"`
	Ommers              []Ommer                             `json:"ommers"`
	Withdrawals         []*types.Withdrawal                 `json:"withdrawals"`
}

// Ommer is an uncle block to be rewarded. It is Delta blocks older than this one, from 1 to 8.
type Ommer struct {
	Delta   uint64         `json:"delta"`
	Address common.Address `json:"address"`
}

// check refuses an environment that lacks a field the rules need, or that has a number out of bounds.
func (e *Env) check(config *params.ChainConfig) error {
	switch {
	case e.Coinbase == nil:
		return wrong(ErrInput, "env: currentCoinbase is missing")
	case e.GasLimit == nil:
		return wrong(ErrInput, "env: currentGasLimit is missing")
	case e.Number == nil:
		return wrong(ErrInput, "env: currentNumber is missing")
	case e.Time == nil:
		return wrong(ErrInput, "env: currentTimestamp is missing")
	case *e.Number > maxNumber:
		return wrong(ErrInput, "env: currentNumber is above %d", uint64(maxNumber))
	}
	for _, number := range []*math.HexOrDecimal256{
		e.Difficulty, e.Random, e.BaseFee, e.ParentDifficulty, e.ParentBaseFee,
	} {
		if number != nil && (*big.Int)(number).Sign() < 0 {
			return wrong(ErrInput, "env: %d is negative", (*big.Int)(number))
		}
	}
	for i, o := range e.Ommers {
		if o.Delta == 0 || o.Delta > 8 {
			return wrong(ErrInput, "env: ommers[%d].delta is %d, not between 1 and 8", i, o.Delta)
		}
	}
	for i, w := range e.Withdrawals {
		if w == nil {
			return wrong(ErrInput, "env: withdrawals[%d] is null", i)
		}
	}
	rules := config.Rules(e.number(), true, uint64(*e.Time))
	switch {
	case rules.IsShanghai && e.Withdrawals == nil:
		return wrong(ErrConfig, "env: the rules need withdrawals, if only an empty list")
	case rules.IsCancun && e.ParentBeaconRoot == nil:
		return wrong(ErrConfig, "env: the rules need parentBeaconBlockRoot")
	case merged(config) && e.Random == nil:
		return wrong(ErrConfig, "env: the rules need currentRandom")
	case merged(config) && e.Difficulty != nil && (*big.Int)(e.Difficulty).Sign() != 0:
		return wrong(ErrConfig, "env: currentDifficulty must be zero or left out under these rules")
	}
	return nil
}

func (e *Env) number() *big.Int { return new(big.Int).SetUint64(uint64(*e.Number)) }

// merged reports whether the rules are those after the merge.
func merged(config *params.ChainConfig) bool {
	return config.TerminalTotalDifficulty != nil && config.TerminalTotalDifficulty.Sign() == 0
}

// header returns the block's header as far as it is known before the transactions are executed.
func (e *Env) header(config *params.ChainConfig) (*types.Header, error) {
	if err := e.check(config); err != nil {
		return nil, err
	}
	h := &types.Header{
		Coinbase: common.Address(*e.Coinbase), Number: e.number(), Time: uint64(*e.Time), GasLimit: uint64(*e.GasLimit),
		Difficulty: new(big.Int),
	}
	var err error
	if merged(config) {
		h.MixDigest = common.BigToHash((*big.Int)(e.Random))
	} else if h.Difficulty, err = e.difficulty(config); err != nil {
		return nil, err
	} else {
		h.MixDigest = common.BigToHash(h.Difficulty) // contracts read the difficulty from here
	}
	if config.IsLondon(h.Number) || e.BaseFee != nil { // like geth, keep a given base fee under any rules
		if h.BaseFee, err = e.baseFee(config); err != nil {
			return nil, err
		}
	}
	if config.IsCancun(h.Number, h.Time) {
		h.ParentBeaconRoot = e.ParentBeaconRoot
		h.ExcessBlobGas, err = e.excessBlobGas(config)
	}
	if *e.Number > 0 {
		h.ParentHash = e.BlockHashes[*e.Number-1]
	}
	return h, err
}

// difficulty returns the difficulty given, or the one computed from the parent.
func (e *Env) difficulty(config *params.ChainConfig) (*big.Int, error) {
	switch {
	case e.Difficulty != nil:
		return new(big.Int).Set((*big.Int)(e.Difficulty)), nil
	case e.ParentDifficulty == nil || *e.Number == 0:
		return nil, wrong(ErrConfig, "env: needs currentDifficulty, or parentDifficulty and a number above 0")
	case *e.Number > maxWork:
		return nil, wrong(ErrConfig, "env: needs currentDifficulty: currentNumber is above %d", maxWork)
	case *e.Time <= e.ParentTime:
		return nil, wrong(ErrConfig, "env: currentTimestamp %d is not after parentTimestamp %d", *e.Time, e.ParentTime)
	}
	parent := &types.Header{
		UncleHash: e.ParentUncleHash, Difficulty: (*big.Int)(e.ParentDifficulty),
		Number: new(big.Int).Sub(e.number(), common.Big1), Time: uint64(e.ParentTime),
	}
	if parent.UncleHash == (common.Hash{}) {
		parent.UncleHash = types.EmptyUncleHash
	}
	return ethash.CalcDifficulty(config, uint64(*e.Time), parent), nil
}

// baseFee returns the base fee given, or the one computed from the parent, in wei a gas.
func (e *Env) baseFee(config *params.ChainConfig) (*big.Int, error) {
	switch {
	case e.BaseFee != nil:
		return (*big.Int)(e.BaseFee), nil
	case e.ParentBaseFee == nil || *e.Number == 0:
		return nil, wrong(ErrConfig, "env: needs currentBaseFee, or parentBaseFee and a number above 0")
	case e.ParentGasUsed > e.ParentGasLimit,
		e.ParentGasUsed > 0 && uint64(e.ParentGasLimit) < config.ElasticityMultiplier():
		return nil, wrong(
			ErrConfig, "env: parentGasUsed %d is more than parentGasLimit %d allows", e.ParentGasUsed, e.ParentGasLimit,
		)
	}
	return eip1559.CalcBaseFee(config, &types.Header{
		Number: new(big.Int).Sub(e.number(), common.Big1), BaseFee: (*big.Int)(e.ParentBaseFee),
		GasUsed: uint64(e.ParentGasUsed), GasLimit: uint64(e.ParentGasLimit),
	}), nil
}

// excessBlobGas returns the excess blob gas given, or the one computed from the parent; nil if neither is given.
func (e *Env) excessBlobGas(config *params.ChainConfig) (*uint64, error) {
	excess := (*uint64)(e.ExcessBlobGas)
	if excess == nil && e.ParentExcessBlobGas != nil && e.ParentBlobGasUsed != nil {
		if *e.ParentExcessBlobGas > maxExcessBlob || *e.ParentBlobGasUsed > maxExcessBlob {
			return nil, wrong(ErrConfig, "env: parentExcessBlobGas or parentBlobGasUsed is above %d", maxExcessBlob)
		}
		parent := &types.Header{
			Number: new(big.Int), Time: uint64(e.ParentTime), BaseFee: (*big.Int)(e.ParentBaseFee),
			ExcessBlobGas: (*uint64)(e.ParentExcessBlobGas), BlobGasUsed: (*uint64)(e.ParentBlobGasUsed),
		}
		if parent.BaseFee == nil {
			parent.BaseFee = new(big.Int)
		}
		next := eip4844.CalcExcessBlobGas(config, parent, uint64(*e.Time))
		excess = &next
	}
	if excess != nil && *excess > maxExcessBlob {
		return nil, fmt.Errorf("%w: env: currentExcessBlobGas is above %d", ErrConfig, maxExcessBlob)
	}
	return excess, nil
}
