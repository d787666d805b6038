package main

import (
	"github.com/urfave/cli/v2"

	"hestia/insight/report"
	"hestia/vm/wasmtime"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "say what a deployer wants to know of a module, or which rule it breaks and where",
		ArgsUsage: "FILE.wasm",
		Description: `Modules inside the file's data segments and custom sections are checked too. The exit status is 1 if the module, or one
inside it, is no contract.
`,
		Flags:  []cli.Flag{scheduleFlag(), &cli.BoolFlag{Name: "json", Usage: "print JSON"}},
		Action: check,
	}
}

func check(c *cli.Context) error {
	name, err := oneArgument(c, "the module")
	if err != nil {
		return err
	}
	rules, err := schedule(c)
	if err != nil {
		return err
	}
	code, err := readModule(name, c.App.Reader)
	if err != nil {
		return err
	}
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	checker := &report.Checker{Engine: engine, Rules: rules}
	r, err := checker.Check(c.Context, code)
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
