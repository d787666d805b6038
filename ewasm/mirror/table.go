package mirror

import (
	"encoding/binary"

	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// function is how a module with a mirror gets at a host function.
type function struct {
	row *ewasm.Function

	words int  // of the view that it reads
	bytes bool // whether it reads the window's calldata or return data
	fill  func(c *ewasm.Context, to []uint64)
	write func(*writer)
	rest  func(*writer) // of a second function, called by the first instead of the host; nil for none
	leaf  leaf          // how its import is changed
}

// written are the functions whose bodies are written by hand. Those that answer with a constant of the frame follow
// from their rows, and all others are lent what they need. codeCopy is not here: contracts read their code once if
// ever, in constructors.
var written = [gas.Operations]function{
	gas.UseGas:            {write: useGas},
	gas.GetGasLeft:        {write: getGasLeft},
	gas.CallDataCopy:      copying(callDataHeld, callDataAt),
	gas.GetReturnDataSize: {bytes: true, write: getReturnDataSize},
	gas.ReturnDataCopy:    copying(returnHeld, returnAt),
	gas.Finish:            {write: end},
	gas.Revert:            {write: end},
	gas.Keccak256:         {write: keccak256},
	gas.BignumAdd:         {write: compute},
	gas.BignumSub:         {write: compute},
	gas.BignumMul:         {write: compute},
	gas.BignumDiv:         {write: compute},
	gas.BignumMod:         {write: compute},
	gas.BignumAddMod:      {write: compute},
	gas.BignumMulMod:      {write: compute},
	gas.BignumExp:         {write: power},
}

// functions has every function of the interface.
var functions = func() (all [gas.Operations]function) {
	for i, row := range ewasm.Functions() {
		all[i] = functionOf(row)
	}
	return all
}()

func functionOf(row *ewasm.Function) function {
	f := written[row.Number]
	switch k := &row.Constant; {
	case f.write != nil && row.Computes:
		f.leaf = computes
	case f.write != nil && row.Ends != ewasm.Returns:
		f.leaf = ends
	case f.write != nil:
	case k.Bytes != nil:
		f = bytesAt(row.Operands[0].Width, k.Bytes)
	case k.Amount != nil:
		f = amount(k.Amount)
	case k.Number != nil:
		f = number(row.Results[0], k.Number)
	default:
		f.leaf = lends
	}
	f.row = row
	return f
}

func bytesAt(width int, of func(*ewasm.Context) []byte) function {
	return function{words: (width + 7) / 8, write: bytesOf(width), fill: func(c *ewasm.Context, to []uint64) {
		put(to, of(c))
	}}
}

// amount has a third word, which is zero if the amount fits a u128. If not, the host function traps.
func amount(of func(*ewasm.Context) *uint256.Int) function {
	return function{words: 3, write: amountOf, fill: func(c *ewasm.Context, to []uint64) {
		n := of(c)
		to[0], to[1], to[2] = n[0], n[1], n[2]|n[3]
	}}
}

func number(t wasm.ValueType, of func(*ewasm.Context) uint64) function {
	f := function{words: 1, write: numberOf, fill: func(c *ewasm.Context, to []uint64) { to[0] = of(c) }}
	if t == wasm.I32 {
		f.write = sizeOf
	}
	return f
}

// copying is in two functions: the first makes no call but its last, so that the compiler saves no registers in it.
func copying(held, at uint64) function {
	return function{bytes: true, write: shortCopy(held, at), rest: anyCopy(held, at)}
}

// put spreads bytes over words, so that storing the words stores the bytes.
func put(to []uint64, data []byte) {
	var whole [32]byte
	copy(whole[:], data)
	for i := range to {
		to[i] = binary.LittleEndian.Uint64(whole[8*i:])
	}
}
