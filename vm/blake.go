package vm

import (
	"encoding/binary"
	"errors"
	"math/bits"

	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/frame"
)

// BLAKE2F does as many rounds as its input says, up to 2^32-1, in one call of assembly that the runtime cannot stop:
// all threads wait for it at the next collection of garbage. Many rounds are done here, a piece at a time.

// How the input of BLAKE2F is laid out (https://eips.ethereum.org/EIPS/eip-152), and when its rounds are done here.
const (
	blakeName   = "BLAKE2F"
	blakeInput  = 213
	blakeRounds = 100_000 // at most in one piece, a millisecond
)

// patientBlake is BLAKE2F that looks whether its request still stands.
type patientBlake struct {
	gethvm.PrecompiledContract
	interrupt *frame.Interrupt
}

// patient returns a precompile that can be interrupted if it may run long.
func (m *Machine) patient(p gethvm.PrecompiledContract, input []byte) gethvm.PrecompiledContract {
	if len(input) != blakeInput || binary.BigEndian.Uint32(input) <= blakeRounds || p.Name() != blakeName {
		return p
	}
	return &patientBlake{p, m.Interrupt}
}

// Run returns the state after all rounds, or frame.ErrInterrupted.
func (b *patientBlake) Run(input []byte) ([]byte, error) {
	last := input[blakeInput-1]
	if last > 1 {
		return b.PrecompiledContract.Run(input) // which says what is wrong
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(input[4+8*i:]) }
	var v, m [16]uint64
	for i := range 8 {
		v[i], v[8+i] = word(i), blakeStart[i]
	}
	for i := range m {
		m[i] = word(8 + i)
	}
	v[12] ^= word(24)
	v[13] ^= word(25)
	if last == 1 {
		v[14] = ^v[14]
	}
	for round, all := uint32(0), binary.BigEndian.Uint32(input); round < all; round++ {
		if round%blakeRounds == 0 && b.interrupt.Due() {
			return nil, frame.ErrInterrupted
		}
		blakeRound(&v, &m, &blakeOrder[round%10])
	}
	output := make([]byte, 0, 64)
	for i := range 8 {
		output = binary.LittleEndian.AppendUint64(output, word(i)^v[i]^v[8+i])
	}
	return output, nil
}

// blakeRound mixes the message into the columns and then the diagonals of the state.
func blakeRound(v, m *[16]uint64, order *[16]byte) {
	blakeMix(v, 0, 4, 8, 12, m[order[0]], m[order[1]])
	blakeMix(v, 1, 5, 9, 13, m[order[2]], m[order[3]])
	blakeMix(v, 2, 6, 10, 14, m[order[4]], m[order[5]])
	blakeMix(v, 3, 7, 11, 15, m[order[6]], m[order[7]])
	blakeMix(v, 0, 5, 10, 15, m[order[8]], m[order[9]])
	blakeMix(v, 1, 6, 11, 12, m[order[10]], m[order[11]])
	blakeMix(v, 2, 7, 8, 13, m[order[12]], m[order[13]])
	blakeMix(v, 3, 4, 9, 14, m[order[14]], m[order[15]])
}

// blakeMix is the function G (https://www.rfc-editor.org/rfc/rfc7693#section-3.1).
func blakeMix(v *[16]uint64, a, b, c, d int, x, y uint64) {
	a, b, c, d = a&15, b&15, c&15, d&15 // which the compiler then need not check
	v[a] += v[b] + x
	v[d] = bits.RotateLeft64(v[d]^v[a], -32)
	v[c] += v[d]
	v[b] = bits.RotateLeft64(v[b]^v[c], -24)
	v[a] += v[b] + y
	v[d] = bits.RotateLeft64(v[d]^v[a], -16)
	v[c] += v[d]
	v[b] = bits.RotateLeft64(v[b]^v[c], -63)
}

// blakeStart is the initial state of BLAKE2b.
var blakeStart = [8]uint64{
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
}

// blakeOrder is the order of the message's words in each of ten rounds.
var blakeOrder = [10][16]byte{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	{14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
	{11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
	{7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
	{9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
	{2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
	{12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
	{13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
	{6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
	{10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}

// interrupted is the end of a frame whose precompile was interrupted, false for any other error.
func interrupted(err error) (frame.Result, bool) {
	if !errors.Is(err, frame.ErrInterrupted) {
		return frame.Result{}, false
	}
	return frame.Result{End: frame.Fault, Cause: &frame.FaultError{Err: err}}, true
}
