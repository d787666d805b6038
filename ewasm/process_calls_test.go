package ewasm_test

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/internal/wasm"
)

var calls = flag.Int("calls", 60_000, "how many random calls of the functions of programs are made")

// programFrame is a frame of a program with two pages of memory.
func programFrame(t testing.TB, r *rand.Rand) *ewasm.Context {
	t.Helper()
	state, err := gstate.New(types.EmptyRootHash, gstate.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	c := &ewasm.Context{Frame: frame.Frame{
		Self: common.Address{1}, Value: new(uint256.Int), Input: make([]byte, 300), Gas: gas.NewTank(5_000_000),
		Schedule: gas.Default(), Tx: &frame.Transaction{}, State: state, PagesLeft: 100, Static: r.IntN(8) == 0,
		Block: &frame.Block{ChainID: 1, Number: 2, Time: r.Uint64() >> r.IntN(64)},
	}, Memory: make([]byte, 128<<10)}
	for i := range c.Memory[:8192] {
		c.Memory[i] = byte(r.Uint32()) >> r.IntN(8)
	}
	copy(c.Memory[40_000:], "a/../b/c\x00\xffä")
	return c
}

// operandOf is a value for an operand: mostly one that makes sense, sometimes any.
func operandOf(r *rand.Rand, c *ewasm.Context, row *ewasm.Function, o ewasm.Operand) uint64 {
	if r.IntN(400) == 0 {
		return r.Uint64() >> r.IntN(64)
	}
	switch {
	case strings.HasSuffix(o.Name, "path") && o.Use == ewasm.Reads && r.IntN(8) > 0:
		return 40_000
	case strings.HasSuffix(o.Name, "path_len") && r.IntN(8) > 0:
		return 1
	case strings.HasSuffix(o.Name, "fd") && r.IntN(4) > 0:
		if strings.HasPrefix(row.Name, "path") {
			return 3
		}
		return uint64(3 + r.IntN(4))
	case o.Name == "oflags" && r.IntN(2) > 0:
		return 1
	case o.Name == "fdflags" && r.IntN(2) > 0:
		return 0
	case o.Item > 0: // a list is written for it
		at := r.IntN(64) * 8
		for i := range r.IntN(4) {
			list := c.Memory[at+8*i:]
			binary.LittleEndian.PutUint32(list, uint32(r.IntN(len(c.Memory)/2+3)))
			binary.LittleEndian.PutUint32(list[4:], uint32(r.IntN(1<<r.IntN(17))))
		}
		return uint64(at)
	case o.Use != ewasm.Number && r.IntN(300) == 0:
		return uint64(len(c.Memory) - r.IntN(70))
	case o.Use != ewasm.Number:
		return uint64(60 + r.IntN(10)*r.IntN(1000))
	case strings.HasPrefix(o.Name, "rights") && r.IntN(2) > 0:
		return 1<<30 - 1
	case o.Type == wasm.I64:
		return uint64(int64(r.IntN(200)-20) << r.IntN(20))
	default:
		return uint64(r.IntN(12))
	}
}

// TestRandomCallsOfProgramsNeverFault calls all functions of WASI with random operands: each answers an errno, or ends
// the frame for a reason that it names.
func TestRandomCallsOfProgramsNeverFault(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rows := programRows()
	c := programFrame(t, r)
	answers := map[string]int{}
	for range *calls {
		row := rows[r.IntN(len(rows))]
		if rare := row.Name == "fd_close" || row.Name == "fd_renumber" || strings.HasPrefix(row.Name, "proc"); rare &&
			r.IntN(20) > 0 { // they end the frame, or its files
			continue
		}
		operands := make(ewasm.Args, len(row.Operands))
		for i, o := range row.Operands {
			operands[i] = operandOf(r, c, row, o)
			if o.Type == wasm.I32 {
				operands[i] = uint64(uint32(operands[i]))
			}
		}
		left := c.Gas.Particles()
		result, err := row.Call(c, operands)
		if err == nil {
			answers[fmt.Sprint(row.Name, " ", result)]++
			if used := left - c.Gas.Particles(); used < 2*gas.PerGas || result > 76 {
				t.Fatalf("%s %v answers %d for %d particles", row.Name, operands, result, used)
			}
			continue
		}
		checkEnd(t, row, c, err)
		c = programFrame(t, r)
	}
	for _, row := range rows {
		if answers[row.Name+" 0"]+answers[row.Name+" 58"]+answers[row.Name+" 76"]+answers[row.Name+" 28"] == 0 &&
			row.Results != nil && row.Name != "proc_raise" {
			t.Errorf("%s has never answered what it is for", row.Name)
		}
	}
}

func checkEnd(t *testing.T, row *ewasm.Function, c *ewasm.Context, err error) {
	t.Helper()
	known := errors.Is(err, ewasm.ErrMemory) || errors.Is(err, gas.ErrOutOfGas)
	for _, why := range row.Traps {
		known = known || errors.Is(err, why)
	}
	if ewasm.Halts(err) && !known || !ewasm.Halts(err) && row.Ends != ewasm.Exits {
		t.Fatalf("%s ends the frame: %v", row.Name, err)
	}
	if result := c.Conclude(err); result.End == frame.Fault {
		t.Fatalf("%s: %v", row.Name, result.Cause)
	}
}
