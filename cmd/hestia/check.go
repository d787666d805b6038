package main

import (
	"encoding/json"
	"strings"

	"github.com/urfave/cli/v2"

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
	checker := &checker{engine: engine, rules: rules}
	r, err := checker.report(code, maxNested)
	if err != nil {
		return err
	}
	r.File = name
	if c.Bool("json") {
		out := json.NewEncoder(c.App.Writer)
		out.SetIndent("", "  ")
		err = out.Encode(r)
	} else {
		err = printReport(c, r)
	}
	if err == nil && !r.sound() {
		return errQuiet
	}
	return err
}

// printReport writes the report as text for people, nested modules after the one they are in.
func printReport(c *cli.Context, r *report) error {
	p := &printer{w: c.App.Writer}
	r.print(p)
	return p.err
}

func (r *report) print(p *printer) {
	name := printable(r.File + r.Place)
	if r.Valid {
		p.line("%s: a contract under schedule %s", name, r.Schedule)
	} else {
		p.line("%s: not a contract under schedule %s", name, r.Schedule)
		p.line("rule       %s", r.Error.Rule)
		if r.Error.Place != "" {
			p.line("place      %s", printable(r.Error.Place))
		}
		p.line("reason     %s", printable(r.Error.What))
	}
	p.line("size       %d bytes, code hash %s", r.Bytes, r.CodeHash)
	p.line("imports    %s", printable(listed(r.Imports)))
	p.line("exports    %s", printable(listed(r.Exports)))
	p.line("memory     begins with %d pages of 64 KiB", r.Memory.Initial)
	for _, limit := range r.Limits {
		if limit.Used > 0 {
			p.line("limit      %d of %d %s", limit.Used, limit.Allowed, limit.Name)
		}
	}
	if r.Valid {
		r.printCosts(p)
	}
	for _, inner := range r.Nested {
		p.line("")
		inner.print(p)
	}
}

func (r *report) printCosts(p *printer) {
	p.line("compiling  %d us estimated, %d us measured, %d gas", r.Compile.EstimatedMicroseconds, r.Compile.MeasuredMicroseconds, r.Compile.Gas)
	p.line("deploying  %d gas as code, paid by the constructor", r.Deployment.Code)
	p.line("deploying  %d gas as creation data, before its main runs", r.Deployment.Creation)
	if r.Deployment.Error != "" {
		p.line("deploying  fails with a transaction whose constructor only deploys it: %s", printable(r.Deployment.Error))
		return
	}
	p.line("deploying  %d gas with a transaction whose constructor only deploys it", r.Deployment.Transaction)
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}
