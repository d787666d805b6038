package main

// This file has the command devnet: it starts a node, prints a banner and then the log of transactions, and ends on a
// signal. settings.go reads its flags, package chain/txlog writes the log.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/txlog"
	"hestia/internal/terminal"
	"hestia/node"
)

// devnetCommand is hestia devnet.
func devnetCommand() *cli.Command {
	return &cli.Command{
		Name:  "devnet",
		Usage: "run a devnet: one node, funded accounts, Ethereum's JSON-RPC",
		Description: "Every flag may also be given as HESTIA_NAME in the environment (--chain-id is\n" +
			"HESTIA_CHAIN_ID), or as name = value in " + configFile + ". The flag wins, then the environment.",
		Flags:  devnetFlags(),
		Action: devnet,
	}
}

// closeLimit bounds how long the end waits for a slow terminal to take the log.
const closeLimit = time.Second

// devnet runs a node until SIGINT, SIGTERM or a failure of the server. A second signal ends the process without
// waiting.
func devnet(c *cli.Context) error {
	s, err := devnetSettings(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	log := txlog.New(c.App.Writer, s.log)
	ended := s.watch(log, c.App.ErrWriter)
	n, err := startFrom(s, c.App.ErrWriter)
	if err != nil {
		return err
	}
	events := make(chan chain.Event, 256)
	subscription := n.Chain.Subscribe(events) // before the banner, so that the log misses no block
	if err = s.checkID(n); err == nil {
		err = s.introduce(c.App.Writer, n)
	}
	if err != nil {
		return errors.Join(err, n.Close())
	}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		log.Follow(events, subscription.Err(), n.Chain)
	}()

	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	stop() // restores the default: the next signal kills
	log.Tell(txlog.Info, "stopping", txlog.Note{Event: "stop"})
	if s.state != "" { // before the node closes its store
		err = errors.Join(err, writeState(s.state, n.Chain, c.App.ErrWriter))
	}
	err = errors.Join(err, n.Close())
	subscription.Unsubscribe() // after the last block, so that it is logged
	<-followed
	log.Close(closeLimit)
	return err
}

// watch makes the node report to the log, and its failures to w. The channel delivers when the server has failed.
func (s *settings) watch(log *txlog.Log, w io.Writer) <-chan error {
	ended := make(chan error, 1)
	s.node.Debug = log.Print
	s.node.Waits = func(tx *types.Transaction, why string) {
		text := fmt.Sprintf("%s %s", tx.Hash(), why)
		log.Tell(txlog.Info, text, txlog.Note{Event: "waits", Text: text})
	}
	s.node.Notice = func(text string) { log.Tell(txlog.Info, text, txlog.Note{Event: "notice", Text: text}) }
	s.node.Logging = func(on bool) { log.Mute(!on) }
	s.node.Failed = func(err error) {
		fmt.Fprintf(w, "hestia: %v\n", err)
		if errors.Is(err, node.ErrServe) {
			ended <- errQuiet // never blocks: there is one server, and it fails once
		}
	}
	return ended
}

// checkID returns an error if --chain-id names another chain than the one that is kept.
func (s *settings) checkID(n *node.Node) error {
	id := n.Chain.ConfigAt(0).ChainID.Uint64() // of the first block, as the flag says
	if s.chainID == 0 || s.chainID == id {
		return nil
	}
	return fmt.Errorf("the chain that is kept has id %d, not %d; leave --chain-id out or begin with an empty directory",
		id, s.chainID)
}

// startFrom starts the node, from its state file if it has one. Progress goes to w.
func startFrom(s *settings, w io.Writer) (*node.Node, error) {
	if s.state == "" {
		return node.Start(s.node)
	}
	if err := checkReplaceable(s.state); err != nil { // now, rather than after a day's work
		return nil, fmt.Errorf("--state: %w", err)
	}
	file, err := os.Open(s.state)
	if errors.Is(err, fs.ErrNotExist) {
		return node.Start(s.node) // the end writes it
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	p := startProgress(w, "loading "+s.state, info.Size(), "")
	defer p.end()
	s.node.State = countingReader{file, p}
	n, err := node.Start(s.node)
	if errors.Is(err, chain.ErrStateFile) {
		return nil, fmt.Errorf("%s: %w", s.state, err)
	}
	return n, err
}

// writeState replaces the state file by one of the chain as it is now. If that fails, the old file stays.
func writeState(name string, c *chain.Chain, w io.Writer) error {
	p := startProgress(w, "writing "+name, 0, "bytes")
	defer p.end()
	if err := replaceFile(name, func(w io.Writer) error { return c.Dump(countingWriter{w, p}) }); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// startJSON is the banner for programs: the first line of --json.
type startJSON struct {
	Event    string        `json:"event"`
	Version  string        `json:"version"`
	URL      string        `json:"url"`
	ChainID  uint64        `json:"chainId"`
	Schedule string        `json:"schedule"`
	Block    uint64        `json:"block"` // the head; 0 of a new chain
	Mnemonic string        `json:"mnemonic"`
	Accounts []accountJSON `json:"accounts"`
}

// accountJSON is an account that the node signs for.
type accountJSON struct {
	Address common.Address `json:"address"`
	Key     hexutil.Bytes  `json:"key"`
	Balance *hexutil.Big   `json:"balance"` // in wei
}

// introduce prints what a user or a program needs to begin: with --quiet the URL alone, in text or JSON as the log is.
func (s *settings) introduce(w io.Writer, n *node.Node) error {
	p := &terminal.Printer{W: w}
	head := n.Chain.Head()
	if s.quiet && !s.log.JSON {
		p.Line("%s", n.URL())
		return p.Err
	}
	db, err := n.Chain.StateAt(n.Chain.Root(head))
	if err != nil {
		return err
	}
	start := startJSON{
		Event: "start", Version: node.Version, URL: n.URL(), ChainID: n.Chain.ChainConfig().ChainID.Uint64(),
		Schedule: n.Chain.Schedule(head).Name, Block: head.Number.Uint64(), Mnemonic: s.mnemonic,
	}
	for _, key := range n.Keys {
		address := crypto.PubkeyToAddress(key.PublicKey)
		balance := (*hexutil.Big)(db.GetBalance(address).ToBig())
		start.Accounts = append(start.Accounts, accountJSON{address, crypto.FromECDSA(key), balance})
	}
	if s.log.JSON {
		return json.NewEncoder(w).Encode(start)
	}
	s.printBanner(p, start, n.Chain.Devnet())
	return p.Err
}

// printBanner writes the banner for people. devnet says that the chain has the development methods.
func (s *settings) printBanner(p *terminal.Printer, start startJSON, devnet bool) {
	p.Line("Hestia %s devnet, chain id %v", start.Version, start.ChainID)
	p.Line("")
	p.Line("Accounts")
	for i, account := range start.Accounts {
		p.Line("%3d  %s  %s ether", i, account.Address.Hex(), terminal.Ether(account.Balance.ToInt()))
	}
	p.Line("Private keys")
	for i, account := range start.Accounts {
		p.Line("%3d  %s", i, account.Key)
	}
	p.Line("Mnemonic  %s", start.Mnemonic)
	if start.Mnemonic == node.DevMnemonic {
		p.Line("          these keys are public: never send them anything of value")
	}
	p.Line("")
	p.Line("Schedule  %s", start.Schedule)
	p.Line("Blocks    %s", s.blocks())
	p.Line("Data      %s", s.data(start.Block))
	if !devnet {
		p.Line("Methods   of Ethereum only: the genesis does not say that this is a devnet")
	}
	p.Line("JSON-RPC  %s (HTTP and WebSocket)", start.URL)
	if ip := net.ParseIP(hostOf(s.node.Listen)); ip == nil || !ip.IsLoopback() {
		p.Line("          warning: any program that reaches this address can use the accounts above")
	}
	p.Line("")
}

// blocks says in words when blocks are made.
func (s *settings) blocks() string {
	switch {
	case s.node.BlockTime > 0:
		return "one every " + s.node.BlockTime.String()
	case s.node.Mining == miner.Manual:
		return "when a method asks for them"
	}
	return "one for each transaction"
}

// data says in words what becomes of the chain.
func (s *settings) data(block uint64) string {
	switch {
	case s.node.DataDir != "":
		return fmt.Sprintf("%s, at block %v", s.node.DataDir, block)
	case s.state != "":
		return fmt.Sprintf("in memory, at block %v, written to %s at the end", block, s.state)
	}
	return "in memory, gone with the node"
}

// hostOf returns the host of a listening address, with localhost as the IP address that it stands for.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "localhost" {
		return "127.0.0.1"
	}
	return host
}
