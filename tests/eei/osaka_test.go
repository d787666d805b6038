package eei

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/gas"
)

// The functions that came after Byzantium. What all functions share (price, bounds, static mode) is in table_test.go.

func TestByzantiumSellsNoneOfTheLaterFunctions(t *testing.T) {
	later := 0
	for _, row := range interfaceOf() {
		if row.SoldBy(byzantium.schedule) || row.Module == "debug" {
			continue
		}
		later++
		operands := make([]any, len(row.Params))
		for i := range operands {
			operands[i] = 0
		}
		w := byzantium.world(t)
		w.place(self, contract(t, do(row.Name, operands...)))
		o := w.call(message{})
		o.trapped(t, ewasm.ErrImport)
		if why := o.Cause.Error(); !strings.Contains(why, row.Name) || !strings.Contains(why, "byzantium") {
			t.Errorf("the reason names not both function and schedule: %s", why)
		}
	}
	equal(t, "later functions", later, 11+8)
}

func TestValuesOfTransactionAndBlock(t *testing.T) {
	for _, test := range []struct {
		name string
		size int
		want []byte
	}{
		{"getSelfBalance", 16, amount(77)},
		{"getBaseFee", 16, amount(6)},
		{"getBlobBaseFee", 16, amount(9)},
		{"getPrevRandao", 32, append(append([]byte{1}, make([]byte, 30)...), 0xff)}, // as in the header
	} {
		w := osaka.world(t)
		w.fund(self, 70)
		w.place(self, contract(t, data(0, bytes.Repeat([]byte{0xaa}, 64)), do(test.name, 8), finish(0, test.size+16)))
		margin := bytes.Repeat([]byte{0xaa}, 8)
		have := w.call(message{value: uint256.NewInt(7)}).finished(t)
		equal(t, test.name, common.Bytes2Hex(have), common.Bytes2Hex(append(append(margin, test.want...), margin...)))
	}
	out := osaka.world(t).run(put64(0, get("getChainId")), finish(0, 8)).finished(t)
	equal(t, "chain id", u64(out), 1<<63+5)
}

func TestLaterAmountsOver128BitsTrap(t *testing.T) {
	wide := new(uint256.Int).Lsh(uint256.NewInt(1), 128)
	for _, name := range []string{"getSelfBalance", "getBaseFee", "getBlobBaseFee"} {
		w := osaka.world(t)
		w.block.BaseFee, w.block.BlobBaseFee = *wide, *wide
		w.AddBalance(self, wide, tracing.BalanceChangeUnspecified)
		w.place(self, contract(t, append(mark, do(name, 200))...))
		w.refused(w.call(message{}), ewasm.ErrWide)
	}
}

func TestGetBlobHashKnowsTheTransactionsBlobs(t *testing.T) {
	for _, test := range []struct {
		index  uint32
		answer uint32
		first  string
	}{{0, 0, "01aa"}, {1, 0, "01bb"}, {2, 1, "eeee"}, {1<<32 - 1, 1, "eeee"}} {
		out := osaka.world(t).run(data(4, bytes.Repeat([]byte{0xee}, 32)),
			put32(0, get("getBlobHash", test.index, 4)), finish(0, 36)).finished(t)
		equal(t, fmt.Sprintf("answer for %d", test.index), u32(out), test.answer)
		equal(t, "written", common.Bytes2Hex(out[4:6]), test.first)
	}
}

func TestGetExternalCodeHash(t *testing.T) {
	empty := common.HexToAddress("0xee00000000000000000000000000000000000009") // exists, and is dead all the same
	w := osaka.world(t)
	w.place(library, []byte("code"))
	w.place(self, contract(t, address(0, library), address(32, other), address(64, dead), address(96, empty),
		do("getExternalCodeHash", 0, 200), do("getExternalCodeHash", 32, 232),
		do("getExternalCodeHash", 64, 264), do("getExternalCodeHash", 96, 296), finish(200, 128)))
	w.CreateAccount(empty)
	out := w.call(message{}).finished(t)
	equal(t, "of code", common.BytesToHash(out[:32]), crypto.Keccak256Hash([]byte("code")))
	equal(t, "of an account without code", common.BytesToHash(out[32:64]), types.EmptyCodeHash)
	equal(t, "of no account", common.BytesToHash(out[64:96]), common.Hash{})
	equal(t, "of an empty account", common.BytesToHash(out[96:]), common.Hash{})
}

func TestTransientStorageLastsForTheTransaction(t *testing.T) {
	w := osaka.world(t)
	store, load := do("transientStore", 0, 32), do("transientLoad", 0, 64)
	code := contract(t, data(0, word(1)), data(32, word(7)), load,
		"(if (i32.eqz "+get("getCallDataSize")+") (then "+store+"))", finish(64, 32))
	w.place(self, code)
	for i, want := range []byte{0, 7, 7} {
		out := w.call(message{}).finished(t)
		equal(t, fmt.Sprintf("call %d", i), common.BytesToHash(out), common.Hash{31: want})
	}
	equal(t, "storage", w.slot(self, 1), common.Hash{})
	w.begin()
	equal(t, "in the next transaction", common.BytesToHash(w.call(message{}).finished(t)), common.Hash{})
}

func TestTransientStorageBelongsToTheAccount(t *testing.T) {
	w := osaka.world(t)
	w.place(other, contract(t, data(0, word(1)), do("transientLoad", 0, 64), finish(64, 32)))
	for kind, want := range map[string]byte{"callStatic": 0, "callDelegate": 7} {
		out := w.run(data(0, word(1)), data(32, word(7)), address(96, other), do("transientStore", 0, 32),
			do(kind, 10_000, 96, 0, 0), do("returnDataCopy", 128, 0, 32), finish(128, 32)).finished(t)
		equal(t, kind, common.BytesToHash(out), common.Hash{31: want})
	}
}

func TestTransientStorageIsUndoneWithTheFrame(t *testing.T) {
	for ending, want := range map[string]byte{finish(0, 0): 7, do("revert", 0, 0): 0, "unreachable": 0} {
		w := osaka.world(t)
		w.place(other, contract(t, data(0, word(1)), data(32, word(7)), do("transientStore", 0, 32), ending))
		out := w.run(data(0, word(1)), address(96, other), do("callDelegate", 10_000, 96, 0, 0),
			do("transientLoad", 0, 64), finish(64, 32)).finished(t)
		equal(t, ending, common.BytesToHash(out), common.Hash{31: want})
	}
}

func TestKeccak256(t *testing.T) {
	for _, size := range []int{0, 1, 31, 32, 33, 135, 136, 137, 1000} {
		content := bytes.Repeat([]byte{0xc5}, size)
		o := osaka.world(t).run(data(100, content), do("keccak256", 100, size, 0), finish(0, 32))
		equal(t, fmt.Sprint(size), common.BytesToHash(o.finished(t)), crypto.Keccak256Hash(content))
		equal(t, fmt.Sprintf("gas of %d", size), o.Used, 30+6*words(size))
	}
}

func TestKeccak256MayWriteOverItsData(t *testing.T) {
	out := osaka.world(t).run(data(0, "some data"), do("keccak256", 0, 9, 4), finish(0, 36)).finished(t)
	equal(t, "hash", common.BytesToHash(out[4:]), crypto.Keccak256Hash([]byte("some data")))
}

func TestKeccak256PaysIn64BitsBeforeItReads(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, do("keccak256", 0, uint32(1<<32-1), 0)))
	w.call(message{gas: 30 + 6<<27 - 1}).trapped(t, gas.ErrOutOfGas)
	w.call(message{gas: 30 + 6<<27}).trapped(t, ewasm.ErrMemory)
}

// modulus is 2^256.
var modulus = new(big.Int).Lsh(big.NewInt(1), 256)

// bignums say what each function must give, by math/big.
var bignums = map[string]func(a, b, m *big.Int) *big.Int{
	"add": func(a, b, _ *big.Int) *big.Int { return new(big.Int).Add(a, b) },
	"sub": func(a, b, _ *big.Int) *big.Int { return new(big.Int).Sub(a, b) },
	"mul": func(a, b, _ *big.Int) *big.Int { return new(big.Int).Mul(a, b) },
	"exp": func(a, b, _ *big.Int) *big.Int { return new(big.Int).Exp(a, b, modulus) },
	"div": func(a, b, _ *big.Int) *big.Int { return orZero(b, func() *big.Int { return new(big.Int).Div(a, b) }) },
	"mod": func(a, b, _ *big.Int) *big.Int { return orZero(b, func() *big.Int { return new(big.Int).Mod(a, b) }) },
	"addmod": func(a, b, m *big.Int) *big.Int {
		return orZero(m, func() *big.Int { return new(big.Int).Mod(new(big.Int).Add(a, b), m) })
	},
	"mulmod": func(a, b, m *big.Int) *big.Int {
		return orZero(m, func() *big.Int { return new(big.Int).Mod(new(big.Int).Mul(a, b), m) })
	},
}

func orZero(divisor *big.Int, do func() *big.Int) *big.Int {
	if divisor.Sign() == 0 {
		return new(big.Int)
	}
	return do()
}

// TestBignumAgreesWithAnotherLibrary gives the numbers as calldata: a, b, and the modulus.
func TestBignumAgreesWithAnotherLibrary(t *testing.T) {
	numbers := []string{
		"0", "1", "2", "3", "ff", "100", "8000000000000000", "ffffffffffffffff", "10000000000000000",
		"fedcba9876543210fedcba9876543210fedcba9876543210fedcba987654321",
		"8000000000000000000000000000000000000000000000000000000000000000",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
	}
	for name, want := range bignums {
		t.Run(name, func(t *testing.T) {
			last := []any{}
			if len(lookup(name).Params) == 4 {
				last = append(last, 64)
			}
			w := osaka.world(t)
			w.place(self, contract(t, do("callDataCopy", 0, 0, 96),
				do(name, append(append([]any{0, 32}, last...), 96)...), finish(96, 32)))
			for _, a := range numbers {
				for _, b := range numbers {
					for _, m := range []string{"0", "1", "7", numbers[9], numbers[12]} {
						x, y, z := common.HexToHash(a), common.HexToHash(b), common.HexToHash(m)
						out := w.call(message{input: bytes.Join([][]byte{x[:], y[:], z[:]}, nil)}).finished(t)
						expected := new(big.Int).Mod(want(x.Big(), y.Big(), z.Big()), modulus)
						if have := new(big.Int).SetBytes(out); have.Cmp(expected) != 0 {
							t.Fatalf("%s(%s, %s, %s) = %x, want %x", name, a, b, m, have, expected)
						}
						if len(last) == 0 {
							break
						}
					}
				}
			}
		})
	}
}

func TestBignumMayWriteOverItsOperands(t *testing.T) {
	for result, want := range map[int]byte{0: 7, 32: 7} {
		out := osaka.world(t).run(data(0, word(35)), data(32, word(5)), do("div", 0, 32, result),
			finish(result, 32)).finished(t)
		equal(t, fmt.Sprint(result), common.BytesToHash(out), common.Hash{31: want})
	}
}

func TestExpPaysForTheBytesOfItsExponent(t *testing.T) {
	for _, test := range []struct {
		exponent string
		bytes    uint64
	}{
		{"0", 0},
		{"1", 1},
		{"ff", 1},
		{"100", 2},
		{"ffff", 2},
		{"10000", 3},
		{"8000000000000000000000000000000000000000000000000000000000000000", 32},
	} {
		exponent := common.HexToHash(test.exponent)
		o := osaka.world(t).run(data(0, word(3)), data(32, exponent[:]), do("exp", 0, 32, 64))
		o.finished(t)
		equal(t, test.exponent, o.Used, bignumPrice+expBytePrice*test.bytes)
	}
}

// make2 is make at an address by salt.
func (w *world) make2(initcode []byte, wei uint64, salt byte) made {
	w.t.Helper()
	unwritten := common.HexToAddress(addressUnwritten)
	w.place(self, contract(w.t, data(0, amount(wei)), address(20, unwritten), data(500, word(salt)),
		data(1000, initcode),
		put32(16, get("create2", 0, 1000, len(initcode), 500, 20)),
		do("returnDataCopy", 40, 0, get("getReturnDataSize")),
		do("finish", 16, "(i32.add (i32.const 24) "+get("getReturnDataSize")+")")))
	return w.madeBy(w.call(message{}))
}

func child2(salt byte, initcode []byte) common.Address {
	return crypto.CreateAddress2(self, common.Hash{31: salt}, crypto.Keccak256(initcode))
}

func TestCreate2DeploysAtAnAddressOfSaltAndData(t *testing.T) {
	initcode := constructor(t, []byte("deployed"))
	w := osaka.world(t)
	w.fund(self, 10)
	for i, salt := range []byte{1, 2} {
		m := w.make2(initcode, 3, salt)
		at := child2(salt, initcode)
		equal(t, "answer", m.answer, 0)
		equal(t, "address", m.address, at)
		equal(t, "code", string(w.GetCode(at)), "deployed")
		equal(t, "nonce", w.GetNonce(at), 1)
		equal(t, "balance", w.balance(at), 3)
		equal(t, "nonce of the creator", w.GetNonce(self), 2) // place sets it to 1
		want := 32000 + 8*words(len(initcode)) + 200*8 + reporting
		equal(t, fmt.Sprintf("gas %d", i), m.Used, want)
	}
}

func TestCreate2TwiceCollidesAndBurnsItsGas(t *testing.T) {
	w := osaka.world(t)
	equal(t, "first", w.make2(emptyContract, 0, 1).answer, 0)
	m := w.make2(emptyContract, 0, 1)
	equal(t, "second", m.answer, 1)
	equal(t, "address", m.address, common.HexToAddress(addressUnwritten))
	left := plenty - (32000 + 8*words(len(emptyContract)))
	equal(t, "gas", m.Used, plenty-left+left-left/64+reporting)
}

func TestCreate2FailsAsCreateDoes(t *testing.T) {
	for _, failure := range failures {
		if failure.forks == "byzantium" {
			continue
		}
		t.Run(failure.name, func(t *testing.T) {
			w := osaka.world(t)
			w.fund(self, 10)
			code := failure.code(t)
			m := w.make2(code, 3, 9)
			equal(t, "answer", m.answer, failure.answer)
			equal(t, "address", m.address, common.HexToAddress(addressUnwritten))
			equal(t, "nonce of the creator", w.GetNonce(self), 2)
			equal(t, "balance of the creator", w.balance(self), 10)
			equal(t, "contract exists", w.Exist(child2(9, code)), false)
		})
	}
}

func TestCreate2BeyondBalanceDepthOrNonceAnswers1(t *testing.T) {
	w := osaka.world(t)
	equal(t, "balance", w.make2(emptyContract, 1, 1).answer, 1)
	equal(t, "nonce", w.GetNonce(self), 1)
	o := w.call(message{depth: 1024})
	equal(t, "depth", w.madeBy(o).answer, 1)
	equal(t, "gas", o.Used, 32000+8*words(len(emptyContract))+reporting)
}

func TestCreationDataOfNoBytesMakesAnAccountWithoutCode(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(self, 10)
		m := w.make(nil, 3)
		equal(t, "answer", m.answer, 0)
		equal(t, "address", m.address, child)
		equal(t, "nonce", w.GetNonce(child), 1)
		equal(t, "code", w.GetCodeSize(child), 0)
		equal(t, "balance", w.balance(child), 3)
		equal(t, "gas", m.Used, 32000+reporting)
	})
	w := osaka.world(t)
	m := w.make2(nil, 0, 1)
	equal(t, "address of create2", m.address, child2(1, nil))
	equal(t, "gas of create2", m.Used, 32000+reporting)
	at, o := w.transact(nil, 0)
	o.finished(t)
	equal(t, "transaction: nonce", w.GetNonce(at), 1)
	equal(t, "transaction: gas", o.Used, 0)
}
