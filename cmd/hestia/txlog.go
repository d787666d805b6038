package main

import (
	"fmt"
	"io"
	"math/big"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
)

// queuedLines is how many lines wait for a slow terminal; of more the newest are dropped, so that no block ever waits.
const queuedLines = 4096

// txLog prints a line for every transaction, from a goroutine of its own.
type txLog struct {
	lines chan string
	done  chan struct{}
	once  sync.Once

	mu      sync.Mutex
	closed  bool
	dropped int
}

func newTxLog(w io.Writer) *txLog {
	l := &txLog{lines: make(chan string, queuedLines), done: make(chan struct{})}
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

// print adds a line without ever waiting.
func (l *txLog) print(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.dropped > 0 {
		line = fmt.Sprintf("%s\n(%d lines before this one were dropped)", line, l.dropped)
	}
	select {
	case l.lines <- line + "\n":
		l.dropped = 0
	default:
		l.dropped++
	}
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

// follow prints the transactions of new blocks until the subscription ends.
func (l *txLog) follow(events <-chan chain.Event, end <-chan error, c *chain.Chain) {
	for {
		select {
		case e := <-events:
			signer := c.Signer(e.Block.Header())
			for i, tx := range e.Block.Transactions() {
				l.print(txLine(e, i, signer, c.Reason(tx.Hash())))
			}
		case <-end:
			return
		}
	}
}

// txLine describes the transaction at index of a new block.
func txLine(e chain.Event, index int, signer types.Signer, reason string) string {
	tx, receipt := e.Block.Transactions()[index], e.Receipts[index]
	from, _ := types.Sender(signer, tx)
	verb, to := "call  ", receipt.ContractAddress
	if tx.To() == nil {
		verb = "create"
	} else {
		to = *tx.To()
		if len(tx.Data()) == 0 {
			verb = "pay   "
		}
	}
	status := "ok    "
	if receipt.Status == types.ReceiptStatusFailed {
		status = "failed"
	}
	line := fmt.Sprintf("block %-5v %s  %s %s %s  %s  %9d gas  %s ether", e.Block.Number(), tx.Hash().Hex()[:10],
		short(from), verb, to.Hex(), status, receipt.GasUsed, ether(tx.Value()))
	if reason != "" {
		line += "  " + printable(reason)
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
