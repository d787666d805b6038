package txlog

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/iface/abi"
	"hestia/internal/terminal"
)

// maxText bounds what one argument takes in a line, in bytes.
const maxText = 80

// How a transaction ended.
const (
	Succeeded = "ok"
	Failed    = "failed"
)

// Transaction is all that is printed of a transaction.
type Transaction struct {
	Event   string         `json:"event"` // "transaction"
	Block   uint64         `json:"block"`
	Hash    common.Hash    `json:"hash"`
	From    common.Address `json:"from"`
	Verb    string         `json:"kind"` // call, create or pay
	To      common.Address `json:"to"`   // of create, the new account
	Call    *Words         `json:"call,omitempty"`
	Status  string         `json:"status"`           // Succeeded or Failed
	Reason  string         `json:"reason,omitempty"` // why it failed
	GasUsed uint64         `json:"gasUsed"`
	Value   *hexutil.Big   `json:"value"` // in wei
	Events  []Words        `json:"events"`
}

// Describe puts the transaction at index of a new block into words, all but the reason of a failure. The book names
// its call and its events.
func Describe(book *abi.Book, e chain.Event, index int, signer types.Signer) Transaction {
	tx, receipt := e.Block.Transactions()[index], e.Receipts[index]
	from, _ := types.Sender(signer, tx)
	t := Transaction{
		Event: "transaction", Block: e.Block.NumberU64(), Hash: tx.Hash(), From: from,
		Verb: "create", To: receipt.ContractAddress, Status: Succeeded, GasUsed: receipt.GasUsed,
		Value: (*hexutil.Big)(tx.Value()), Events: []Words{},
	}
	if to := tx.To(); to != nil {
		t.Verb, t.To, t.Call = "call", *to, callWords(book, tx.Data())
		if len(tx.Data()) == 0 {
			t.Verb = "pay"
		}
	}
	if receipt.Status == types.ReceiptStatusFailed {
		t.Status = Failed
	}
	for _, log := range receipt.Logs {
		t.Events = append(t.Events, eventWords(book, log))
	}
	return t
}

// Text is the transaction as a line for people, without a line feed.
func (t Transaction) Text(colour bool) string {
	status := fmt.Sprintf("%-6s", t.Status)
	if colour {
		code := 32 // green
		if t.Status == Failed {
			code = 31 // red
		}
		status = fmt.Sprintf("\x1b[%dm%s\x1b[0m", code, status)
	}
	line := fmt.Sprintf("block %-5v %s  %s %-6s %s  %s  %9d gas  %s ether", t.Block, t.Hash.Hex(),
		terminal.Short(t.From), t.Verb, t.To.Hex(), status, t.GasUsed, terminal.Ether((*big.Int)(t.Value)))
	if t.Call != nil {
		line += "  " + t.Call.String()
	}
	if t.Reason != "" {
		line += "  " + terminal.Printable(t.Reason)
	}
	for _, event := range t.Events {
		line += "  > " + event.String()
	}
	return line
}

// Words are a call or an event as text. In it no character can move a cursor.
type Words struct {
	Name string   `json:"name"` // the selector, or the begin of the topic, if no interface declares it
	Args []string `json:"args"` // nil if no interface declares them
}

// String writes the words as a call, with addresses abbreviated.
func (w Words) String() string {
	if w.Args == nil {
		return w.Name
	}
	args := make([]string, len(w.Args))
	for i, arg := range w.Args {
		if args[i] = arg; len(arg) == 42 && common.IsHexAddress(arg) {
			args[i] = terminal.Short(common.HexToAddress(arg))
		}
	}
	return w.Name + "(" + strings.Join(args, ", ") + ")"
}

// callWords puts calldata into words. It is nil if the calldata has no selector.
func callWords(book *abi.Book, input []byte) *Words {
	if len(input) < 4 {
		return nil
	}
	if known, ok := book.Call(input); ok {
		return &Words{known.Name, texts(known.Arguments)}
	}
	return &Words{Name: hexutil.Encode(input[:4])}
}

// eventWords puts a log into words.
func eventWords(book *abi.Book, log *types.Log) Words {
	if len(log.Topics) == 0 {
		return Words{Name: fmt.Sprintf("log of %d bytes", len(log.Data))}
	}
	if known, ok := book.Event(log); ok {
		return Words{known.Name, texts(known.Arguments)}
	}
	return Words{Name: log.Topics[0].Hex()[:10]}
}

func texts(arguments []abi.Argument) []string {
	list := make([]string, len(arguments))
	for i, a := range arguments {
		list[i] = cut(a.Text())
	}
	return list
}

// cut bounds a text and replaces what is not printable in it.
func cut(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + ".."
	}
	return terminal.Printable(text)
}
