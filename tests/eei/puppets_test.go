package eei

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/frame"
)

// Random contracts call, create and destroy each other, all in one kind of code and in every mix of both. What can be
// seen must be the same, whichever kind each of them is.

var puppetPrograms = flag.Int("puppets", 40, "how many random programs run in all mixes of kinds")

// stage is the accounts of a random program. A contract calls only later ones, so that every run ends, and each gives
// those that it calls enough for all that they do.
var (
	stage = []common.Address{self, library, {19: 0xa2}, {19: 0xa3}, {19: 0xa4}}
	asked = []uint64{1 << 30, 1 << 26, 1 << 23, 1 << 20, 1 << 18}
)

// mixes is how many ways there are to choose the kinds: four of the contracts, of which the last decides for the fifth
// and for constructors.
const mixes = 16

func kindIn(mix, contract int) codeKind { return codeKinds[mix>>min(contract, 3)&1] }

func TestRandomContractsAreAlikeInEveryMixOfKinds(t *testing.T) {
	for seed := range uint64(*puppetPrograms) {
		var want show
		written := map[part][]byte{}
		for mix := range mixes {
			have := perform(t, seed, mix, written)
			if mix == 0 {
				want = have
			} else if diff := cmp.Diff(want, have); diff != "" {
				t.Fatalf("program %d, mix %04b (-all evm +here):\n%s", seed, mix, diff)
			}
		}
	}
}

// show is all that can be seen of a random program but its gas.
type show struct {
	End, Output string
	Refund      uint64
	Logs        []string
	Accounts    []string
}

// part is one contract of a program: of its kind, with constructors of a kind.
type part struct {
	contract           int
	kind, constructors codeKind
}

// perform runs the program of a seed with the kinds of a mix. Contracts are written once.
func perform(t *testing.T, seed uint64, mix int, written map[part][]byte) show {
	t.Helper()
	w := osaka.world(t)
	for i, account := range stage {
		w.fund(account, 50)
		for _, key := range []byte{2, 8} {
			w.SetState(account, common.Hash{31: key}, common.Hash{31: 6})
		}
		one := part{i, kindIn(mix, i), kindIn(mix, 4)}
		if written[one] == nil {
			d := &dice{rand.New(rand.NewPCG(seed, uint64(i))), t, one.constructors, i, false}
			written[one] = one.kind.write(t, d.act)
		}
		w.place(account, written[one])
	}
	result := w.call(message{gas: 1 << 32})
	s := show{End: result.End.String(), Output: common.Bytes2Hex(result.Output), Refund: w.GetRefund()}
	for _, log := range w.Logs() {
		s.Logs = append(s.Logs, fmt.Sprint(log.Address, log.Topics, log.Data))
	}
	accounts := append([]common.Address{heir, dead, other}, stage...)
	for _, creator := range stage {
		for nonce := range uint64(4) {
			accounts = append(accounts, crypto.CreateAddress(creator, nonce+1))
		}
	}
	for _, account := range accounts {
		text := fmt.Sprint(account, w.Exist(account), w.GetBalance(account), w.GetNonce(account),
			w.HasSelfDestructed(account), w.AddressInAccessList(account))
		for key := range byte(10) {
			slot := common.Hash{31: key}
			_, warm := w.SlotInAccessList(account, slot)
			text += fmt.Sprint(" ", w.slot(account, key)[31], w.GetTransientState(account, slot)[31], warm)
		}
		s.Accounts = append(s.Accounts, text)
	}
	return s
}

// dice chooses what a contract does. The same seed chooses the same for either kind.
type dice struct {
	*rand.Rand
	t        testing.TB
	builds   codeKind // the kind of constructors
	contract int      // its place on the stage

	constructs bool // a contract
}

// act takes some random steps and ends in a random way.
func (d *dice) act(p puppet) {
	frames := 0 // below this one: there is room for the data of three
	for range 2 + d.IntN(7) {
		if d.IntN(3) == 0 && frames < 3 {
			d.open(p)
			frames++
			continue
		}
		d.step(p)
	}
	switch d.IntN(12) {
	case 0, 1:
		p.revert()
	case 2:
		p.halt()
	case 3:
		p.selfDestruct(pick(d, []common.Address{heir, self, library, dead}))
	case 4:
		if !d.constructs && asked[d.contract] <= 1<<20 { // an endless loop in the EVM takes time
			p.burn()
		}
	case 5:
	default:
		p.finish()
	}
}

// step takes a step that opens no frame.
func (d *dice) step(p puppet) {
	key, value := byte(d.IntN(10)), byte(d.IntN(3))
	switch d.IntN(7) {
	case 0, 1:
		p.store(key, value)
	case 2:
		p.hold(key, value)
	case 3:
		p.held(key)
	case 4:
		p.log(value)
	case 5:
		p.balance(pick(d, append([]common.Address{dead, other, heir}, stage...)))
	case 6:
		p.value()
	}
}

// open calls a later contract, a precompile or an account without code, or creates a contract.
func (d *dice) open(p puppet) {
	wei := pick(d, []byte{0, 0, 1, 3, 99}) // the last is more than a contract has
	later := stage[d.contract+1:]
	switch d.IntN(5) {
	case 0:
		if d.contract < 3 {
			d.create(p, wei)
			return
		}
	case 1:
		p.call(frame.CallKind(d.IntN(4)), pick(d, []common.Address{dead, other, {19: 2}, {19: 4}}), 10_000, wei)
		return
	}
	if len(later) > 0 {
		p.call(frame.CallKind(d.IntN(4)), pick(d, later), asked[d.contract+1], wei)
	}
}

// create creates a contract by a random constructor. The address of one with a salt depends on its code, so its kind
// does not depend on the mix.
func (d *dice) create(p puppet, wei byte) {
	kind, salt := d.builds, (*byte)(nil)
	if d.IntN(3) == 0 {
		salt, kind = new(byte), codeKinds[d.IntN(2)]
		*salt = byte(d.IntN(4))
	}
	constructor := &dice{rand.New(rand.NewPCG(d.Uint64(), 0)), d.t, d.builds, len(stage) - 1, true}
	runtime := pick(d, [][]byte{{}, {0x00}, {0xef}, []byte("\x00asm")})
	ends := d.IntN(2) == 0
	p.create(salt, wei, kind.write(d.t, func(p puppet) {
		for range 1 + constructor.IntN(3) {
			constructor.step(p)
		}
		if ends {
			p.finishWith(runtime)
		} else {
			constructor.act(p)
		}
	}))
}

func pick[T any](d *dice, from []T) T { return from[d.IntN(len(from))] }
