package hestiatest

import (
	"bytes"
	"fmt"
	"math/big"
	"reflect"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/iface/abi"
)

// WantEvent fails the test unless the contract logged an event with these arguments in the transaction, and returns the
// log. The arguments are in the order of the ABI. nil stands for any value, and an int for an integer of any width. An
// indexed argument longer than a word is its hash.
func (c *Contract) WantEvent(r *types.Receipt, name string, args ...any) *types.Log {
	c.d.t.Helper()
	event, known := c.ABI.Events[name]
	if !known {
		c.d.t.Fatalf("the ABI has no event %s", name)
	}
	var seen []string
	for _, log := range r.Logs {
		if log.Address != c.Address || len(log.Topics) == 0 || log.Topics[0] != event.ID {
			continue
		}
		values, err := abi.EventValues(event, log)
		if err != nil {
			c.d.t.Fatalf("log %d is no %s: %v", log.Index, name, err)
		}
		if equalValues(values, args) {
			return log
		}
		seen = append(seen, name+show(values))
	}
	c.d.t.Fatalf("transaction %s: no event %s%s of %s; there are %d others: %s", r.TxHash, name, show(args), c.Address,
		len(seen), strings.Join(seen, ", "))
	return nil
}

// equalValues compares decoded arguments with wanted ones, of which nil matches any value.
func equalValues(have, want []any) bool {
	if len(have) != len(want) {
		return false
	}
	for i, w := range want {
		if w != nil && !equalValue(have[i], w) {
			return false
		}
	}
	return true
}

// equalValue compares integers by value, as a wanted one may be an int, and the rest with reflect.DeepEqual.
func equalValue(have, want any) bool {
	if a, ok := have.(*big.Int); ok {
		switch b := want.(type) {
		case *big.Int:
			return a.Cmp(b) == 0
		case int:
			return a.Cmp(big.NewInt(int64(b))) == 0
		}
	}
	return reflect.DeepEqual(have, want)
}

// show writes values as the arguments of a call, with _ for any value.
func show(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			parts[i] = "_"
		case []byte:
			parts[i] = "0x" + common.Bytes2Hex(v)
		default:
			parts[i] = fmt.Sprint(v)
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// WantRevert fails the test unless err, of TryCall or TrySend, says that a contract reverted with this reason: the
// string of Solidity's Error(string), or an error of a known interface with its arguments, with or without their names:
// "Refused(7)" or "Refused(code=7)".
func (d *Devnet) WantRevert(err error, reason string) {
	d.t.Helper()
	if err == nil {
		d.t.Fatalf("no revert; want %q", reason)
	}
	data, ok := revertData(err)
	if !ok {
		d.t.Fatalf("%v; want a revert with %q", err, reason)
	}
	got := d.why(data)
	known, custom := d.book.Error(data)
	for i := range known.Arguments {
		known.Arguments[i].Name = ""
	}
	if got != reason && (!custom || known.String() != reason) {
		d.t.Fatalf("reverted with %q (0x%x); want %q", got, data, reason)
	}
}

// WantCustomError fails the test unless err, of TryCall or TrySend, says that the contract reverted with this error
// of its ABI and these arguments, of which nil stands for any value.
func (c *Contract) WantCustomError(err error, name string, args ...any) {
	c.d.t.Helper()
	want, known := c.ABI.Errors[name]
	if !known {
		c.d.t.Fatalf("the ABI has no error %s", name)
	}
	if err == nil {
		c.d.t.Fatalf("no revert; want %s%s", name, show(args))
	}
	data, ok := revertData(err)
	if !ok {
		c.d.t.Fatalf("%v; want a revert with %s%s", err, name, show(args))
	}
	if len(data) < 4 || !bytes.Equal(data[:4], want.ID[:4]) {
		c.d.t.Fatalf("reverted with %s (0x%x); want %s%s", c.d.why(data), data, name, show(args))
	}
	values, failed := want.Inputs.Unpack(data[4:])
	if failed != nil {
		c.d.t.Fatalf("reverted with a %s whose arguments are malformed (0x%x): %v", name, data, failed)
	}
	if !equalValues(values, args) {
		c.d.t.Fatalf("reverted with %s%s; want %s%s", name, show(values), name, show(args))
	}
}

// WantBalanceChange fails the test unless do changes the balance of an account by so many wei, which may be negative.
// Gas that the account pays counts.
func (d *Devnet) WantBalanceChange(a common.Address, wei *big.Int, do func()) {
	d.t.Helper()
	before := d.Balance(a)
	do()
	if change := new(big.Int).Sub(d.Balance(a), before); change.Cmp(wei) != 0 {
		d.t.Fatalf("the balance of %s changed by %d wei; want %d", a, change, wei)
	}
}

// WantGas fails the test if the transaction used more gas than atMost.
func (d *Devnet) WantGas(r *types.Receipt, atMost uint64) {
	d.t.Helper()
	if r.GasUsed > atMost {
		d.t.Fatalf("transaction %s used %d gas; want at most %d", r.TxHash, r.GasUsed, atMost)
	}
}
