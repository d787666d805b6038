package main

// This file has the command statetest. Package replay/statetest reads and runs the tests.

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"hestia/replay/statetest"
	"hestia/vm/wasmtime"
)

// statetestCommand is hestia statetest. Its output is for programs: every line is JSON.
func statetestCommand() *cli.Command {
	return &cli.Command{
		Name:      "statetest",
		Usage:     "run Ethereum's GeneralStateTests",
		ArgsUsage: "PATH...",
		Description: `A PATH is a file or a folder of files. Prints a line for each test and, last,
{"passed":n,"failed":n}. The exit status is 1 if a test failed or a file could not be read.
`,
		Action: runStatetests,
	}
}

// runStatetests runs all paths. A file that cannot be read is an error on standard error, and the rest still runs.
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
	var broken bool // a file could not be read
	for _, path := range c.Args().Slice() {
		sum, err := statetest.Run(engine, path, func(r statetest.Result) { fmt.Fprintln(c.App.Writer, r) })
		if err != nil {
			fmt.Fprintf(c.App.ErrWriter, "hestia: %v\n", err)
			broken = true
		}
		total.Passed += sum.Passed
		total.Failed += sum.Failed
	}
	// The last line, also if all failed: a program that reads the output counts on it.
	if err := json.NewEncoder(c.App.Writer).Encode(total); err != nil {
		return err
	}
	if broken || total.Failed > 0 {
		return errQuiet
	}
	return nil
}
