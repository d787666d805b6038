package report

import (
	"fmt"
	"io"
	"strings"

	"hestia/ewasm"
	"hestia/internal/terminal"
)

// WriteText writes the report as text for people, and a report on each module inside after the one that it is in.
func (r *Report) WriteText(w io.Writer) error {
	p := &terminal.Printer{W: w}
	r.print(p)
	return p.Err
}

// print writes one module. Names and errors come from the module, so they are made printable.
func (r *Report) print(p *terminal.Printer) {
	name := terminal.Printable(r.File + r.Place)
	if r.Kind == evmKind {
		r.printEVM(p, name)
		return
	}
	kind := "contract"
	if r.Constructor != nil {
		kind = "constructor"
	}
	if r.Valid {
		p.Line("%s: a %s under schedule %s", name, kind, r.Schedule)
	} else {
		p.Line("%s: not a %s under schedule %s", name, kind, r.Schedule)
		p.Line("rule       %s", r.Error.Rule)
		if r.Error.Place != "" {
			p.Line("place      %s", terminal.Printable(r.Error.Place))
		}
		p.Line("reason     %s", terminal.Printable(r.Error.What))
	}
	p.Line("size       %d bytes, code hash %s", r.Bytes, r.CodeHash)
	if r.Constructor != nil {
		r.Constructor.print(p)
	}
	p.Line("imports    %s", terminal.Printable(listed(r.Imports)))
	p.Line("exports    %s", terminal.Printable(listed(r.Exports)))
	if r.Warning != "" {
		p.Line("warning    %s", r.Warning)
	}
	p.Line("memory     begins with %d pages of 64 KiB", r.Memory.Initial)
	r.printLimits(p)
	if r.Valid {
		r.printCosts(p)
	}
	for _, inner := range r.Nested {
		p.Line("")
		inner.print(p)
	}
}

// printLimits writes how much of each limit is used.
func (r *Report) printLimits(p *terminal.Printer) {
	for _, limit := range r.Limits {
		if limit.Used > 0 {
			p.Line("limit      %d of %d %s", limit.Used, limit.Allowed, limit.Name)
		}
	}
}

// print writes how creation data is made up.
func (c *Constructor) print(p *terminal.Printer) {
	section := fmt.Sprintf("a section %q", c.Marker)
	if c.Marker == ewasm.RuntimeSection {
		section = fmt.Sprintf("a section %q with %d bytes of code", c.Marker, c.Runtime)
	}
	p.Line("data       a module of %d bytes, %s, %d bytes of arguments", c.Module, section, c.Arguments)
	if c.Warning != "" {
		p.Line("warning    %s", c.Warning)
	}
}

// printCosts writes what compiling and deploying cost, in microseconds and gas.
func (r *Report) printCosts(p *terminal.Printer) {
	p.Line("compiling  %d us estimated, %d us measured, %d gas",
		r.Compile.EstimatedMicroseconds, r.Compile.MeasuredMicroseconds, r.Compile.Gas)
	r.printDeployment(p)
}

// printDeployment writes what deploying costs, in gas.
func (r *Report) printDeployment(p *terminal.Printer) {
	if r.Deployment.Code > 0 {
		p.Line("deploying  %d gas as code, paid by the constructor", r.Deployment.Code)
	}
	p.Line("deploying  %d gas as creation data, before it runs", r.Deployment.Creation)
	if r.Deployment.Error != "" {
		p.Line("deploying  fails with a transaction whose constructor only deploys it: %s",
			terminal.Printable(r.Deployment.Error))
		return
	}
	if r.Deployment.Code == 0 {
		return // creation data
	}
	p.Line("deploying  %d gas with a transaction whose constructor only deploys it", r.Deployment.Transaction)
}

// listed writes names in one line, in their order in the module.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}
