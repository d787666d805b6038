package mirror

import (
	"encoding/binary"
	"slices"

	"github.com/holiman/uint256"

	"hestia/ewasm"
)

// function is a host function that the mirror replaces.
type function struct {
	module, name string

	words int // of the context that it reads
	bytes bool
	fill  func(c *ewasm.Context, to []uint64)
	write func(*writer)
	rest  func(*writer) // of a second function, to which the first goes before the host; nil for none
	leaf  leaf          // an engine does its work: its import is changed for that of Leaves or Ends
}

// functions are all that the mirror replaces. codeCopy is not here: contracts read their code once if ever, in constructors.
var functions = []function{
	{module: "ethereum", name: "useGas", write: useGas},
	{module: "ethereum", name: "getGasLeft", write: getGasLeft},
	address("getAddress", func(c *ewasm.Context) []byte { return c.Self[:] }),
	address("getCaller", func(c *ewasm.Context) []byte { return c.Caller[:] }),
	address("getTxOrigin", func(c *ewasm.Context) []byte { return c.Tx.Origin[:] }),
	address("getBlockCoinbase", func(c *ewasm.Context) []byte { return c.Block.Coinbase[:] }),
	amount("getCallValue", func(c *ewasm.Context) *uint256.Int { return c.Value }),
	amount("getTxGasPrice", func(c *ewasm.Context) *uint256.Int { return c.Tx.GasPrice }),
	amount("getBaseFee", func(c *ewasm.Context) *uint256.Int { return &c.Block.BaseFee }),
	amount("getBlobBaseFee", func(c *ewasm.Context) *uint256.Int { return &c.Block.BlobBaseFee }),
	{module: "ethereum", name: "getBlockDifficulty", words: 4, write: bytesOf(32), fill: func(c *ewasm.Context, to []uint64) {
		little := c.Block.Difficulty
		slices.Reverse(little[:])
		put(to, little[:])
	}},
	{module: "ethereum", name: "getPrevRandao", words: 4, write: bytesOf(32), fill: func(c *ewasm.Context, to []uint64) { put(to, c.Block.Difficulty[:]) }},
	size("getCallDataSize", func(c *ewasm.Context) uint64 { return uint64(len(c.Input)) }),
	size("getCodeSize", func(c *ewasm.Context) uint64 { return uint64(len(c.Code)) }),
	number("getBlockGasLimit", func(c *ewasm.Context) uint64 { return c.Block.GasLimit }),
	number("getBlockNumber", func(c *ewasm.Context) uint64 { return c.Block.Number }),
	number("getBlockTimestamp", func(c *ewasm.Context) uint64 { return c.Block.Time }),
	number("getChainId", func(c *ewasm.Context) uint64 { return c.Block.ChainID }),
	copying("callDataCopy", callDataHeld, callDataAt),
	{module: "ethereum", name: "getReturnDataSize", bytes: true, write: getReturnDataSize},
	copying("returnDataCopy", returnHeld, returnAt),
	{module: "ethereum", name: "finish", leaf: ends, write: end},
	{module: "ethereum", name: "revert", leaf: ends, write: end},
	{module: "ethereum", name: "keccak256", leaf: computes, write: keccak256},
	compute("add", 2),
	compute("sub", 2),
	compute("mul", 2),
	compute("div", 2),
	compute("mod", 2),
	compute("addmod", 3),
	compute("mulmod", 3),
	{module: "bignum", name: "exp", leaf: computes, write: power},
}

func address(name string, of func(*ewasm.Context) []byte) function {
	return function{module: "ethereum", name: name, words: 3, write: bytesOf(20), fill: func(c *ewasm.Context, to []uint64) { put(to, of(c)) }}
}

// amount has a third word, zero where the amount fits a u128: the host function traps where it does not.
func amount(name string, of func(*ewasm.Context) *uint256.Int) function {
	return function{module: "ethereum", name: name, words: 3, write: amountOf, fill: func(c *ewasm.Context, to []uint64) {
		n := of(c)
		to[0], to[1], to[2] = n[0], n[1], n[2]|n[3]
	}}
}

func number(name string, of func(*ewasm.Context) uint64) function {
	return function{module: "ethereum", name: name, words: 1, write: numberOf, fill: func(c *ewasm.Context, to []uint64) { to[0] = of(c) }}
}

// size is a number that the contract gets as an i32.
func size(name string, of func(*ewasm.Context) uint64) function {
	f := number(name, of)
	f.write = sizeOf
	return f
}

// copying is in two functions, so that the first makes no call besides its last and has no registers to save.
func copying(name string, held, at uint64) function {
	return function{module: "ethereum", name: name, bytes: true, write: shortCopy(held, at), rest: anyCopy(held, at)}
}

// put spreads bytes over words, so that storing the words stores the bytes.
func put(to []uint64, data []byte) {
	var whole [32]byte
	copy(whole[:], data)
	for i := range to {
		to[i] = binary.LittleEndian.Uint64(whole[8*i:])
	}
}
