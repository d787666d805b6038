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
)

// MaxFile bounds a test file, in bytes.
const MaxFile = 64 << 20

// The errors about test files of any format.
var (
	ErrNoTests   = errors.New("no state test found")
	ErrMalformed = errors.New("malformed test")
	ErrNetwork   = errors.New("no rules for this network")
)

// Network returns the rules and the gas schedule of a test's network, by the name that geth's tests give it. Tests with
// wasm code run under a schedule that has it: that of the published Ewasm tests for Byzantium, and the default one from
// Berlin on. All others run under Ethereum's. It returns false for other names.
func Network(name string, wasm bool) (*params.ChainConfig, *gas.Schedule, bool) {
	config, err := Config(name)
	if err != nil {
		return nil, nil, false
	}
	config.ChainID = big.NewInt(1)
	zero := new(big.Int)
	switch {
	case !wasm:
		return config, gas.Ethereum(), true
	case config.IsBerlin(zero):
		return config, gas.Default(), true
	case config.IsByzantium(zero) && !config.IsConstantinople(zero):
		return config, gas.Byzantium(), true
	}
	return nil, nil, false
}

// BlockHash returns the hash of an earlier block in a test, which has none: by Ethereum's convention, the keccak256 of
// its number in decimal.
func BlockHash(number uint64) common.Hash {
	return crypto.Keccak256Hash([]byte(strconv.FormatUint(number, 10)))
}
