package query

import "strings"

// Method is a row of the method table: all that is said of a JSON-RPC method but what it does.
type Method struct {
	Name   string // without its namespace, as on the wire
	Do     any    // the function that answers
	Is     Property
	Params Params
}

// Property is a set of what can be said of a method.
type Property uint8

// The properties of a method.
const (
	Direct  Property = 1 << iota // is answered without geth's server: it only reads, and ends soon
	Writes                       // changes the pool, the chain or what the node remembers
	Push                         // is a kind of subscription, to be named to eth_subscribe
	Refused                      // answers with an error that says why, whatever it is asked
	Plain   Property = 0
)

// Has reports whether p holds all of q.
func (p Property) Has(q Property) bool { return p&q == q }

// Params is the names of a method's parameters in order, with spaces between them.
type Params string

// List returns the parameters one by one.
func (p Params) List() (list []Param) {
	for name := range strings.FieldsSeq(string(p)) {
		list = append(list, Param{name, kinds[name]})
	}
	return list
}

// Param is a parameter by its name, and what a client must give for it.
type Param struct{ Name, Want string }

// kinds says what a client must give for a parameter of a name.
var kinds = map[string]string{
	"abi":            "a list of entries, or an object with it in abi, as compilers write them",
	"address":        "20 bytes in hex",
	"attributes":     "an object of a beacon chain's attributes of a block",
	"amount":         "a number, in hex or decimal",
	"balance":        "a number, in hex or decimal",
	"baseFeePerGas":  "a number, in hex or decimal",
	"block":          "a block's number in hex, tag or hash",
	"blockOverrides": "an object of a block's fields",
	"blocks":         "a number up to 1,000,000",
	"bundles":        "a list of objects of transactions and blockOverride",
	"calls":          "a list of pairs of a transaction and kinds of trace",
	"chainId":        "a number between 1 and 2^64-1, in hex or decimal",
	"code":           "bytes in hex",
	"config":         "an object",
	"context":        "an object of blockNumber and transactionIndex",
	"count":          "a number",
	"data":           "bytes in hex",
	"depth":          "a number of blocks",
	"enabled":        "true or false",
	"endHash":        "32 bytes in hex",
	"endNumber":      "a block's number",
	"every":          "seconds below 1,000, milliseconds, or a range of milliseconds",
	"filter":         "a filter's id",
	"extra":          "up to 32 bytes in hex",
	"fromBlock":      "a block's number in hex or tag",
	"full":           "true or false",
	"gas":            "a number in hex",
	"gasLimit":       "a number, in hex or decimal",
	"gasPrice":       "a number in hex",
	"hash":           "32 bytes in hex",
	"incompletes":    "true or false",
	"index":          "a number in hex",
	"interval":       "a number of seconds",
	"key":            "up to 32 bytes in hex",
	"keys":           "a list of storage keys in hex",
	"kind":           "newHeads, logs, newPendingTransactions or syncing",
	"kinds":          "a list of trace, vmTrace and stateDiff",
	"milliseconds":   "a number",
	"mineOptions":    "a time in seconds, or an object with timestamp and blocks",
	"nocode":         "true or false",
	"nonce":          "a number",
	"nostorage":      "true or false",
	"number":         "a block's number",
	"options":        "a query of logs, or whether transactions in full",
	"owner":          "20 bytes in hex",
	"page":           "a number",
	"pairs":          "a list of pairs of a transaction and a block's place from 0",
	"percentiles":    "a list of numbers",
	"place":          "a list of numbers in hex",
	"prevRandao":     "32 bytes in hex, or a number",
	"query":          "an object",
	"reorgOptions":   "a number of blocks up to 1,000, or an object with depth and tx_block_pairs",
	"requests":       "an object of lists of storage keys, by address",
	"resetOptions":   "an object without another chain to fork",
	"seconds":        "a number",
	"signature":      "65 bytes in hex",
	"simulation":     "an object with blockStateCalls",
	"size":           "a number",
	"slot":           "32 bytes in hex, or a number",
	"snapshot":       "a snapshot's number",
	"spender":        "20 bytes in hex",
	"start":          "bytes in hex",
	"startHash":      "32 bytes in hex",
	"startNumber":    "a block's number",
	"state":          "a state file's bytes in hex",
	"stateOverrides": "an object of accounts, by address",
	"subscription":   "a subscription's id",
	"timestamp":      "seconds since the epoch",
	"toBlock":        "a block's number in hex or tag",
	"token":          "20 bytes in hex",
	"transaction":    "an object of a transaction's fields",
	"transactions":   "a list of signed transactions in hex",
	"typedData":      "an object of EIP-712, or its JSON as a string",
	"value":          "32 bytes in hex, or a number",
	"word":           "32 bytes in hex",
}

// Group is the methods of one namespace that one value answers.
type Group struct {
	Namespace string
	Service   any // its exported methods are the group's, as geth's server finds them
	Methods   []Method
}

// NewGroup returns the group of a namespace that service answers by these rows.
func NewGroup(namespace string, service any, rows ...Method) Group {
	return Group{namespace, service, rows}
}

// Row returns a row of the table.
func Row(name string, do any, is Property, params Params) Method {
	return Method{Name: name, Do: do, Is: is, Params: params}
}
