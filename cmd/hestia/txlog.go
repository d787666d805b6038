package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
)

// queuedLines is how many lines wait for a slow terminal; of more the newest are dropped, so that no block ever waits.
const queuedLines = 4096

// logLevel is how much is printed.
type logLevel uint8

const (
	logErrors logLevel = iota
	logWarnings
	logInfo
	logDebug
)

var logLevels = map[string]logLevel{"error": logErrors, "warn": logWarnings, "info": logInfo, "debug": logDebug}

// logSettings say what is printed and how.
type logSettings struct {
	level logLevel
	json  bool
	quiet bool
	known *interfaces
}

// txLog prints a line for every transaction, from a goroutine of its own.
type txLog struct {
	logSettings
	colour bool
	muted  atomic.Bool // by a client
	lines  chan string
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	closed  bool
	dropped int
}

func newTxLog(w io.Writer, s logSettings) *txLog {
	l := &txLog{logSettings: s, colour: isTerminal(w) && !s.json, lines: make(chan string, queuedLines), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for line := range l.lines {
			if _, err := io.WriteString(w, line); err != nil {
				return // nobody reads: the node goes on
			}
		}
	}()
	return l
}

// isTerminal tells whether a person reads what is written. NO_COLOR says that they want none (https://no-color.org).
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// print adds a line without ever waiting.
func (l *txLog) print(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.dropped > 0 && !l.json {
		line = fmt.Sprintf("%s\n(%d lines before this one were dropped)", line, l.dropped)
	}
	select {
	case l.lines <- line + "\n":
		l.dropped = 0
	default:
		l.dropped++
	}
}

// tell prints text, or an object of an event in JSON, if the level is at least that.
func (l *txLog) tell(level logLevel, text string, event any) {
	if l.level < level || l.muted.Load() {
		return
	}
	if l.json {
		encoded, err := json.Marshal(event)
		if err != nil {
			return // plain data
		}
		text = string(encoded)
	}
	l.print(text)
}

// noteJSON is something that is no transaction.
type noteJSON struct {
	Event string `json:"event"`
	Text  string `json:"text,omitempty"`
	Block uint64 `json:"block,omitempty"`
}

// debug prints what a contract says through its debug module.
func (l *txLog) debug(line string) {
	l.tell(logInfo, "debug: "+printable(line), noteJSON{Event: "debug", Text: line})
}

// close returns when all is printed, or after the limit.
func (l *txLog) close(limit time.Duration) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.once.Do(func() { close(l.lines) })
	select {
	case <-l.done:
	case <-time.After(limit):
	}
}

// follow prints the transactions of new blocks until the subscription ends, and of those that came before its end.
func (l *txLog) follow(events <-chan chain.Event, end <-chan error, c *chain.Chain) {
	for {
		select {
		case e := <-events:
			l.block(e, c)
		case <-end:
			for len(events) > 0 {
				l.block(<-events, c)
			}
			return
		}
	}
}

func (l *txLog) block(e chain.Event, c *chain.Chain) {
	if len(e.Block.Transactions()) == 0 {
		n := e.Block.NumberU64()
		l.tell(logDebug, fmt.Sprintf("block %-5v empty", n), noteJSON{Event: "block", Block: n})
		return
	}
	if l.level < logWarnings {
		return
	}
	signer := c.Signer(e.Block.Header())
	db, err := c.StateAt(e.Block.Root())
	for i, tx := range e.Block.Transactions() {
		if to := tx.To(); to != nil && err == nil && len(tx.Data()) >= 4 {
			l.known.learn(db.GetCodeHash(*to), db.GetCode(*to))
		}
		line := l.describe(e, i, signer, c.Reason(tx.Hash()))
		level := logInfo
		if line.Status == failed {
			level = logWarnings
		}
		l.tell(level, line.text(l.colour), line)
	}
}

// How a transaction ended.
const (
	succeeded = "ok"
	failed    = "failed"
)

// txJSON is all that is printed of a transaction.
type txJSON struct {
	Event   string         `json:"event"`
	Block   uint64         `json:"block"`
	Hash    common.Hash    `json:"hash"`
	From    common.Address `json:"from"`
	Verb    string         `json:"kind"` // call, create or pay
	To      common.Address `json:"to"`   // the account made, for create
	Call    *decoded       `json:"call,omitempty"`
	Status  string         `json:"status"`
	Reason  string         `json:"reason,omitempty"`
	GasUsed uint64         `json:"gasUsed"`
	Value   *hexutil.Big   `json:"value"`
	Events  []decoded      `json:"events"`
}

// describe takes together what is printed of the transaction at index of a new block.
func (l *txLog) describe(e chain.Event, index int, signer types.Signer, reason string) txJSON {
	tx, receipt := e.Block.Transactions()[index], e.Receipts[index]
	from, _ := types.Sender(signer, tx)
	line := txJSON{
		Event: "transaction", Block: e.Block.NumberU64(), Hash: tx.Hash(), From: from, Verb: "create", To: receipt.ContractAddress,
		Status: succeeded, Reason: reason, GasUsed: receipt.GasUsed, Value: (*hexutil.Big)(tx.Value()), Events: []decoded{},
	}
	if to := tx.To(); to != nil {
		line.Verb, line.To, line.Call = "call", *to, l.known.call(tx.Data())
		if len(tx.Data()) == 0 {
			line.Verb = "pay"
		}
	}
	if receipt.Status == types.ReceiptStatusFailed {
		line.Status = failed
	}
	for _, log := range receipt.Logs {
		line.Events = append(line.Events, l.known.event(log))
	}
	return line
}

// text is the line for people.
func (t txJSON) text(colour bool) string {
	status := fmt.Sprintf("%-6s", t.Status)
	if colour {
		code := 32 // green
		if t.Status == failed {
			code = 31 // red
		}
		status = fmt.Sprintf("\x1b[%dm%s\x1b[0m", code, status)
	}
	line := fmt.Sprintf("block %-5v %s  %s %-6s %s  %s  %9d gas  %s ether", t.Block, t.Hash.Hex(),
		short(t.From), t.Verb, t.To.Hex(), status, t.GasUsed, ether((*big.Int)(t.Value)))
	if t.Call != nil {
		line += "  " + t.Call.String()
	}
	if t.Reason != "" {
		line += "  " + printable(t.Reason)
	}
	for _, event := range t.Events {
		line += "  > " + event.String()
	}
	return line
}

// short abbreviates an address to what people compare.
func short(a common.Address) string {
	text := a.Hex()
	return text[:6] + ".." + text[len(text)-4:]
}

// ether writes an amount of wei in ether, without zeros that say nothing.
func ether(wei *big.Int) string {
	whole, rest := new(big.Int).QuoRem(wei, big.NewInt(params.Ether), new(big.Int))
	if rest.Sign() == 0 {
		return whole.String()
	}
	return strings.TrimRight(fmt.Sprintf("%v.%018v", whole, rest), "0")
}

// printable replaces what a contract could move the terminal's cursor with.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
