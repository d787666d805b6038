package main

// This file has the command t8n, which has the flags, files and exit statuses of geth's evm t8n, so that tools that
// drive geth's can drive this one. Package replay/t8n applies the transactions.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/urfave/cli/v2"

	"hestia/replay/t8n"
	"hestia/vm"
)

// Exit statuses, those of geth's evm t8n.
const (
	exitTransition = 2  // the transactions could not be applied
	exitConfig     = 3  // the fork is unknown, or the environment lacks what it needs
	exitHash       = 4  // a contract asks for a block's hash that the environment does not have
	exitJSON       = 10 // an input is no JSON, or has wrong values
	exitIO         = 11 // a file cannot be read or written
	exitRLP        = 12 // transactions are no RLP
)

// viaStdin in the place of a file's name stands for a field of the object on standard input.
const viaStdin = "stdin"

// t8nCommand is hestia t8n.
func t8nCommand() *cli.Command {
	return &cli.Command{
		Name:  "t8n",
		Usage: "apply transactions to accounts, as geth's evm t8n does",
		Description: `Inputs are files, or stdin for fields of one JSON object there: alloc, env, and txs or txsRlp.
Outputs are files below --output.basedir, stdout or stderr for fields of one object there, or empty for nothing.
--input.txs with a name that ends in .rlp is a JSON string of the RLP that --output.body writes. Exit status, as geth's:
2 failed, 3 configuration, 4 a block hash is missing, 10 JSON, 11 files, 12 RLP.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "input.alloc", Value: "alloc.json", Usage: "accounts before, in `FILE`"},
			&cli.StringFlag{Name: "input.env", Value: "env.json", Usage: "the block they are in, in `FILE`"},
			&cli.StringFlag{Name: "input.txs", Value: "txs.json", Usage: "transactions, in `FILE`"},
			&cli.StringFlag{Name: "output.basedir", Usage: "write below `DIR`, made if it is not there"},
			&cli.StringFlag{Name: "output.alloc", Value: "alloc.json", Usage: "accounts after, to `FILE`"},
			&cli.StringFlag{
				Name: "output.result", Value: "result.json", Usage: "roots, receipts and rejections, to `FILE`",
			},
			&cli.StringFlag{Name: "output.body", Usage: "RLP of the transactions, to `FILE`"},
			&cli.StringFlag{
				Name: "state.fork", Value: "Osaka", Usage: "the rules of `FORK`: Frontier .. Osaka",
			},
			&cli.Uint64Flag{Name: "state.chainid", Value: 1, Usage: "chain `ID`"},
			&cli.Int64Flag{
				Name: "state.reward", Usage: "what the miner gets, in `WEI`; -1 for none, not even an empty account",
			},
			&cli.StringFlag{
				Name: "state.schedule", DefaultText: "what belongs to the fork",
				Usage: "price by the gas schedule `NAME`",
			},
		},
		Action: runTransition,
	}
}

// runTransition reads, applies and writes. Every error but one of usage has a status of geth.
func runTransition(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	input, err := readTransition(c)
	if err != nil {
		return err
	}
	return withEngine(func(engine vm.Engine) error {
		out, err := t8n.Run(engine, *input, t8n.Rules{
			Fork: c.String("state.fork"), Schedule: c.String("state.schedule"),
			ChainID: c.Uint64("state.chainid"), Reward: c.Int64("state.reward"),
		})
		if err != nil {
			return asExit(err)
		}
		return writeTransition(c, out)
	})
}

// asExit gives an error of package t8n the exit status that geth has for it.
func asExit(err error) error {
	for _, row := range []struct {
		kind error
		code int
	}{{t8n.ErrConfig, exitConfig}, {t8n.ErrHash, exitHash}, {t8n.ErrInput, exitJSON}, {t8n.ErrRLP, exitRLP}} {
		if errors.Is(err, row.kind) {
			return &exitError{row.code, err}
		}
	}
	return &exitError{exitTransition, err}
}

// readTransition reads the three inputs, each from its file or from the object on standard input.
func readTransition(c *cli.Context) (*t8n.Input, error) {
	var piped struct {
		Alloc types.GenesisAlloc `json:"alloc"`
		Env   *t8n.Env           `json:"env"`
		Txs   []*t8n.Transaction `json:"txs"`
		RLP   hexutil.Bytes      `json:"txsRlp"`
	}
	// Standard input can be read once, so it is read before the files, if any input is there.
	alloc, env, txs := c.String("input.alloc"), c.String("input.env"), c.String("input.txs")
	if alloc == viaStdin || env == viaStdin || txs == viaStdin {
		if err := decodeJSON(c.App.Reader, viaStdin, &piped); err != nil {
			return nil, err
		}
	}
	// The extension alone decides the form of the transactions, as in geth.
	var list any = &piped.Txs
	if strings.HasSuffix(txs, ".rlp") {
		list = &piped.RLP
	}
	for _, part := range []struct {
		name string
		into any
	}{{alloc, &piped.Alloc}, {env, &piped.Env}, {txs, list}} {
		if part.name == viaStdin {
			continue
		}
		if err := readJSON(part.name, part.into); err != nil {
			return nil, err
		}
	}
	if len(piped.RLP) > 0 {
		list, err := t8n.DecodeRLP(piped.RLP) // from a file or from standard input
		if err != nil {
			return nil, asExit(fmt.Errorf("%s: %w", txs, err))
		}
		piped.Txs = list
	}
	return &t8n.Input{Alloc: piped.Alloc, Env: piped.Env, Transactions: piped.Txs}, nil
}

// readJSON decodes a file.
func readJSON(name string, into any) error {
	file, err := os.Open(name)
	if err != nil {
		return &exitError{exitIO, err}
	}
	defer file.Close()
	return decodeJSON(file, name, into)
}

// decodeJSON decodes the first JSON value of r. name is part of the error.
func decodeJSON(r io.Reader, name string, into any) error {
	if err := json.NewDecoder(r).Decode(into); err != nil {
		return &exitError{exitJSON, fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

// writeTransition writes the three outputs, each to its file, to a stream or to nothing.
func writeTransition(c *cli.Context, out *t8n.Output) error {
	dir := c.String("output.basedir")
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return &exitError{exitIO, err}
		}
	}
	printed := map[string]map[string]any{"stdout": {}, "stderr": {}} // by stream, then by name
	for _, part := range []struct {
		name  string
		value any
	}{{"alloc", out.Alloc}, {"result", out.Result}, {"body", out.Body}} {
		to := c.String("output." + part.name)
		switch object, stream := printed[to]; {
		case to == "": // not wanted
		case stream:
			object[part.name] = part.value
		default:
			write := func(w io.Writer) error { return encodeJSON(w, part.value) }
			if err := writeFile(filepath.Join(dir, to), write); err != nil {
				return &exitError{exitIO, err}
			}
		}
	}
	return errors.Join(printObject(c.App.Writer, printed["stdout"]), printObject(c.App.ErrWriter, printed["stderr"]))
}

// printObject writes the outputs that go to one stream, if there are any.
func printObject(w io.Writer, object map[string]any) error {
	if len(object) == 0 {
		return nil
	}
	return encodeJSON(w, object)
}

// encodeJSON writes a value as JSON for people, indented.
func encodeJSON(w io.Writer, value any) error {
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	return lines.Encode(value)
}
