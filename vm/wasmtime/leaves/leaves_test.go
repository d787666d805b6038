package leaves_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/vm/wasmtime/leaves"
)

var runs = flag.Int("runs", 3_000, "how many hundred operations are compared with those in Go")

// TestEveryFunctionThatComputesHasItsLeaf: take one out of an array, here or in C, and it is named.
func TestEveryFunctionThatComputesHasItsLeaf(t *testing.T) {
	owners := map[unsafe.Pointer]string{}
	for _, row := range ewasm.Functions() {
		leaf := leaves.Of(row.Number)
		if (leaf != nil) != row.Computes {
			t.Errorf("%s has a leaf: %v, want %v", row.Name, leaf != nil, row.Computes)
		}
		if other := owners[leaf]; other != "" && leaf != nil {
			t.Errorf("%s has the leaf of %s", row.Name, other)
		}
		owners[leaf] = row.Name
	}
}

// TestEveryWayToHashIsGeths: at all lengths around the rate and a few long ones, wherever the data begins.
func TestEveryWayToHashIsGeths(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	data := make([]byte, 1<<20+16)
	random.Read(data)
	var lengths []int
	for n := range 3*136 + 2 {
		lengths = append(lengths, n)
	}
	lengths = append(lengths, 1000, 4096, 65535, 1<<20)
	for way := range leaves.KeccakWays {
		if _, ok := leaves.KeccakBy(way, nil); !ok {
			t.Logf("way %d: not on this processor", way)
			continue
		}
		for _, n := range lengths {
			for _, at := range []int{0, 1, 7, 8, 15} {
				window := data[at : at+n]
				if have, _ := leaves.KeccakBy(way, window); have != crypto.Keccak256Hash(window) {
					t.Fatalf("way %d, %d bytes from %d: %x, want %x", way, n, at, have, crypto.Keccak256Hash(window))
				}
			}
		}
	}
}

func TestAHashMayLieOverItsData(t *testing.T) {
	for at := range uint32(300) {
		memory := bytes.Repeat([]byte{0xa5, 1, 2}, 200)
		want := bytes.Clone(memory)
		copy(want[at:], crypto.Keccak256(want[100:400]))
		if !leaves.Run(gas.Keccak256, memory, 100, 300, at) || !bytes.Equal(memory, want) {
			t.Fatalf("with the hash at %d", at)
		}
	}
}

// arithmetic is what module bignum's functions of two and of three numbers are held to.
var arithmetic = map[string]func(z, x, y, m *uint256.Int) *uint256.Int{
	"add":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Add(x, y) },
	"sub":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Sub(x, y) },
	"mul":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Mul(x, y) },
	"div":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Div(x, y) },
	"mod":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Mod(x, y) },
	"addmod": func(z, x, y, m *uint256.Int) *uint256.Int { return z.AddMod(x, y, m) },
	"mulmod": func(z, x, y, m *uint256.Int) *uint256.Int { return z.MulMod(x, y, m) },
	"exp":    func(z, x, y, _ *uint256.Int) *uint256.Int { return z.Exp(x, y) },
}

// calculate does one operation in C and in Go, on numbers anywhere in memory.
func calculate(name string, x, y, m *uint256.Int) (have, want uint256.Int) {
	memory := make([]byte, 3+4*32)
	operands := []uint32{3, 35, 67, 99}
	for i, n := range []*uint256.Int{x, y, m} {
		n.PutUint256(memory[operands[i]:])
	}
	row := ewasm.Lookup("bignum", name)
	if len(row.Params) == 3 {
		operands[2] = operands[3]
	}
	if !leaves.Run(row.Number, memory, operands...) {
		panic("no leaf for " + name)
	}
	have.SetBytes32(memory[99:])
	arithmetic[name](&want, x, y, m)
	return have, want
}

// edgy makes a number of words that lie at the edges of carries and of a quotient's digits more often than not.
func edgy(r *rand.Rand) *uint256.Int {
	var n uint256.Int
	length := 1 + r.IntN(4)
	for i := range length {
		switch r.IntN(8) {
		case 0:
			n[i] = 0
		case 1:
			n[i] = ^uint64(0)
		case 2:
			n[i] = 1 << r.IntN(64)
		case 3:
			n[i] = 1<<r.IntN(64) - 1
		case 4:
			n[i] = -(uint64(1) << r.IntN(64))
		case 5:
			n[i] = uint64(r.IntN(3)) + 1<<63 - 1
		default:
			n[i] = r.Uint64()
		}
	}
	if r.IntN(8) == 0 {
		n.SubUint64(&n, uint64(r.IntN(3)))
	}
	return &n
}

// related makes a number that divides others almost: its multiples, their neighbours, and numbers with its highest
// words.
func related(r *rand.Rand, to *uint256.Int) *uint256.Int {
	n := new(uint256.Int)
	switch r.IntN(4) {
	case 0:
		n.Mul(to, uint256.NewInt(r.Uint64N(4)))
	case 1:
		n.Mul(to, edgy(r))
	case 2:
		*n = *to
		n[r.IntN(4)] = edgy(r)[0]
	default:
		n.Lsh(to, uint(r.IntN(256)))
	}
	return n.Add(n, new(uint256.Int).Sub(uint256.NewInt(r.Uint64N(3)), uint256.NewInt(1)))
}

func TestArithmeticInCIsThatInGo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := range *runs * 100 {
		x, y, m := edgy(r), edgy(r), edgy(r)
		if r.IntN(2) == 0 {
			x = related(r, y)
		}
		if r.IntN(4) == 0 {
			m = related(r, x)
		}
		for name := range arithmetic {
			if name == "exp" && n%16 != 0 {
				continue
			}
			if have, want := calculate(name, x, y, m); have != want {
				t.Fatalf("%s of %#x, %#x and %#x: %#x, want %#x", name, x, y, m, &have, &want)
			}
		}
	}
}

func FuzzArithmetic(f *testing.F) {
	f.Add(make([]byte, 96))
	f.Add(bytes.Repeat([]byte{0xff}, 96))
	f.Add(binary.BigEndian.AppendUint64(make([]byte, 88), 1))
	f.Fuzz(func(t *testing.T, numbers []byte) {
		all := common.RightPadBytes(numbers, 96)
		var x, y, m uint256.Int
		x.SetBytes32(all)
		y.SetBytes32(all[32:])
		m.SetBytes32(all[64:])
		for name := range arithmetic {
			if have, want := calculate(name, &x, &y, &m); have != want {
				t.Errorf("%s of %#x, %#x and %#x: %#x, want %#x", name, &x, &y, &m, &have, &want)
			}
		}
	})
}

func FuzzHash(f *testing.F) {
	f.Add([]byte("data"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for way := range leaves.KeccakWays {
			if have, ok := leaves.KeccakBy(way, data); ok && have != crypto.Keccak256Hash(data) {
				t.Errorf("way %d of %x: %x", way, data, have)
			}
		}
	})
}
