// Package replay holds what the test formats in its sub-folders share: the rules and prices of a network by name, and
// the errors about test files.
//
// The sub-folders execute recorded or published transactions again and compare: statetest and conformance compare a
// state with a test, fixture compares a transaction with its record, and t8n is Ethereum's transition tool. None of
// them knows a chain of blocks.
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

// The errors about test files of any format.
var (
	ErrNoTests   = errors.New("no state test found")
	ErrMalformed = errors.New("malformed test")
	ErrNetwork   = errors.New("no rules for this network")
)

// Network returns the rules and the gas schedule of a network, by the name that Ethereum's tests give it: Byzantium or
// Osaka. It returns false for other names.
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

// BlockHash returns the hash of an earlier block in a test, which has none: by Ethereum's convention, the keccak256 of
// its number in decimal.
func BlockHash(number uint64) common.Hash {
	return crypto.Keccak256Hash([]byte(strconv.FormatUint(number, 10)))
}
