package ewasm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/gas"
)

// The functions with which a contract reads and writes its storage and logs.

// storageLoad charges for the access of the slot, cold or warm, beside its base price.
func storageLoad(c *Context, a Args) (uint64, error) {
	key, err := c.hash(a[0])
	if err != nil {
		return 0, err
	}
	value, err := c.loadSlot(key)
	if err != nil {
		return 0, err
	}
	return c.store(a[1], value[:])
}

// loadSlot pays for reading a slot, and reads it.
func (c *Context) loadSlot(key common.Hash) (common.Hash, error) {
	if err := c.Gas.Charge(c.accessSlot(key, c.Schedule.State.SlotWarm)); err != nil {
		return common.Hash{}, err
	}
	c.paid()
	return c.State.GetState(c.Self, key), nil
}

// accessSlot returns the price of the first access of a slot in this transaction, or warm for a later one.
func (c *Context) accessSlot(key common.Hash, warm uint64) uint64 {
	if _, seen := c.State.SlotInAccessList(c.Self, key); seen {
		return warm
	}
	c.State.AddSlotToAccessList(c.Self, key)
	return c.Schedule.State.SlotCold
}

func storageStore(c *Context, a Args) (uint64, error) {
	key, err := c.hash(a[0])
	if err != nil {
		return 0, err
	}
	value, err := c.hash(a[1])
	if err != nil {
		return 0, err
	}
	return 0, c.storeSlot(key, value)
}

// storeSlot pays for writing a slot, by its values and one of two rules, and writes it.
func (c *Context) storeSlot(key, value common.Hash) (err error) {
	if c.Schedule.State.NetMetering {
		err = c.payNetStore(key, value)
	} else {
		err = c.payStore(key, value)
	}
	if err == nil {
		c.paid()
		c.State.SetState(c.Self, key, value)
	}
	return err
}

// payStore charges by Byzantium's rule: only the current value counts.
func (c *Context) payStore(key, value common.Hash) error {
	price, current := &c.Schedule.State, c.State.GetState(c.Self, key)
	zero := common.Hash{}
	switch {
	case current == zero && value != zero:
		return c.Gas.Charge(price.SlotSet)
	case current != zero && value == zero:
		c.State.AddRefund(price.ClearRefund)
	}
	return c.Gas.Charge(price.SlotReset)
}

// payNetStore charges by EIP-2200 with the prices of EIP-2929: the value at the start of the transaction counts too.
func (c *Context) payNetStore(key, value common.Hash) error {
	price := &c.Schedule.State
	if c.Gas.Left() <= price.SlotSentry {
		return ErrSentry
	}
	cost := c.accessSlot(key, 0)
	current, original := c.State.GetStateAndCommittedState(c.Self, key)
	zero := common.Hash{}
	switch {
	case current == value: // nothing changes
		return c.Gas.Charge(cost + price.SlotWarm)
	case original == current && original == zero: // the first change in this transaction, of an empty slot
		return c.Gas.Charge(cost + price.SlotSet)
	case original == current: // the first change, of another
		if value == zero {
			c.State.AddRefund(price.ClearRefund)
		}
		return c.Gas.Charge(cost + price.SlotReset)
	}
	c.refundDirtyStore(original, current, value)
	return c.Gas.Charge(cost + price.SlotWarm)
}

// refundDirtyStore corrects the refund for a slot that this transaction has changed before.
func (c *Context) refundDirtyStore(original, current, value common.Hash) {
	price, zero := &c.Schedule.State, common.Hash{}
	if current == zero { // so original is not, or nothing had changed
		c.State.SubRefund(price.ClearRefund)
	} else if original != zero && value == zero {
		c.State.AddRefund(price.ClearRefund)
	}
	if original != value {
		return
	}
	if original == zero {
		c.State.AddRefund(price.SlotSet - price.SlotWarm)
	} else {
		c.State.AddRefund(price.SlotReset - price.SlotWarm)
	}
}

// transientLoad reads storage that lasts as long as the transaction (EIP-1153).
func transientLoad(c *Context, a Args) (uint64, error) {
	key, err := c.hash(a[0])
	if err != nil {
		return 0, err
	}
	value := c.State.GetTransientState(c.Self, key)
	return c.store(a[1], value[:])
}

func transientStore(c *Context, a Args) (uint64, error) {
	key, err := c.hash(a[0])
	if err != nil {
		return 0, err
	}
	value, err := c.hash(a[1])
	if err == nil {
		c.State.SetTransientState(c.Self, key, value)
	}
	return 0, err
}

// logEvent reads only as many topic pointers as there are topics. The others may hold anything.
func logEvent(c *Context, a Args) (uint64, error) {
	count := uint64(uint32(a[2]))
	if count > 4 {
		return 0, ErrTopics
	}
	price := &c.Schedule.Host[gas.Log]
	if err := c.Gas.Charge(price.Topic*count + price.Byte*uint64(uint32(a[1]))); err != nil {
		return 0, err
	}
	data, err := c.copyOf(a[0], a[1])
	if err != nil {
		return 0, err
	}
	topics := make([]common.Hash, count)
	for i := range topics {
		if topics[i], err = c.hash(a[3+i]); err != nil {
			return 0, err
		}
	}
	c.State.AddLog(&types.Log{Address: c.Self, Topics: topics, Data: data, BlockNumber: c.Block.Number})
	return 0, nil
}
