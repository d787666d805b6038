package main

// This file has the flags of devnet and turns them into the configuration of a node. Each flag is checked here,
// before anything is opened, so that a mistake costs nothing. A part of the settings has one function that reads and
// checks it.

import (
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/params"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/chain/txlog"
	"hestia/contracts"
	"hestia/iface/abi"
	"hestia/internal/terminal"
	"hestia/node"
	"hestia/transition"
)

// maxAccounts bounds --accounts. Deriving a key takes about 0.1 ms.
const maxAccounts = 10_000

// settings are what a devnet is run with. A flag wins over the environment, that over the configuration file, and
// that over the default.
type settings struct {
	node     node.Config
	mnemonic string // for the banner; node has the keys
	state    string // file that carries the state from run to run; empty = none
	chainID  uint64 // that the chain must have; 0 = any
	log      txlog.Options
	quiet    bool // print the URL and errors only
}

// devnetFlags lists the flags in the order in which --help shows them. Each can be given as HESTIA_NAME in the
// environment and as name in hestia.toml too.
func devnetFlags() []cli.Flag {
	flags := []cli.Flag{
		// Where the settings and the answers come from.
		&cli.StringFlag{
			Name: "config", Usage: "read settings from `FILE`; without it from " + configFile + " if it is there",
		},
		&cli.IntFlag{Name: "port", Value: 8545, Usage: "listen on `PORT`; 0 = any free one"},
		&cli.StringFlag{Name: "host", Value: "127.0.0.1", Usage: "listen on `ADDRESS`"},
		&cli.StringSliceFlag{
			Name:  "hosts",
			Usage: "answer under the host `NAME` too, besides addresses and localhost; * = any; repeatable",
		},
		&cli.StringSliceFlag{
			Name:  "origins",
			Usage: "answer web pages of `ORIGIN` too, besides localhost and browser extensions; * = any; repeatable",
		},
		&cli.StringFlag{Name: "ipc", Usage: "answer on the local socket `PATH` too"},
		// What is kept, and what it begins with.
		&cli.StringFlag{Name: "datadir", Usage: "keep the chain in `DIR`; without it in memory"},
		&cli.BoolFlag{Name: "sync", Usage: "wait for the disk with every block, so that power loss loses none"},
		&cli.StringFlag{Name: "state", Usage: "begin with the state `FILE`, if it is there, and write it at the end"},
		&cli.StringFlag{Name: "genesis", Usage: "begin with the genesis in `FILE`, geth's JSON"},
		&cli.Uint64Flag{Name: "chain-id", Value: transition.DevnetID, Usage: "chain `ID`"},
		&cli.StringFlag{
			Name: "hardfork", Value: "osaka",
			Usage: "Ethereum's rules up to the fork `NAME`: frontier, homestead, .. prague, osaka; wasm needs berlin",
		},
		&cli.IntFlag{
			Name: "code-size-limit", Value: 24576,
			Usage: "limit deployed EVM code to `BYTES`, and its creation data to twice as many",
		},
		&cli.BoolFlag{Name: "disable-code-size-limit", Usage: "let EVM code have any size"},
		// The accounts.
		&cli.StringFlag{
			Name: "mnemonic", Usage: "derive the accounts from these `WORDS`", DefaultText: `"test test ... junk"`,
		},
		&cli.StringFlag{
			Name: "derivation-path", Value: node.DevPath, Usage: "derive the accounts at `PATH`/0, PATH/1, ..",
		},
		&cli.IntFlag{Name: "accounts", Value: 10, Usage: "sign for `N` accounts"},
		&cli.StringFlag{Name: "balance", Value: "10000", Usage: "what each owns, in `ETHER`"},
		// The first block, and those after it.
		&cli.BoolFlag{
			Name: "no-predeploys", Usage: "begin without Multicall3 and the other contracts of docs/devnet.md",
		},
		&cli.Uint64Flag{Name: "gas-limit", Value: chain.DevnetGasLimit, Usage: "`GAS` limit of a block"},
		&cli.StringFlag{Name: "base-fee", Value: "1000000000", Usage: "base fee of the first block, in `WEI` a gas"},
		&cli.Uint64Flag{
			Name: "timestamp", Usage: "time of the first block, in `SECONDS` since 1970", DefaultText: "now",
		},
		&cli.StringFlag{Name: "coinbase", Usage: "`ADDRESS` that gets the tips", DefaultText: "zero"},
		&cli.Float64Flag{
			Name: "block-time", DefaultText: "none",
			Usage: "make a block every `SECONDS`; without it one for each transaction",
		},
		// Calls and blocks.
		&cli.Float64Flag{Name: "call-timeout", Value: 5, Usage: "give up eth_call and the like after `SECONDS`"},
		&cli.Float64Flag{
			Name: "transaction-time", Value: 30, Usage: "refuse a transaction that runs longer than `SECONDS`",
		},
		&cli.BoolFlag{Name: "no-mining", Usage: "make blocks only when a method asks for them"},
		&cli.StringFlag{
			Name: "client-version", DefaultText: "Hestia/v" + node.Version,
			Usage: "what web3_clientVersion says: `TEXT`; some tools want it to begin with anvil",
		},
		// What is printed.
		&cli.StringSliceFlag{
			Name: "abi", Usage: "know the methods, events and errors of the interface in `FILE`; repeatable",
		},
		&cli.StringFlag{
			Name: "log-level", Value: "info",
			Usage: "print `LEVEL`: error, warn (failed transactions), info (all), debug (empty blocks too)",
		},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: "print `FORMAT`: text or json, one object a line"},
		&cli.BoolFlag{Name: "json", Usage: "the same as --log-format json"},
		&cli.BoolFlag{Name: "quiet", Usage: "print the URL and errors only"},
	}
	for _, flag := range flags {
		fromEnvironment(flag)
	}
	return flags
}

// devnetSettings reads all settings and checks them.
func devnetSettings(c *cli.Context) (*settings, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	if err := readConfig(c); err != nil {
		return nil, err
	}
	s := &settings{state: c.String("state"), mnemonic: c.String("mnemonic")}
	if s.mnemonic == "" {
		s.mnemonic = node.DevMnemonic
	}
	parts := []func(*cli.Context) error{s.readNetwork, s.readMining, s.readAccounts, s.readGenesis, s.readLog}
	for _, part := range parts {
		if err := part(c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// wrong returns the usage error of a setting, with the name of the flag in its text.
func wrong(format string, args ...any) error {
	return &usageError{"hestia devnet", fmt.Errorf(format, args...)}
}

// readNetwork reads which addresses the node answers at, and what it keeps on disk.
func (s *settings) readNetwork(c *cli.Context) error {
	port := c.Int("port")
	if port < 0 || port > 65535 {
		return wrong("--port %d is not between 0 and 65535", port)
	}
	host := strings.TrimSuffix(strings.TrimPrefix(c.String("host"), "["), "]") // as in a URL
	if host == "" {                                                            // which would listen on all addresses
		return wrong("--host %q: want an address, such as 127.0.0.1, or 0.0.0.0 for all", c.String("host"))
	}
	s.node.Listen = net.JoinHostPort(host, strconv.Itoa(port))
	s.node.IPC, s.node.DataDir, s.node.Sync = c.String("ipc"), c.String("datadir"), c.Bool("sync")
	s.node.Version = c.String("client-version")
	if err := s.readDoor(c); err != nil {
		return err
	}
	for _, limit := range []struct {
		flag string
		time *time.Duration
	}{{"call-timeout", &s.node.Timeout}, {"transaction-time", &s.node.Longest}} {
		seconds := c.Float64(limit.flag) // from a millisecond to a day
		if !(seconds >= 0.001 && seconds <= 86400) {
			return wrong("--%s %v is not between 0.001 and 86400 seconds", limit.flag, seconds)
		}
		*limit.time = time.Duration(seconds * float64(time.Second))
	}
	if s.state != "" && s.node.DataDir != "" {
		return wrong("--state and --datadir both keep the chain; give one of them")
	}
	return nil
}

// readDoor reads which web pages may ask, and under which names of the node.
func (s *settings) readDoor(c *cli.Context) error {
	s.node.Hosts, s.node.Origins = c.StringSlice("hosts"), c.StringSlice("origins")
	for _, host := range s.node.Hosts {
		if host == "" || strings.ContainsAny(host, "/ @:") {
			return wrong("--hosts %q: want a name without scheme and port, such as host.docker.internal, or *", host)
		}
		if !ascii(host) {
			return wrong("--hosts %q: want the name as browsers send it, which begins with xn--", host)
		}
	}
	for _, origin := range s.node.Origins {
		u, err := url.Parse(origin)
		if origin != "*" && (err != nil || u.Scheme == "" || u.Host == "" || strings.Trim(u.Path, "/") != "") {
			return wrong("--origins %q: want scheme and host, such as https://app.example, or *", origin)
		}
		if !ascii(origin) {
			return wrong("--origins %q: want the name as browsers send it, which begins with xn--", origin)
		}
	}
	return nil
}

// ascii reports whether a text is ASCII. Browsers write the other letters of a name in another way.
func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// readMining reads when blocks are made, and for which account.
func (s *settings) readMining(c *cli.Context) error {
	seconds := c.Float64("block-time") // at least one: headers have whole seconds
	switch {
	case c.IsSet("block-time") && !(seconds >= 1 && seconds <= 86400):
		return wrong("--block-time %v is not between 1 and 86400 seconds", seconds)
	case c.IsSet("block-time") && c.Bool("no-mining"):
		return wrong("--block-time and --no-mining contradict each other")
	case c.Bool("no-mining"):
		s.node.Mining = miner.Manual
	}
	s.node.BlockTime = time.Duration(seconds * float64(time.Second))
	if text := c.String("coinbase"); text != "" {
		if !common.IsHexAddress(text) {
			return wrong("--coinbase %q is not an address", text)
		}
		s.node.Coinbase = common.HexToAddress(text)
	}
	return nil
}

// readAccounts derives the keys, and reads what each account owns. Ether is computed as a fraction, exactly: a
// balance with more decimals than a wei is refused, not rounded.
func (s *settings) readAccounts(c *cli.Context) (err error) {
	n := c.Int("accounts")
	if n < 0 || n > maxAccounts {
		return wrong("--accounts %d is not between 0 and %d", n, maxAccounts)
	}
	s.node.Keys, err = node.DeriveKeysAt(s.mnemonic, c.String("derivation-path"), n)
	switch {
	case errors.Is(err, node.ErrMnemonic):
		return wrong("--mnemonic: %w", err)
	case errors.Is(err, node.ErrPath):
		return wrong("--derivation-path: %w", err)
	case err != nil:
		return err
	}
	balance, ok := new(big.Rat).SetString(c.String("balance"))
	if ok {
		balance.Mul(balance, new(big.Rat).SetInt64(params.Ether))
	}
	// The state keeps balances in 256 bits.
	if !ok || balance.Sign() < 0 || !balance.IsInt() || balance.Num().BitLen() > 255 {
		return wrong("--balance %q is not a number of ether with at most 18 decimals", c.String("balance"))
	}
	s.node.Devnet.Balance = balance.Num()
	return nil
}

// readLog reads what is printed, and teaches the log the interfaces that it names calls and events by: well-known
// methods, the sample contracts, and the files of --abi.
func (s *settings) readLog(c *cli.Context) error {
	level, known := txlog.Levels[c.String("log-level")]
	if !known {
		return wrong("--log-level %q is none of error, warn, info, debug", c.String("log-level"))
	}
	format := c.String("log-format")
	if format != "text" && format != "json" {
		return wrong("--log-format %q is neither text nor json", format)
	}
	asJSON := format == "json" || c.Bool("json")
	s.quiet = c.Bool("quiet")
	s.log = txlog.Options{
		Level: level, JSON: asJSON, Colour: !asJSON && terminal.IsTerminal(c.App.Writer), Book: abi.NewBook(),
	}
	s.node.Book = s.log.Book // one registry
	if s.quiet {             // whatever the level
		s.log.Level = txlog.Errors
	}
	s.log.Book.AddWellKnown()
	for _, sample := range contracts.All() {
		if err := addInterface(s.log.Book, []byte(sample.ABI)); err != nil {
			return err
		}
	}
	return addInterfaces(s.log.Book, c.StringSlice("abi"))
}

// addInterfaces teaches a book the interfaces in files.
func addInterfaces(book *abi.Book, files []string) error {
	for _, name := range files {
		text, err := readFile(name, maxModule) // an artifact holds code too
		if err != nil {
			return err
		}
		if err := addInterface(book, text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// addInterface teaches a book the interface in a file.
func addInterface(book *abi.Book, text []byte) error {
	known, err := abi.ParseFile(text)
	if err == nil {
		book.Add(known)
	}
	return err
}
