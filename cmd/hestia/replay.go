package main

// This file has the commands record and replay: transactions of a node as fixtures, and fixtures executed again.
// Package replay/fixture records, executes and compares (docs/fixtures.md).

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/urfave/cli/v2"

	"hestia/iface/abi"
	"hestia/replay/fixture"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// recordCommand is hestia record. The node runs on while it is asked.
func recordCommand() *cli.Command {
	return &cli.Command{
		Name:  "record",
		Usage: "record transactions of a node, with all they need to be executed again",
		Flags: []cli.Flag{
			rpcFlag("ask the node at `URL`, which must keep old states"),
			&cli.StringFlag{Name: "tx", Usage: "record the transaction with `HASH`"},
			&cli.StringFlag{Name: "blocks", Usage: "record the blocks `A..B`"},
			&cli.StringFlag{
				Name: "schedule", Usage: "execute under the gas schedule `NAME`", DefaultText: "what the node says",
			},
			&cli.StringFlag{Name: "o", Usage: "write the fixture to `FILE`", DefaultText: "standard output"},
		},
		Action: record,
	}
}

// rpcFlag is --rpc, the node that a command asks.
func rpcFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "rpc", Value: "http://127.0.0.1:8545", Usage: usage}
}

// dial connects to the node of --rpc. The caller closes the client.
func dial(c *cli.Context) (*gethrpc.Client, error) {
	client, err := gethrpc.DialContext(c.Context, c.String("rpc"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.String("rpc"), err)
	}
	return client, nil
}

// record writes one fixture, to a file as a whole or to standard output.
func record(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.IsSet("tx") == c.IsSet("blocks") { // both or neither
		return &usageError{"hestia record", errors.New("needs either --tx or --blocks")}
	}
	client, err := dial(c)
	if err != nil {
		return err
	}
	defer client.Close()
	return withEngine(func(engine vm.Engine) error {
		p := startProgress(c.App.ErrWriter, "recording", 0, "blocks")
		defer p.end()
		f, err := recorded(c, fixture.Recorder{
			Client: client, Engine: engine, Schedule: c.String("schedule"), Progress: func(_, _ uint64) { p.add(1) },
		})
		if err != nil {
			return err
		}
		if c.String("o") == "" {
			return f.Encode(c.App.Writer)
		}
		return writeFile(c.String("o"), f.Encode)
	})
}

// recorded records the transaction of --tx or the blocks of --blocks.
func recorded(c *cli.Context, r fixture.Recorder) (*fixture.Fixture, error) {
	if text := c.String("tx"); text != "" {
		var hash common.Hash
		// Unlike common.HexToHash, this refuses a hash that is too short.
		if err := hash.UnmarshalText([]byte(text)); err != nil {
			return nil, &usageError{"hestia record", fmt.Errorf("--tx: %w", err)}
		}
		return r.Transaction(c.Context, hash)
	}
	first, last, ok := blockRange(c.String("blocks"))
	if !ok {
		err := fmt.Errorf("--blocks %q: want a range such as 3..7", c.String("blocks"))
		return nil, &usageError{"hestia record", err}
	}
	return r.Blocks(c.Context, first, last)
}

// withEngine starts an engine, passes it to use, and closes it.
func withEngine(use func(vm.Engine) error) error {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return fmt.Errorf("starting the engine: %w", err)
	}
	return errors.Join(use(engine), engine.Close()) // use first: operands are evaluated in order
}

// blockRange reads A..B, both included, or a single number. ok is false if it is neither, or if A is after B.
func blockRange(text string) (first, last uint64, ok bool) {
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from // a single block
	}
	first, err := strconv.ParseUint(from, 10, 64)
	last, err2 := strconv.ParseUint(to, 10, 64)
	return first, last, err == nil && err2 == nil && first <= last
}

// replayCommand is hestia replay. It needs no node.
func replayCommand() *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "execute recorded transactions again and compare what comes out",
		ArgsUsage: "FILE...",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "update", Usage: "write what comes out now into the files"},
			&cli.StringSliceFlag{
				Name:  "code",
				Usage: "give an account the code in a file, as `ADDRESS=FILE`, and lift gas limits; repeatable",
			},
			&cli.BoolFlag{Name: "no-gas", Usage: "leave gas out of the comparison, and what it costs"},
			&cli.StringSliceFlag{
				Name: "abi", Usage: "know the methods, events and errors of the interface in `FILE`; repeatable",
			},
		},
		Action: replay,
	}
}

// replay compares all files, and fails at the end if one differs. A file that cannot be read ends it at once.
func replay(c *cli.Context) error {
	if !c.Args().Present() {
		return &usageError{"hestia replay", errors.New("needs at least one fixture")}
	}
	code, err := otherCode(c.StringSlice("code"))
	if err != nil {
		return err
	}
	options := fixture.Options{Book: abi.NewBook(), WithoutGas: c.Bool("no-gas")}
	if err := addInterfaces(options.Book, c.StringSlice("abi")); err != nil {
		return err
	}
	return withEngine(func(engine vm.Engine) error {
		r := replayer{c, engine, code, options}
		var failed error
		for _, name := range c.Args().Slice() {
			same, err := r.file(name)
			if err != nil {
				return err
			}
			if !same {
				failed = errQuiet // file has printed the differences
			}
		}
		return failed
	})
}

// otherCode reads the files that --code names, by the account that they are for.
func otherCode(list []string) (map[common.Address][]byte, error) {
	code := make(map[common.Address][]byte)
	for _, item := range list {
		address, name, ok := strings.Cut(item, "=")
		if !ok || !common.IsHexAddress(address) {
			return nil, &usageError{"hestia replay", fmt.Errorf("--code %q: want 0x..=FILE", item)}
		}
		data, err := readFile(name, maxModule)
		if err != nil {
			return nil, err
		}
		code[common.HexToAddress(address)] = data
	}
	return code, nil
}

// replayer is one hestia replay.
type replayer struct {
	c       *cli.Context
	engine  vm.Engine
	code    map[common.Address][]byte
	options fixture.Options
}

// file executes a fixture and prints how the results differ from the recorded ones. same is true if they do not, or if
// --update has written the new ones.
func (r *replayer) file(name string) (same bool, err error) {
	f, err := readFixture(name, r.code)
	if err != nil {
		return false, err
	}
	p := startProgress(r.c.App.ErrWriter, "replaying "+name, 0, "files")
	now, differences, err := f.ReplayWith(r.engine, r.options)
	p.end()
	w := r.c.App.Writer
	switch {
	case err != nil:
		return false, fmt.Errorf("%s: %w", name, err)
	case len(differences) == 0:
		but := ""
		if r.options.WithoutGas {
			but = ", gas left out"
		}
		_, err = fmt.Fprintf(w, "%s: as recorded%s\n", name, but)
		return true, err
	case r.c.Bool("update"):
		if _, err = fmt.Fprintf(w, "%s: written anew, %d differences\n", name, len(differences)); err != nil {
			return false, err
		}
		return true, writeFile(name, now.Encode)
	}
	_, err = fmt.Fprintf(w, "%s: %d differences\n%s\n", name, len(differences), fixture.Report(differences))
	return false, err
}

// readFixture reads a fixture and puts other code in place. The name is part of every error.
func readFixture(name string, code map[common.Address][]byte) (*fixture.Fixture, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := fixture.Decode(file)
	if err == nil {
		err = f.Replace(code) // which fails if no contract is at an address
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}
