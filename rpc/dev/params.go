package dev

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/holiman/uint256"

	"hestia/rpc/query"
)

// maxMined bounds the blocks of one request; maxSeconds the times, which must not overflow when added to the clock.
const (
	maxMined   = 1_000_000
	maxSeconds = 1 << 40
)

// raw is a parameter as it came, nil if it was left out.
type raw = *json.RawMessage

// given reports whether a parameter is there.
func given(p raw) bool { return p != nil && string(*p) != "null" }

// decoder decodes parameters and keeps the first error, which names its parameter.
type decoder struct{ err error }

// fail keeps the first error, which names the parameter.
func (d *decoder) fail(name, format string, args ...any) {
	if d.err == nil {
		d.err = query.InvalidParams("%s: %w", name, fmt.Errorf(format, args...))
	}
}

// decode decodes a parameter that must be there.
func (d *decoder) decode(name string, p raw, into any) bool {
	if !given(p) {
		d.fail(name, "is missing")
		return false
	}
	if err := json.Unmarshal(*p, into); err != nil {
		d.fail(name, "%w", err)
		return false
	}
	return true
}

// address decodes 20 bytes in hex.
func (d *decoder) address(name string, p raw) (a common.Address) {
	d.decode(name, p, &a)
	return a
}

// hash decodes 32 bytes in hex.
func (d *decoder) hash(name string, p raw) (h common.Hash) {
	d.decode(name, p, &h)
	return h
}

// bytes decodes hex of any length.
func (d *decoder) bytes(name string, p raw) (b hexutil.Bytes) {
	d.decode(name, p, &b)
	return b
}

// flag decodes true or false.
func (d *decoder) flag(name string, p raw) (on bool) {
	d.decode(name, p, &on)
	return on
}

// quantity decodes a whole number below 2^256: hex in a string, decimal in a string, or a JSON number.
func (d *decoder) quantity(name string, p raw) *big.Int {
	if !given(p) {
		d.fail(name, "is missing")
		return new(big.Int)
	}
	text := strings.Trim(strings.TrimSpace(string(*p)), `"`)
	base, digits := 10, text
	if rest, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		base, digits = 16, rest
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || n.Sign() < 0 || n.BitLen() > 256 || strings.HasPrefix(digits, "+") {
		d.fail(name, "%.80s is not a whole number between 0 and 2^256-1", text)
		return new(big.Int)
	}
	return n
}

// amount decodes a quantity of wei.
func (d *decoder) amount(name string, p raw) *uint256.Int {
	return uint256.MustFromBig(d.quantity(name, p))
}

// number decodes a number below 2^64.
func (d *decoder) number(name string, p raw) uint64 {
	n := d.quantity(name, p)
	if !n.IsUint64() {
		d.fail(name, "%d is not below 2^64", n)
	}
	return n.Uint64()
}

// seconds decodes a span or a point of time.
func (d *decoder) seconds(name string, p raw) uint64 {
	n := d.number(name, p)
	if n > maxSeconds {
		d.fail(name, "%d is above %d", n, uint64(maxSeconds))
	}
	return n
}

// word decodes 32 bytes, which may be given as a shorter number.
func (d *decoder) word(name string, p raw) common.Hash {
	return common.BigToHash(d.quantity(name, p))
}

// blocks decodes a number of blocks to be made, one if left out.
func (d *decoder) blocks(name string, p raw) int {
	if !given(p) {
		return 1
	}
	n := d.number(name, p)
	if n > maxMined {
		d.fail(name, "%d is above %d", n, maxMined)
	}
	return int(min(n, maxMined))
}

// refuseForking accepts the options of a reset that do not ask for another chain's state.
func refuseForking(options raw) error {
	if !given(options) {
		return nil
	}
	var o struct {
		Forking *struct {
			URL string `json:"jsonRpcUrl"`
		} `json:"forking"`
	}
	if err := json.Unmarshal(*options, &o); err != nil {
		return query.InvalidParams("options: %w", err)
	}
	if o.Forking != nil && o.Forking.URL != "" {
		return query.InvalidParams("forking: %w", errNoForking)
	}
	return nil
}
