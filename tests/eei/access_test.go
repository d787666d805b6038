package eei

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// The first access of an account or slot in a transaction is cold, every later one warm (EIP-2929).

const (
	accountCold, accountWarm = 2600, 100
	slotCold, slotWarm       = 2100, 100
)

// accessors are the functions that name an account, as one call of the account at 0.
var accessors = map[string]string{
	"getExternalBalance":  do("getExternalBalance", 0, 100),
	"getExternalCodeSize": do("getExternalCodeSize", 0),
	"externalCodeCopy":    do("externalCodeCopy", 0, 0, 0, 0),
	"call":                do("call", 0, 0, 32, 0, 0),
	"callCode":            do("callCode", 0, 0, 32, 0, 0),
	"callDelegate":        do("callDelegate", 0, 0, 0, 0),
	"callStatic":          do("callStatic", 0, 0, 0, 0),
}

func TestAnAccountIsColdOnceForWhateverAccess(t *testing.T) {
	for first, one := range accessors {
		for second, two := range accessors {
			o := osaka.world(t).run(address(0, dead), one, two)
			o.finished(t)
			equal(t, first+" then "+second, o.Used, accountCold+accountWarm)
		}
	}
}

func TestByzantineAccessCostsTheSameEveryTime(t *testing.T) {
	for name, access := range accessors {
		once := byzantium.world(t).run(address(0, dead), access).Used
		twice := byzantium.world(t).run(address(0, dead), access, access).Used
		equal(t, name, twice, 2*once)
	}
}

func TestTheTransactionsOwnAccountsAreWarm(t *testing.T) {
	for name, account := range map[string]common.Address{
		"sender": sender, "self": self, "coinbase": coinbase, "precompile": common.BytesToAddress([]byte{1}),
	} {
		o := osaka.world(t).run(address(0, account), do("getExternalBalance", 0, 100))
		equal(t, name, o.Used, accountWarm)
	}
}

func TestTheAccessListWarms(t *testing.T) {
	w := osaka.world(t)
	w.access = types.AccessList{{Address: dead}, {Address: self, StorageKeys: []common.Hash{{31: 1}}}}
	o := w.run(address(0, dead), data(100, word(1)), do("getExternalBalance", 0, 32), do("storageLoad", 100, 200))
	equal(t, "gas", o.Used, accountWarm+slotWarm)
}

func TestASlotIsColdOnce(t *testing.T) {
	load, store := do("storageLoad", 0, 100), do("storageStore", 0, 32) // writes the zero that is there
	for _, test := range []struct {
		name  string
		parts []string
		want  uint64
	}{
		{"load, load", []string{load, load}, slotCold + slotWarm},
		{"load, store", []string{load, store}, slotCold + slotWarm},
		{"store, load", []string{store, load}, slotCold + slotWarm + slotWarm},
		{"store, store", []string{store, store}, slotCold + 2*slotWarm},
	} {
		o := osaka.world(t).run(append([]string{data(0, word(1))}, test.parts...)...)
		equal(t, test.name, o.Used, test.want)
	}
}

func TestSlotsAreWarmedByAccountAndKey(t *testing.T) {
	w := osaka.world(t)
	w.place(other, contract(t, data(0, word(1)), do("storageLoad", 0, 100)))
	o := w.run(
		data(0, word(1)), data(32, word(2)), address(64, other),
		do("storageLoad", 0, 200), do("storageLoad", 32, 200), do("callStatic", 10_000, 64, 0, 0),
	)
	equal(t, "gas", o.Used, 3*slotCold+accountCold)
}

func TestWarmthIsUndoneWithTheFrame(t *testing.T) {
	touch := []string{address(0, dead), data(32, word(1)), do("getExternalBalance", 0, 100), do("storageLoad", 32, 100)}
	for _, test := range []struct {
		end       string
		want      uint64 // of the second call
		finishing string
	}{
		{end: "finish", finishing: finish(0, 0), want: accountWarm + accountWarm + slotWarm},
		{end: "revert", finishing: do("revert", 0, 0), want: accountWarm + accountCold + slotCold},
		{end: "trap", finishing: "unreachable", want: accountWarm + 10_000},
	} {
		t.Run(test.end, func(t *testing.T) {
			w := osaka.world(t)
			w.place(other, contract(t, append(touch, test.finishing)...))
			o := w.run(address(0, other),
				do("callStatic", 10_000, 0, 0, 0),
				put64(100, get("getGasLeft")),
				do("callStatic", 10_000, 0, 0, 0),
				put64(108, get("getGasLeft")),
				finish(100, 16),
			)
			out := o.finished(t)
			equal(t, "gas of the second call", u64(out)-u64(out[8:])-2, test.want)
		})
	}
}

func TestWarmthEndsWithTheTransaction(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, address(0, dead), do("getExternalBalance", 0, 100)))
	for i := range 2 {
		equal(t, fmt.Sprintf("transaction %d", i), w.call(message{}).Used, accountCold)
		w.begin()
	}
}
