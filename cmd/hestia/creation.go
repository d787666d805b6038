package main

// This file has the command creation. Package contracts makes the data.

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/urfave/cli/v2"

	"hestia/contracts"
	"hestia/gas"
	"hestia/insight/report"
)

// creationCommand is hestia creation.
func creationCommand() *cli.Command {
	return &cli.Command{
		Name:      "creation",
		Usage:     "print the data of a transaction that deploys a module, in hex",
		ArgsUsage: "FILE.wasm",
		Description: `The data is a module whose only work is to give FILE.wasm to the chain as the
code of the new contract. A FILE.wasm that no development network takes is
refused; hestia check says more of it.
`,
		Action: creation,
	}
}

// creation prints one line.
func creation(c *cli.Context) error {
	name, err := oneArgument(c, "the module")
	if err != nil {
		return err
	}
	code, err := readModule(name, c.App.Reader)
	if err != nil {
		return err
	}
	r, err := examine(c.Context, code, &report.Checker{Wasm: true, Rules: gas.Development()})
	if err != nil {
		return err
	}
	if why := r.Error; why != nil {
		return fmt.Errorf("%s: %s (hestia check says more)", name, why)
	}
	_, err = fmt.Fprintln(c.App.Writer, hexutil.Encode(contracts.Deploy(code)))
	return err
}
