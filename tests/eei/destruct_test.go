package eei

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/frame"
)

// What selfDestruct gives away, deletes and costs.

func TestSelfDestructEndsTheFrameAndGivesTheBalanceAway(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		for _, heir := range []common.Address{other, dead} {
			w := f.world(t)
			w.fund(self, 10)
			o := w.run(address(0, heir), do("selfDestruct", 0), "unreachable")
			equal(t, "output", len(o.finished(t)), 0)
			equal(t, "heir", w.balance(heir), 10)
			equal(t, "self", w.balance(self), 0)
		}
	})
}

// Byzantium deletes the account at the end of the transaction, Osaka only what the same transaction created (EIP-6780).
func TestSelfDestructDeletesByTheSchedule(t *testing.T) {
	for name, deleted := range map[string]bool{"byzantium": true, "osaka": false} {
		f := map[string]fork{"byzantium": byzantium, "osaka": osaka}[name]
		t.Run(name, func(t *testing.T) {
			w := f.world(t)
			w.SetState(self, common.Hash{31: 1}, common.Hash{31: 1})
			w.run(address(0, other), do("selfDestruct", 0)).finished(t)
			equal(t, "code within the transaction is there", w.GetCodeSize(self) > 0, true)
			equal(t, "marked", w.HasSelfDestructed(self), deleted)
			w.begin()
			equal(t, "exists", w.Exist(self), !deleted)
			equal(t, "has code", w.GetCodeSize(self) > 0, !deleted)
			equal(t, "has its slot", w.slot(self, 1) != common.Hash{}, !deleted)
		})
	}
}

func TestSelfDestructInFavourOfItselfBurnsOnlyWhatIsDeleted(t *testing.T) {
	for name, left := range map[string]uint64{"byzantium": 0, "osaka": 10} {
		f := map[string]fork{"byzantium": byzantium, "osaka": osaka}[name]
		w := f.world(t)
		w.fund(self, 10)
		w.run(address(0, self), do("selfDestruct", 0)).finished(t)
		equal(t, name, w.balance(self), left)
	}
}

func TestSelfDestructOfWhatTheTransactionCreatedDeletesUnderBoth(t *testing.T) {
	for _, test := range []struct {
		name string
		heir common.Address
		gets uint64
	}{{"other", other, 7}, {"itself", child, 0}} {
		t.Run(test.name, func(t *testing.T) {
			eachFork(t, func(t *testing.T, f fork) {
				w := f.world(t)
				w.fund(self, 7)
				runtime := contract(t, address(0, test.heir), do("selfDestruct", 0))
				equal(t, "answer", w.make(constructor(t, runtime), 7).answer, 0)
				w.call(message{to: child}).finished(t)
				equal(t, "child", w.balance(child), 0)
				w.begin()
				equal(t, "child exists", w.Exist(child), false)
				equal(t, "heir", w.balance(test.heir), test.gets)
			})
		})
	}
}

func TestSelfDestructInAConstructorDeletesTheNewAccount(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(self, 7)
		m := w.make(contract(t, address(0, other), do("selfDestruct", 0)), 7)
		equal(t, "answer", m.answer, 0)
		w.begin()
		equal(t, "child exists", w.Exist(child), false)
		equal(t, "heir", w.balance(other), 7)
	})
}

func TestPriceOfSelfDestruct(t *testing.T) {
	for _, test := range []struct {
		name             string
		heir             common.Address
		balance          uint64
		byzantium, osaka uint64
	}{
		{"alive heir", other, 10, 5000, 5000 + accountCold},
		{"alive heir, no balance", other, 0, 5000, 5000 + accountCold},
		{"warm heir", sender, 10, 5000, 5000},
		{"itself", self, 10, 5000, 5000},
		{"dead heir", dead, 10, 5000 + 25000, 5000 + accountCold + 25000},
		{"dead heir, no balance", dead, 0, 5000 + 25000, 5000 + accountCold}, // Hera charges for nothing too
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range []fork{byzantium, osaka} {
				w := f.world(t)
				w.fund(self, test.balance)
				o := w.run(address(0, test.heir), do("selfDestruct", 0))
				o.finished(t)
				equal(t, f.name, o.Used, map[string]uint64{"byzantium": test.byzantium, "osaka": test.osaka}[f.name])
			}
		})
	}
}

func TestSelfDestructWarmsTheHeir(t *testing.T) {
	w := osaka.world(t)
	w.place(library, contract(t, address(0, dead), do("selfDestruct", 0)))
	o := w.run(address(0, library), address(20, dead), do("call", 100_000, 0, 40, 0, 0),
		do("getExternalBalance", 20, 100))
	o.finished(t)
	equal(t, "gas", o.Used, accountCold+5000+accountCold+accountWarm)
}

func TestSelfDestructRefundsOncePerAccountInByzantiumOnly(t *testing.T) {
	for name, refund := range map[string]uint64{"byzantium": 24000, "osaka": 0} {
		f := map[string]fork{"byzantium": byzantium, "osaka": osaka}[name]
		w := f.world(t)
		w.place(library, contract(t, address(0, other), do("selfDestruct", 0)))
		w.run(address(0, library), do("call", 100_000, 0, 32, 0, 0), do("call", 100_000, 0, 32, 0, 0)).finished(t)
		equal(t, name, w.GetRefund(), refund)
	}
}

func TestSelfDestructIsUndoneWithTheFrameAbove(t *testing.T) {
	eachFork(t, func(t *testing.T, f fork) {
		w := f.world(t)
		w.fund(library, 10)
		w.place(library, contract(t, address(0, other), do("selfDestruct", 0)))
		o := w.run(address(0, library), do("call", 100_000, 0, 32, 0, 0), do("revert", 0, 0))
		equal(t, "end", o.End, frame.Reverted)
		equal(t, "refund", w.GetRefund(), 0)
		w.begin()
		equal(t, "exists", w.Exist(library), true)
		equal(t, "balance", w.balance(library), 10)
		equal(t, "heir", w.balance(other), 0)
	})
}

func TestSelfDestructOfDelegatedCodeTakesTheCallersBalance(t *testing.T) {
	for _, kind := range []string{"callCode", "callDelegate"} {
		eachFork(t, func(t *testing.T, f fork) {
			w := f.world(t)
			w.fund(self, 10)
			w.fund(library, 5)
			w.place(library, contract(t, address(0, other), do("selfDestruct", 0)))
			w.place(self, relay(t, kind, 100_000, library, 0))
			equal(t, "answer", u32(w.call(message{}).finished(t)), 0)
			equal(t, "heir", w.balance(other), 10)
			equal(t, "library", w.balance(library), 5)
		})
	}
}
