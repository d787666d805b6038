// Package replay holds what the formats of tests below it share: the rules and prices that a network's name stands for, and what
// is wrong with a test file.
//
// Its sub-folders execute recorded or published transactions again and compare: statetest and conformance hold a state to a
// test, fixture a transaction to its record, t8n answers Ethereum's transition tool. None of them knows a chain of blocks.
package replay

import (
	"errors"
	"math/big"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/gas"
	"hestia/transition"
)

// MaxFile bounds a test file, in bytes.
const MaxFile = 64 << 20

// What is wrong with tests of any format.
var (
	ErrNoTests   = errors.New("no state test found")
	ErrMalformed = errors.New("malformed test")
	ErrNetwork   = errors.New("no rules for this network")
)

// Network returns the rules and prices of a network's name, false if there are none.
func Network(name string) (*params.ChainConfig, *gas.Schedule, bool) {
	switch name {
	case "Byzantium":
		return &params.ChainConfig{
			ChainID: big.NewInt(1), HomesteadBlock: new(big.Int), EIP150Block: new(big.Int), EIP155Block: new(big.Int),
			EIP158Block: new(big.Int), ByzantiumBlock: new(big.Int),
		}, gas.Byzantium(), true
	case "Osaka":
		return transition.DefaultConfig(1), gas.Default(), true
	}
	return nil, nil, false
}

// BlockHash is the tests' convention: there are no earlier blocks.
func BlockHash(number uint64) common.Hash {
	return crypto.Keccak256Hash([]byte(strconv.FormatUint(number, 10)))
}
