package hestiatest

import (
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Snapshot is a moment of the chain that Revert goes back to.
type Snapshot struct{ id hexutil.Uint64 }

// Snapshot remembers the chain, the waiting transactions, the clock and what is set for the next block, as they are
// now. When blocks are made is not part of it.
func (d *Devnet) Snapshot() Snapshot {
	d.t.Helper()
	var s Snapshot
	d.Do(&s.id, "evm_snapshot")
	return s
}

// Revert goes back to a snapshot. It and all later ones are used up: reverting to one again fails the test.
func (d *Devnet) Revert(s Snapshot) {
	d.t.Helper()
	var found bool
	d.Do(&found, "evm_revert", s.id)
	if !found {
		d.t.Fatalf("snapshot %d is used up", s.id)
	}
}

// Mine makes n blocks, a second apart.
func (d *Devnet) Mine(n int) {
	d.t.Helper()
	d.Do(nil, "anvil_mine", n)
}

// Automine turns on or off that every transaction gets a block at once. While it is off, Mine makes the blocks.
func (d *Devnet) Automine(on bool) {
	d.t.Helper()
	d.Do(nil, "evm_setAutomine", on)
}

// Now returns the time of the newest block.
func (d *Devnet) Now() time.Time {
	d.t.Helper()
	header, err := d.Client.HeaderByNumber(d.t.Context(), nil)
	must(d.t, err)
	return time.Unix(int64(header.Time), 0)
}

// Wait puts the clock forward, in whole seconds. The time of the next block shows it.
func (d *Devnet) Wait(by time.Duration) {
	d.t.Helper()
	d.Do(nil, "evm_increaseTime", int64(by/time.Second))
}

// NextBlockAt sets the time of the next block, in whole seconds. It must be after the newest block's.
func (d *Devnet) NextBlockAt(at time.Time) {
	d.t.Helper()
	d.Do(nil, "evm_setNextBlockTimestamp", at.Unix())
}

// SetBalance sets the balance of an account, in wei, without a transaction.
func (d *Devnet) SetBalance(a common.Address, wei *big.Int) {
	d.t.Helper()
	d.Do(nil, "anvil_setBalance", a, (*hexutil.Big)(wei))
}

// SetStorage sets one storage slot of an account, without a transaction.
func (d *Devnet) SetStorage(a common.Address, slot, value common.Hash) {
	d.t.Helper()
	d.Do(nil, "anvil_setStorageAt", a, slot, value)
}

// SetCode sets the code of an account, without a transaction and without a constructor.
func (d *Devnet) SetCode(a common.Address, code []byte) {
	d.t.Helper()
	d.Do(nil, "anvil_setCode", a, hexutil.Bytes(code))
}

// Impersonate lets eth_sendTransaction send transactions of an account whose key the node does not have.
func (d *Devnet) Impersonate(a common.Address) {
	d.t.Helper()
	d.Do(nil, "anvil_impersonateAccount", a)
}
