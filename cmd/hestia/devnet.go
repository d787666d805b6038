package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/node"
)

func devnetCommand() *cli.Command {
	return &cli.Command{
		Name:  "devnet",
		Usage: "run a devnet: one node, funded accounts, Ethereum's JSON-RPC",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "port", Value: 8545, Usage: "listen on `PORT`; 0 = any free one"},
			&cli.StringFlag{Name: "host", Value: "127.0.0.1", Usage: "listen on `ADDRESS`"},
			&cli.StringFlag{Name: "datadir", Usage: "keep the chain in `DIR`; without it in memory"},
			&cli.StringFlag{Name: "genesis", Usage: "begin with the genesis in `FILE`, geth's JSON"},
			&cli.Float64Flag{Name: "block-time", Usage: "make a block every `SECONDS`; without it one for each transaction", DefaultText: "none"},
		},
		Action: devnet,
	}
}

// closeLimit is how long printing what happened may hold up the end.
const closeLimit = time.Second

func devnet(c *cli.Context) error {
	config, err := devnetConfig(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	log := newTxLog(c.App.Writer)
	config.Debug = func(line string) { log.print("debug: " + printable(line)) }
	failed := make(chan error, 1)
	config.Failed = func(err error) {
		fmt.Fprintf(c.App.ErrWriter, "hestia: %v\n", err)
		if errors.Is(err, node.ErrServe) {
			failed <- errQuiet // told once, for there is one server
		}
	}
	n, err := node.Start(config)
	if err != nil {
		return err
	}
	if err := printBanner(c.App.Writer, n, config); err != nil {
		return errors.Join(err, n.Close())
	}
	events := make(chan chain.Event, 256)
	subscription := n.Chain.Subscribe(events)
	go log.follow(events, subscription.Err(), n.Chain)

	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop() // a second signal ends the process at once
	log.print("stopping")
	err = errors.Join(err, n.Close())
	subscription.Unsubscribe()
	log.close(closeLimit)
	return err
}

func devnetConfig(c *cli.Context) (node.Config, error) {
	var config node.Config
	if err := noArguments(c); err != nil {
		return config, err
	}
	port, seconds := c.Int("port"), c.Float64("block-time")
	usage := func(format string, args ...any) error {
		return &usageError{"hestia devnet", fmt.Errorf(format, args...)}
	}
	switch {
	case port < 0 || port > 65535:
		return config, usage("--port %d is not between 0 and 65535", port)
	case c.IsSet("block-time") && !(seconds >= 1 && seconds <= 86400):
		return config, usage("--block-time %v is not between 1 and 86400 seconds", seconds)
	}
	config.Listen = net.JoinHostPort(c.String("host"), strconv.Itoa(port))
	config.DataDir = c.String("datadir")
	config.BlockTime = time.Duration(seconds * float64(time.Second))
	config.Origins = []string{"*"}
	if name := c.String("genesis"); name != "" {
		file, err := os.Open(name)
		if err != nil {
			return config, err
		}
		defer file.Close()
		if config.Genesis, err = chain.DecodeGenesis(file); err != nil {
			return config, fmt.Errorf("%s: %w", name, err)
		}
	}
	return config, nil
}

// printBanner tells all that one needs to begin.
func printBanner(w io.Writer, n *node.Node, config node.Config) error {
	head := n.Chain.Head()
	db, err := n.Chain.StateAt(head.Root)
	if err != nil {
		return err
	}
	p := &printer{w: w}
	p.line("Hestia %s devnet, chain id %v", node.Version, n.Chain.ChainConfig().ChainID)
	p.line("")
	p.line("Accounts")
	for i, key := range n.Keys {
		address := crypto.PubkeyToAddress(key.PublicKey)
		p.line("%3d  %s  %s ether", i, address.Hex(), ether(db.GetBalance(address).ToBig()))
	}
	p.line("Private keys")
	for i, key := range n.Keys {
		p.line("%3d  %s", i, hexutil.Encode(crypto.FromECDSA(key)))
	}
	p.line("Mnemonic  %s", node.DevMnemonic)
	p.line("          everybody has these keys: never send them anything of value")
	p.line("")
	blocks, data := "one for each transaction", "in memory, gone with the node"
	if config.BlockTime > 0 {
		blocks = "one every " + config.BlockTime.String()
	}
	if config.DataDir != "" {
		data = fmt.Sprintf("%s, at block %v", config.DataDir, head.Number)
	}
	p.line("Schedule  %s", n.Chain.Schedule(head).Name)
	p.line("Blocks    %s", blocks)
	p.line("Data      %s", data)
	p.line("JSON-RPC  %s (HTTP and WebSocket)", n.URL())
	if ip := net.ParseIP(hostOf(config.Listen)); ip == nil || !ip.IsLoopback() {
		p.line("          warning: everyone who reaches this address can use the accounts above")
	}
	p.line("")
	return p.err
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "localhost" {
		return "127.0.0.1"
	}
	return host
}

// printer writes lines until one cannot be written.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
