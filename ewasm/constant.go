package ewasm

import "github.com/holiman/uint256"

// Constant is the part of a frame that a host function answers with, if that part does not change while the frame
// runs: an engine may read it before the contract does. One field is set; a function that answers with anything else
// has none.
type Constant struct {
	Bytes  func(*Context) []byte       // written to the window of operand 0, which is as wide
	Amount func(*Context) *uint256.Int // written there as a u128; a wider amount traps
	Number func(*Context) uint64       // the result
}

func (k *Constant) is() bool { return k.Bytes != nil || k.Amount != nil || k.Number != nil }

// do is the work of a host function that answers with a constant.
func (k *Constant) do(c *Context, a Args) (uint64, error) {
	switch {
	case k.Bytes != nil:
		return c.store(a[0], k.Bytes(c))
	case k.Amount != nil:
		return c.storeAmount(a[0], k.Amount(c))
	default:
		return k.Number(c), nil
	}
}
