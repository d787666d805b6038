package ewasm

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
)

// Module bignum: arithmetic on 256-bit numbers, and the hash that belongs to them. A number is 32 bytes, big-endian,
// as in calldata, storage, topics and hashes: no contract need swap bytes. Division by zero gives zero, as in the
// EVM.

func bignumAdd(c *Context, a Args) (uint64, error) { return c.combine(a, (*uint256.Int).Add) }

func bignumSub(c *Context, a Args) (uint64, error) { return c.combine(a, (*uint256.Int).Sub) }

func bignumMul(c *Context, a Args) (uint64, error) { return c.combine(a, (*uint256.Int).Mul) }

func bignumDiv(c *Context, a Args) (uint64, error) { return c.combine(a, (*uint256.Int).Div) }

func bignumMod(c *Context, a Args) (uint64, error) { return c.combine(a, (*uint256.Int).Mod) }

func bignumAddMod(c *Context, a Args) (uint64, error) { return c.reduce(a, (*uint256.Int).AddMod) }

func bignumMulMod(c *Context, a Args) (uint64, error) { return c.reduce(a, (*uint256.Int).MulMod) }

// bignumExp charges for each byte of the exponent, because each one is work.
func bignumExp(c *Context, a Args) (uint64, error) {
	if err := c.numbers(a[:2]); err != nil {
		return 0, err
	}
	exponent := &c.operands[1]
	if err := c.Gas.Charge(c.Schedule.Host[gas.BignumExp].Byte * uint64(exponent.ByteLen())); err != nil {
		return 0, err
	}
	return c.combine(a, (*uint256.Int).Exp)
}

// combine writes the result of an operation on two numbers.
func (c *Context) combine(a Args, do func(z, x, y *uint256.Int) *uint256.Int) (uint64, error) {
	if err := c.numbers(a[:2]); err != nil {
		return 0, err
	}
	n := &c.operands
	return c.storeNumber(a[2], do(&n[0], &n[0], &n[1]))
}

// reduce writes the result of an operation on two numbers and a modulus.
func (c *Context) reduce(a Args, do func(z, x, y, m *uint256.Int) *uint256.Int) (uint64, error) {
	if err := c.numbers(a[:3]); err != nil {
		return 0, err
	}
	n := &c.operands
	return c.storeNumber(a[3], do(&n[0], &n[0], &n[1], &n[2]))
}

// numbers reads operands into the context, so that they are not allocated.
func (c *Context) numbers(pointers Args) error {
	for i, pointer := range pointers {
		window, err := c.bytes(pointer, 32)
		if err != nil {
			return err
		}
		c.operands[i].SetBytes32(window)
	}
	return nil
}

// storeNumber writes a number, big-endian.
func (c *Context) storeNumber(pointer uint64, n *uint256.Int) (uint64, error) {
	window, err := c.bytes(pointer, 32)
	if err == nil {
		n.PutUint256(window)
	}
	return 0, err
}

// keccak256 hashes in parts, so that it can be interrupted.
func keccak256(c *Context, a Args) (uint64, error) {
	if err := c.chargeWords(c.Schedule.Host[gas.Keccak256].Word, a[1]); err != nil {
		return 0, err
	}
	window, err := c.bytes(a[0], a[1])
	if err != nil {
		return 0, err
	}
	c.paid()
	var hash common.Hash
	state := crypto.NewKeccakState()
	for part := range slices.Chunk(window, hashedAtOnce) {
		if c.Interrupt.Due() {
			return 0, &frame.FaultError{Err: frame.ErrInterrupted}
		}
		state.Write(part)
	}
	state.Read(hash[:])
	return c.store(a[2], hash[:])
}

// hashedAtOnce is how many bytes are hashed between two looks at the interrupt.
const hashedAtOnce = 1 << 20
