package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// Quantity decodes a whole number below 2^256: hex in a string, decimal in a string, or a JSON number.
func Quantity(data []byte) (*big.Int, error) {
	text := strings.Trim(string(bytes.TrimSpace(data)), `"`)
	base, digits := 10, text
	if rest, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		base, digits = 16, rest
	}
	// longer ones are not converted, which takes more than linear time
	n, ok := new(big.Int).SetString(digits[:min(len(digits), maxDigits)], base)
	if !ok || len(digits) > maxDigits || n.Sign() < 0 || n.BitLen() > 256 || strings.ContainsAny(digits, "+-") {
		return nil, fmt.Errorf("%.80s is not a whole number between 0 and 2^256-1", text)
	}
	return n, nil
}

// maxDigits bounds the digits of a number below 2^256, with leading zeros, that are looked at.
const maxDigits = 256

// UpTo decodes a number that is at most a limit.
func UpTo(data []byte, limit uint64) (uint64, error) {
	n, err := Quantity(data)
	switch {
	case err != nil:
		return 0, err
	case !n.IsUint64() || n.Uint64() > limit:
		return 0, fmt.Errorf("%d is above %d", n, limit)
	}
	return n.Uint64(), nil
}

// InHex returns an object with the numbers of some of its fields, by their names in lower case, in the form that geth's
// types read. Clients may give them in any form of Quantity. The error names the field.
func InHex(object []byte, numbers map[string]bool) ([]byte, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(object, &fields) != nil {
		return object, nil // which is for its decoder to refuse
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if !numbers[strings.ToLower(name)] || string(value) == "null" {
			continue
		}
		n, err := Quantity(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fields[name] = strconv.AppendQuote(nil, hexutil.EncodeBig(n))
	}
	return json.Marshal(fields)
}

// Milliseconds is a span of time, of which clients give the number in any form.
type Milliseconds uint64

// UnmarshalJSON reads any form of a number.
func (m *Milliseconds) UnmarshalJSON(data []byte) error {
	const year = 366 * 24 * 3600 * 1000
	n, err := UpTo(data, year)
	*m = Milliseconds(n)
	return err
}

// BlockNumber is a block's number or tag, as Otterscan gives it: the number may be a JSON number.
type BlockNumber gethrpc.BlockNumber

// UnmarshalJSON reads either form.
func (n *BlockNumber) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(inHex(data), (*gethrpc.BlockNumber)(n))
}

// BlockRef is a block's number, tag or hash, as Otterscan gives it: the number may be a JSON number.
type BlockRef gethrpc.BlockNumberOrHash

// UnmarshalJSON reads either form.
func (r *BlockRef) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(inHex(data), (*gethrpc.BlockNumberOrHash)(r))
}

// inHex returns a JSON number as the string that geth's types read, and anything else as it is.
func inHex(data []byte) []byte {
	data = bytes.TrimSpace(data)
	if n, err := strconv.ParseUint(string(data), 10, 63); err == nil {
		return strconv.AppendQuote(nil, hexutil.EncodeUint64(n))
	}
	return data
}
