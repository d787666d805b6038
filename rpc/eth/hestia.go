package eth

import (
	"encoding/json"

	"hestia/iface/abi"
	"hestia/rpc/query"
)

// hestiaAPI is hestia: what only this node has.
type hestiaAPI struct{ q *query.Service }

// AddABI teaches the node a contract's interface, a list or an object with it as compilers write them, or either as a
// string, so that messages, receipts, traces and the log call its methods, events and errors by their names. It returns
// how many errors the interface declares.
func (a *hestiaAPI) AddABI(contract json.RawMessage) (int, error) {
	text := []byte(contract)
	var quoted string
	if json.Unmarshal(contract, &quoted) == nil {
		text = []byte(quoted)
	}
	known, err := abi.Parse(text)
	if err != nil {
		return 0, query.InvalidArgument(0, err)
	}
	a.q.Abis.Add(known)
	return len(known.Errors), nil
}
