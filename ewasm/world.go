package ewasm

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// The functions with which a contract reads other accounts and its block.

// access charges the first access of an account in this transaction as cold, every later one as warm.
func (c *Context) access(account common.Address) error {
	price := c.Schedule.State.AccountWarm
	if !c.State.AddressInAccessList(account) {
		c.State.AddAddressToAccessList(account)
		price = c.Schedule.State.AccountCold
	}
	return c.Gas.Charge(price)
}

// accessAt reads the address at pointer and pays for accessing its account.
func (c *Context) accessAt(pointer uint64) (common.Address, error) {
	account, err := c.address(pointer)
	if err == nil {
		err = c.access(account)
	}
	return account, err
}

// getExternalBalance charges for the access of the account.
func getExternalBalance(c *Context, a Args) (uint64, error) {
	account, err := c.accessAt(a[0])
	if err != nil {
		return 0, err
	}
	c.paid()
	return c.storeAmount(a[1], c.State.GetBalance(account))
}

// getExternalCodeSize is 0 for an account without code and for no account alike.
func getExternalCodeSize(c *Context, a Args) (uint64, error) {
	account, err := c.accessAt(a[0])
	if err != nil {
		return 0, err
	}
	c.paid()
	return uint64(c.State.GetCodeSize(account)), nil
}

// externalCodeCopy charges for the access first, then by the word.
func externalCodeCopy(c *Context, a Args) (uint64, error) {
	account, err := c.accessAt(a[0])
	if err == nil {
		err = c.chargeWords(c.Schedule.Host[gas.ExternalCodeCopy].Word, a[3])
	}
	if err != nil {
		return 0, err
	}
	c.paid()
	return c.copyFrom(c.State.GetCode(account), a[1], a[2], a[3])
}

// getExternalCodeHash writes zeros for a dead account, and the hash of no code for one that only has none (EIP-1052).
func getExternalCodeHash(c *Context, a Args) (uint64, error) {
	account, err := c.accessAt(a[0])
	if err != nil {
		return 0, err
	}
	c.paid()
	hash := common.Hash{}
	if !c.State.Empty(account) {
		hash = c.State.GetCodeHash(account)
	}
	return c.store(a[1], hash[:])
}

// getSelfBalance does not charge for access: the account that runs is warm.
func getSelfBalance(c *Context, a Args) (uint64, error) {
	return c.storeAmount(a[0], c.State.GetBalance(c.Self))
}

// getBlockHash answers 0 and writes the hash of one of the last 256 blocks, or answers 1. It checks the result's
// window in both cases.
func getBlockHash(c *Context, a Args) (uint64, error) {
	window, err := c.bytes(a[1], common.HashLength)
	if err != nil {
		return 0, err
	}
	number := a[0]
	if number >= c.Block.Number || c.Block.Number-number > 256 {
		return 1, nil
	}
	hash := c.Block.Hash(number)
	copy(window, hash[:])
	return 0, nil
}

func getBlockCoinbase(c *Context) []byte { return c.Block.Coinbase[:] }

// getBlockDifficulty is a u256, the one number of 32 bytes in the published interface: little-endian.
func getBlockDifficulty(c *Context) []byte {
	little := c.Block.Difficulty
	slices.Reverse(little[:])
	return little[:]
}

func getBlockGasLimit(c *Context) uint64 { return c.Block.GasLimit }

func getBlockNumber(c *Context) uint64 { return c.Block.Number }

func getBlockTimestamp(c *Context) uint64 { return c.Block.Time }

func getChainID(c *Context) uint64 { return c.Block.ChainID }

func getBaseFee(c *Context) *uint256.Int { return &c.Block.BaseFee }

func getBlobBaseFee(c *Context) *uint256.Int { return &c.Block.BlobBaseFee }

// getPrevRandao is what getBlockDifficulty is, as the bytes of a hash: not swapped.
func getPrevRandao(c *Context) []byte { return c.Block.Difficulty[:] }

// getBlobHash answers 0 and writes the hash, or answers 1. It checks the result's window in both cases.
func getBlobHash(c *Context, a Args) (uint64, error) {
	window, err := c.bytes(a[1], common.HashLength)
	if err != nil {
		return 0, err
	}
	index := uint64(uint32(a[0]))
	if index >= uint64(len(c.Tx.BlobHashes)) {
		return 1, nil
	}
	copy(window, c.Tx.BlobHashes[index][:])
	return 0, nil
}
