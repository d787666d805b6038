package query

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// Milliseconds is a span of time that clients give as a number or in hex.
type Milliseconds uint64

// UnmarshalJSON reads either form.
func (m *Milliseconds) UnmarshalJSON(data []byte) error {
	if n, err := strconv.ParseUint(string(data), 10, 64); err == nil {
		*m = Milliseconds(n)
		return nil
	}
	return json.Unmarshal(data, (*hexutil.Uint64)(m))
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
