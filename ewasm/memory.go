package ewasm

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// bytes returns the window of linear memory at pointer, without a copy. Pointer and length are the low 32 bits of
// operands.
func (c *Context) bytes(pointer, length uint64) ([]byte, error) {
	from, to := uint64(uint32(pointer)), uint64(uint32(pointer))+uint64(uint32(length))
	if to > uint64(len(c.Memory)) {
		return nil, ErrMemory
	}
	return c.Memory[from:to:to], nil
}

// copyOf returns a copy of the window of linear memory at pointer. The contract cannot change it afterwards.
func (c *Context) copyOf(pointer, length uint64) ([]byte, error) {
	window, err := c.bytes(pointer, length)
	if err != nil {
		return nil, err
	}
	return append(make([]byte, 0, len(window)), window...), nil
}

// store writes data to the window at pointer.
func (c *Context) store(pointer uint64, data []byte) (uint64, error) {
	window, err := c.bytes(pointer, uint64(len(data)))
	if err == nil {
		copy(window, data)
	}
	return 0, err
}

// address reads 20 bytes.
func (c *Context) address(pointer uint64) (common.Address, error) {
	window, err := c.bytes(pointer, common.AddressLength)
	if err != nil {
		return common.Address{}, err
	}
	return common.Address(window), nil
}

// hash reads 32 bytes.
func (c *Context) hash(pointer uint64) (common.Hash, error) {
	window, err := c.bytes(pointer, common.HashLength)
	if err != nil {
		return common.Hash{}, err
	}
	return common.Hash(window), nil
}

// amount reads a u128: 16 bytes, little-endian.
func (c *Context) amount(pointer uint64) (*uint256.Int, error) {
	window, err := c.bytes(pointer, 16)
	if err != nil {
		return nil, err
	}
	return &uint256.Int{binary.LittleEndian.Uint64(window), binary.LittleEndian.Uint64(window[8:])}, nil
}

// storeAmount writes a u128; a wider amount traps.
func (c *Context) storeAmount(pointer uint64, amount *uint256.Int) (uint64, error) {
	window, err := c.bytes(pointer, 16)
	if err != nil {
		return 0, err
	}
	if isWide(amount) {
		return 0, ErrWide
	}
	binary.LittleEndian.PutUint64(window, amount[0])
	binary.LittleEndian.PutUint64(window[8:], amount[1])
	return 0, nil
}

// isWide reports whether an amount has more than 128 bits.
func isWide(amount *uint256.Int) bool { return amount[2]|amount[3] != 0 }

// copyFrom copies length bytes out of source at offset. Reading past its end traps; the EVM would fill with zeros.
func (c *Context) copyFrom(source []byte, pointer, offset, length uint64) (uint64, error) {
	from, to := uint64(uint32(offset)), uint64(uint32(offset))+uint64(uint32(length))
	window, err := c.bytes(pointer, length)
	if err != nil {
		return 0, err
	}
	if to > uint64(len(source)) {
		return 0, ErrSource
	}
	copy(window, source[from:to])
	return 0, nil
}

// chargeWords charges price for every 32 bytes of length, rounded up.
func (c *Context) chargeWords(price, length uint64) error {
	return c.Gas.Charge(price * ((uint64(uint32(length)) + 31) / 32))
}
