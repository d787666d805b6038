// Package txlog describes what happens on a chain: a line, or an object in JSON, for every transaction, in the words
// of the contracts' own interfaces.
//
// Describe puts one transaction into words. A Log follows a chain and writes all of them. It writes from a goroutine
// of its own and drops lines if the reader is too slow, so that no block waits for a terminal. The package knows no
// flag and no node. Start at New and Log.Follow.
package txlog

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/chain"
	"hestia/iface/abi"
	"hestia/internal/terminal"
)

// queuedLines is how many lines wait for a slow terminal. Of more the newest are dropped.
const queuedLines = 4096

// Level is how much a log writes. Each level includes those before it.
type Level uint8

const (
	Errors   Level = iota // no transactions
	Warnings              // failed transactions
	Info                  // all transactions, and what contracts print
	Debug                 // blocks without transactions too
)

// Levels are the levels by their names.
var Levels = map[string]Level{"error": Errors, "warn": Warnings, "info": Info, "debug": Debug}

// Options say what a log writes and how.
type Options struct {
	Level  Level
	JSON   bool      // one object a line instead of text
	Colour bool      // text with ANSI colours
	Book   *abi.Book // names calls and events; Log.Follow teaches it the interfaces of the contracts that are called
}

// Note is an event that is no transaction, in JSON.
type Note struct {
	Event string `json:"event"`           // its kind, such as "stop"
	Text  string `json:"text,omitempty"`  // what a contract prints, or a notice says
	Block uint64 `json:"block,omitempty"` // of an empty block

	// Of what a contract prints: the sender, and either the transaction or the JSON-RPC method that simulates a call,
	// which changes nothing.
	From        *common.Address `json:"from,omitempty"`
	Transaction *common.Hash    `json:"transaction,omitempty"`
	Call        string          `json:"call,omitempty"`
}

// Log writes transactions and notes. It is safe for concurrent use.
type Log struct {
	options Options
	muted   atomic.Bool
	lines   chan string
	done    chan struct{} // closed when the last line is written
	once    sync.Once

	mu      sync.Mutex
	closed  bool
	dropped int // lines since the last one that was queued
}

// New returns a log that writes to w until Close.
func New(w io.Writer, o Options) *Log {
	l := &Log{options: o, lines: make(chan string, queuedLines), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for line := range l.lines {
			if _, err := io.WriteString(w, line); err != nil {
				return // the reader is gone: the chain goes on
			}
		}
	}()
	return l
}

// Mute stops the log from writing, or lets it go on.
func (l *Log) Mute(muted bool) { l.muted.Store(muted) }

// print queues a line and never waits.
func (l *Log) print(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.dropped > 0 && !l.options.JSON {
		line = fmt.Sprintf("%s\n(%d lines before this one were dropped)", line, l.dropped)
	}
	select {
	case l.lines <- line + "\n":
		l.dropped = 0
	default:
		l.dropped++
	}
}

// Tell writes text, or the event if the log is in JSON. Below its level or muted, the log writes nothing.
func (l *Log) Tell(level Level, text string, event any) {
	if l.options.Level < level || l.muted.Load() {
		return
	}
	if l.options.JSON {
		encoded, err := json.Marshal(event)
		if err != nil {
			return // events are plain data
		}
		text = string(encoded)
	}
	l.print(text)
}

// Print writes a line that a contract printed through its debug module, marked if a call that changes nothing did.
func (l *Log) Print(p chain.Print) {
	text, note := "debug: ", Note{Event: "debug", Text: p.Line, From: &p.From, Call: p.Method}
	if p.Method != "" {
		text = fmt.Sprintf("debug, %s of %s, which changes nothing: ", p.Method, terminal.Short(p.From))
	} else {
		note.Transaction = &p.Tx
	}
	l.Tell(Info, text+terminal.Printable(p.Line), note)
}

// Close takes no more lines. It returns when all are written, or after the limit.
func (l *Log) Close(limit time.Duration) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.once.Do(func() { close(l.lines) })
	select {
	case <-l.done:
	case <-time.After(limit):
	}
}

// Follow writes the transactions of new blocks until end delivers. Events that came before that are written too.
func (l *Log) Follow(events <-chan chain.Event, end <-chan error, c *chain.Chain) {
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

func (l *Log) block(e chain.Event, c *chain.Chain) {
	if len(e.Block.Transactions()) == 0 {
		n := e.Block.NumberU64()
		l.Tell(Debug, fmt.Sprintf("block %-5v empty", n), Note{Event: "block", Block: n})
		return
	}
	if l.options.Level < Warnings {
		return
	}
	signer := c.SignerAt(e.Block.NumberU64())
	db, err := c.StateAt(e.Block.Root())
	for i, tx := range e.Block.Transactions() {
		if err == nil {
			l.learn(db, tx, e.Receipts[i])
		}
		words := Describe(l.options.Book, e, i, signer)
		words.Reason = l.options.Book.Explain(c.Reason(tx.Hash()))
		level := Info
		if words.Status == Failed {
			level = Warnings
		}
		l.Tell(level, words.Text(l.options.Colour), words)
	}
}

// learn teaches the book the interfaces of the contracts that a transaction calls or makes, and of those that log.
// Other contracts that it calls are known if the book is that of the node.
func (l *Log) learn(db *gstate.StateDB, tx *types.Transaction, receipt *types.Receipt) {
	accounts := make(map[common.Address]bool)
	for _, log := range receipt.Logs {
		accounts[log.Address] = true
	}
	switch to := tx.To(); {
	case to == nil:
		l.options.Book.Learn(crypto.Keccak256Hash(tx.Data()), tx.Data()) // a constructor has errors and events too
		accounts[receipt.ContractAddress] = true
	case len(tx.Data()) >= 4:
		accounts[*to] = true
	}
	for account := range accounts {
		l.options.Book.Learn(db.GetCodeHash(account), db.GetCode(account))
	}
}
