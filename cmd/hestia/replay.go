package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/urfave/cli/v2"

	"hestia/replay/fixture"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

func recordCommand() *cli.Command {
	return &cli.Command{
		Name:  "record",
		Usage: "record transactions of a node, with all they need to be executed again",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "rpc", Value: "http://127.0.0.1:8545", Usage: "ask the node at `URL`, which must keep old states"},
			&cli.StringFlag{Name: "tx", Usage: "record the transaction with `HASH`"},
			&cli.StringFlag{Name: "blocks", Usage: "record the blocks `A..B`"},
			&cli.StringFlag{Name: "schedule", Usage: "execute under the gas schedule `NAME`", DefaultText: "what the node says"},
			&cli.StringFlag{Name: "o", Usage: "write the fixture to `FILE`", DefaultText: "standard output"},
		},
		Action: record,
	}
}

func record(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	usage := func(format string, args ...any) error {
		return &usageError{"hestia record", fmt.Errorf(format, args...)}
	}
	if c.IsSet("tx") == c.IsSet("blocks") {
		return usage("needs either --tx or --blocks")
	}
	client, err := gethrpc.DialContext(c.Context, c.String("rpc"))
	if err != nil {
		return fmt.Errorf("%s: %w", c.String("rpc"), err)
	}
	defer client.Close()
	return withEngine(func(engine vm.Engine) error {
		p := startProgress(c.App.ErrWriter, "recording", 0, "blocks")
		defer p.end()
		r := fixture.Recorder{Client: client, Engine: engine, Schedule: c.String("schedule"), Progress: func(_, _ uint64) { p.add(1) }}
		var f *fixture.Fixture
		if text := c.String("tx"); text != "" {
			var hash common.Hash
			if err := hash.UnmarshalText([]byte(text)); err != nil {
				return usage("--tx: %w", err)
			}
			f, err = r.Transaction(c.Context, hash)
		} else {
			first, last, ok := blockRange(c.String("blocks"))
			if !ok {
				return usage("--blocks %q is not such as 3..7", c.String("blocks"))
			}
			f, err = r.Blocks(c.Context, first, last)
		}
		if err != nil {
			return err
		}
		if c.String("o") == "" {
			return f.Encode(c.App.Writer)
		}
		return replaceFile(c.String("o"), f.Encode)
	})
}

// withEngine lends an engine.
func withEngine(use func(vm.Engine) error) error {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return fmt.Errorf("starting the engine: %w", err)
	}
	return errors.Join(use(engine), engine.Close())
}

// blockRange reads A..B, or a single number.
func blockRange(text string) (first, last uint64, ok bool) {
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from
	}
	first, err := strconv.ParseUint(from, 10, 64)
	last, err2 := strconv.ParseUint(to, 10, 64)
	return first, last, err == nil && err2 == nil && first <= last
}

func replayCommand() *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "execute recorded transactions again and compare what comes out",
		ArgsUsage: "FILE...",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "update", Usage: "write what comes out now into the files"},
			&cli.StringSliceFlag{Name: "code", Usage: "give an account the code in a file, as `ADDRESS=FILE`; repeatable"},
		},
		Action: replay,
	}
}

func replay(c *cli.Context) error {
	if !c.Args().Present() {
		return &usageError{"hestia replay", errors.New("needs at least one fixture")}
	}
	code, err := otherCode(c.StringSlice("code"))
	if err != nil {
		return err
	}
	return withEngine(func(engine vm.Engine) error {
		var failed error
		for _, name := range c.Args().Slice() {
			same, err := replayFile(c, engine, name, code)
			if err != nil {
				return err
			}
			if !same {
				failed = errQuiet
			}
		}
		return failed
	})
}

// otherCode reads the files that --code names.
func otherCode(list []string) (map[common.Address][]byte, error) {
	code := make(map[common.Address][]byte)
	for _, item := range list {
		address, name, ok := strings.Cut(item, "=")
		if !ok || !common.IsHexAddress(address) {
			return nil, &usageError{"hestia replay", fmt.Errorf("--code %q is not such as 0x..=FILE", item)}
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		code[common.HexToAddress(address)] = data
	}
	return code, nil
}

// replayFile says whether a fixture comes out as recorded, and prints how it does not.
func replayFile(c *cli.Context, engine vm.Engine, name string, code map[common.Address][]byte) (same bool, err error) {
	f, err := readFixture(name, code)
	if err != nil {
		return false, err
	}
	p := startProgress(c.App.ErrWriter, "replaying "+name, 0, "files")
	now, differences, err := f.Replay(engine)
	p.end()
	switch {
	case err != nil:
		return false, fmt.Errorf("%s: %w", name, err)
	case len(differences) == 0:
		_, err = fmt.Fprintf(c.App.Writer, "%s: as recorded\n", name)
		return true, err
	case c.Bool("update"):
		if _, err := fmt.Fprintf(c.App.Writer, "%s: written anew, %d differences\n", name, len(differences)); err != nil {
			return false, err
		}
		return true, replaceFile(name, now.Encode)
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: %d differences\n%s\n", name, len(differences), fixture.Report(differences))
	return false, err
}

func readFixture(name string, code map[common.Address][]byte) (*fixture.Fixture, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := fixture.Decode(file)
	if err == nil {
		err = f.Replace(code)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}
