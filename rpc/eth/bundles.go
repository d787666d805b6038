package eth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// The parameters of eth_callMany decode themselves. Its clients give numbers in more forms than those of Ethereum's
// other methods, and fields under Erigon's names or geth's.

// maxBundles bounds the bundles of one request.
const maxBundles = 1000

var (
	errNoBundles  = errors.New("empty bundles: none has transactions")
	errBlockHash  = errors.New("hashes of other blocks cannot be overridden")
	errTwoNames   = errors.New("both blockOverride and blockOverrides are given")
	errBundles    = fmt.Errorf("more than %d bundles", maxBundles)
	errManyCalls  = fmt.Errorf("more than %d transactions", maxSimulatedCalls)
	errBlockRange = errors.New("the block after it would have a number or time above 2^64-1")
)

// numbers are the fields of calls, blocks and accounts that are numbers.
var numbers = map[string]bool{
	"balance": true, "basefee": true, "basefeepergas": true, "blobbasefee": true, "blocknumber": true, "chainid": true,
	"difficulty": true, "gas": true, "gaslimit": true, "gasprice": true, "maxfeeperblobgas": true,
	"maxfeepergas": true, "maxpriorityfeepergas": true, "nonce": true, "number": true, "time": true,
	"timestamp": true, "value": true,
}

// bundleList is the bundles of one request.
type bundleList []bundle

// UnmarshalJSON reads a list; an error names the bundle and the field.
func (l *bundleList) UnmarshalJSON(data []byte) error { return query.Decode(data, (*[]bundle)(l)) }

// bundle is calls in one block, in Erigon's form.
type bundle struct {
	Transactions []bundleCall
	Block        *query.BlockOverrides
}

// UnmarshalJSON reads an object; an error names the field.
func (b *bundle) UnmarshalJSON(data []byte) error {
	var fields struct {
		Transactions []bundleCall `json:"transactions"`
		Block        *bundleBlock `json:"blockOverride"`
		Geths        *bundleBlock `json:"blockOverrides"`
	}
	if err := query.Decode(data, &fields); err != nil {
		return err
	}
	if fields.Block != nil && fields.Geths != nil {
		return errTwoNames
	}
	if fields.Block == nil {
		fields.Block = fields.Geths
	}
	b.Transactions, b.Block = fields.Transactions, (*query.BlockOverrides)(fields.Block)
	return nil
}

// bundleCall is one call.
type bundleCall query.TransactionArgs

// UnmarshalJSON reads an object; an error names the field.
func (c *bundleCall) UnmarshalJSON(data []byte) error {
	data, err := query.InHex(data, numbers)
	if err != nil {
		return err
	}
	return (*query.TransactionArgs)(c).UnmarshalJSON(data)
}

// bundleBlock is the block that the calls of a bundle see. Erigon has names of its own for some fields.
type bundleBlock query.BlockOverrides

// UnmarshalJSON reads an object; an error names the field.
func (b *bundleBlock) UnmarshalJSON(data []byte) error {
	data, err := query.InHex(data, numbers)
	if err != nil {
		return err
	}
	var erigons struct {
		BlockNumber *hexutil.Big           `json:"blockNumber"`
		Coinbase    *common.Address        `json:"coinbase"`
		Timestamp   *hexutil.Uint64        `json:"timestamp"`
		BaseFee     *hexutil.Big           `json:"baseFee"`
		BlockHash   map[string]common.Hash `json:"blockHash"`
	}
	if err := query.Decode(data, &erigons); err != nil {
		return err
	}
	if len(erigons.BlockHash) > 0 {
		return query.Within("blockHash", errBlockHash)
	}
	o := (*query.BlockOverrides)(b)
	if err := o.UnmarshalJSON(data); err != nil {
		return err
	}
	if erigons.BlockNumber != nil {
		o.Number = erigons.BlockNumber
	}
	if erigons.Coinbase != nil {
		o.FeeRecipient = erigons.Coinbase
	}
	if erigons.Timestamp != nil {
		o.Time = erigons.Timestamp
	}
	if erigons.BaseFee != nil {
		o.BaseFeePerGas = erigons.BaseFee
	}
	return nil
}

// bundleState is the changes to accounts that all calls see.
type bundleState query.StateOverride

// UnmarshalJSON reads an object; an error names the account and the field.
func (s *bundleState) UnmarshalJSON(data []byte) error {
	var accounts map[string]json.RawMessage
	if json.Unmarshal(data, &accounts) == nil {
		for _, address := range slices.Sorted(maps.Keys(accounts)) {
			inHex, err := query.InHex(accounts[address], numbers)
			if err != nil {
				return query.Within(fmt.Sprintf("%.80s", address), err)
			}
			accounts[address] = inHex
		}
		data, _ = json.Marshal(accounts) // what was JSON is JSON again
	}
	return (*query.StateOverride)(s).UnmarshalJSON(data)
}

// bundleContext is the moment at which bundles begin: after so many transactions of a block, nil = all.
type bundleContext struct {
	block *gethrpc.BlockNumberOrHash // nil = the latest
	index *uint64
}

// UnmarshalJSON reads Erigon's object, or the block alone.
func (c *bundleContext) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return c.readBlock(data)
	}
	var fields struct {
		Block json.RawMessage `json:"blockNumber"`
		Index json.RawMessage `json:"transactionIndex"`
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if fields.Block != nil && string(fields.Block) != "null" {
		if err := c.readBlock(fields.Block); err != nil {
			return query.Within("blockNumber", err)
		}
	}
	switch string(fields.Index) {
	case "", "null", "-1", `"-1"`:
		return nil
	}
	n, err := query.UpTo(fields.Index, maxTransactionIndex)
	if err != nil {
		return query.Within("transactionIndex", err)
	}
	c.index = &n
	return nil
}

// maxTransactionIndex is above the number of transactions of every block.
const maxTransactionIndex = 1 << 31

// readBlock reads a block's number in any form, tag or hash, or an object of one of them.
func (c *bundleContext) readBlock(data []byte) error {
	decimal := bytes.Trim(bytes.TrimSpace(data), `"`)
	if len(bytes.Trim(decimal, "0123456789")) == 0 {
		data = decimal
	}
	block := new(query.BlockRef)
	if err := block.UnmarshalJSON(data); err != nil {
		return err
	}
	c.block = (*gethrpc.BlockNumberOrHash)(block)
	return nil
}
