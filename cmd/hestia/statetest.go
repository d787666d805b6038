package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"hestia/replay/statetest"
	"hestia/vm/wasmtime"
)

func statetestCommand() *cli.Command {
	return &cli.Command{
		Name:      "statetest",
		Usage:     "run Ethereum's GeneralStateTests",
		ArgsUsage: "PATH...",
		Description: `A PATH is a file or a folder of files. Prints a line for each test and, last, {"passed":n,"failed":n}; the exit
status is 1 if a test failed or a file could not be read.
`,
		Action: runStatetests,
	}
}

func runStatetests(c *cli.Context) error {
	if !c.Args().Present() {
		return &usageError{"hestia statetest", errors.New("needs at least one file or folder")}
	}
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	var total statetest.Summary
	var broken bool
	for _, path := range c.Args().Slice() {
		sum, err := statetest.Run(engine, path, func(r statetest.Result) { fmt.Fprintln(c.App.Writer, r) })
		if err != nil {
			fmt.Fprintf(c.App.ErrWriter, "hestia: %v\n", err)
			broken = true
		}
		total.Passed += sum.Passed
		total.Failed += sum.Failed
	}
	if err := json.NewEncoder(c.App.Writer).Encode(total); err != nil {
		return err
	}
	if broken || total.Failed > 0 {
		return errQuiet
	}
	return nil
}
