package main

// This file has the command check. Package insight/report makes the report and its text.

import (
	"context"

	"github.com/urfave/cli/v2"

	"hestia/insight/report"
	"hestia/vm/wasmtime"
)

// checkCommand is hestia check.
func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "report the size, limits and costs of a contract, or the rule that it breaks and its place",
		ArgsUsage: "FILE",
		Description: `Modules inside the file's data segments and custom sections are checked too, as a constructor
carries the contract that it deploys. A file whose module ends by a custom section args or runtime is
creation data: what follows is counted as the constructor's arguments, and the runtime is checked as code.
The exit status is 1 if the module, or one inside it, is no contract, or is over the limit of the schedule
for code. Creation data has a higher limit: check it with --creation if no such section marks it.
A file that is no module is EVM code, in bytes or in hex as compilers of Solidity write it, unless it is called
.wasm or the schedule runs none: of that the report says whether it can be deployed, and what that costs.
`,
		Flags: []cli.Flag{
			scheduleFlag(), &cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "creation", Usage: "it is creation data, not code that is deployed"},
		},
		Action: check,
	}
}

// check prints the report on one module. A module that is no contract is a report, not an error, so the status is set
// apart.
func check(c *cli.Context) error {
	name, err := oneArgument(c, "the module")
	if err != nil {
		return err
	}
	rules, err := schedule(c)
	if err != nil {
		return err
	}
	code, err := readCode(name, c.App.Reader)
	if err != nil {
		return err
	}
	r, err := examine(c.Context, code, &report.Checker{
		Rules: rules, Creation: c.Bool("creation"), Wasm: isModuleName(name),
	})
	if err != nil {
		return err
	}
	r.File = name
	if c.Bool("json") {
		err = encodeJSON(c.App.Writer, r)
	} else {
		err = r.WriteText(c.App.Writer)
	}
	if err == nil && !r.Sound() {
		return errQuiet
	}
	return err
}

// examine returns the report on a module, of a checker that gets an engine.
func examine(ctx context.Context, code []byte, checker *report.Checker) (*report.Report, error) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	checker.Engine = engine
	return checker.Check(ctx, code)
}
