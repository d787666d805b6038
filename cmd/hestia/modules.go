package main

// This file has what the commands on a module share, and the command meter. Package gas/meter rewrites and explains.

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"hestia/gas"
	"hestia/gas/admit"
	"hestia/gas/meter"
	"hestia/internal/wasm"
	"hestia/vm/wasmtime"
)

// maxModule bounds a module read from a file or standard input, in bytes. It is far above every limit of a schedule,
// as meter is for modules that are no contracts too.
const maxModule = 64 << 20

// scheduleFlag is --schedule. The default is the schedule of devnets, which has the debug module.
func scheduleFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "schedule", Value: gas.Development().Family,
		Usage: "hold it to gas schedule `NAME`: default, development or byzantium",
	}
}

// schedule returns the schedule that --schedule names.
func schedule(c *cli.Context) (*gas.Schedule, error) {
	name := c.String("schedule")
	s, ok := gas.Newest(name)
	if !ok {
		return nil, &usageError{"hestia " + c.Command.Name, fmt.Errorf("no schedule is called %q", name)}
	}
	return s, nil
}

// readModule reads a file, or standard input if the name is empty or "-", up to maxModule bytes.
func readModule(name string, stdin io.Reader) ([]byte, error) {
	if name != "" && name != "-" {
		return readFile(name, maxModule)
	}
	return readUpTo(stdin, "standard input", maxModule)
}

// readCode is readModule of code of any kind. A file of hex digits is what they stand for, unless it is called .wasm.
func readCode(name string, stdin io.Reader) ([]byte, error) {
	code, err := readModule(name, stdin)
	if err != nil || isModuleName(name) {
		return code, err
	}
	text := strings.TrimPrefix(strings.TrimSpace(string(code)), "0x")
	if decoded, err := hex.DecodeString(text); err == nil {
		return decoded, nil
	}
	return code, nil
}

// isModuleName reports whether a file's name says that it is a module.
func isModuleName(name string) bool { return strings.HasSuffix(name, ".wasm") }

// readFile reads a file of at most so many bytes. A device has no end.
func readFile(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readUpTo(file, name, most)
}

func readUpTo(in io.Reader, name string, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, most+1)) // one byte more shows that it is longer
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, err)
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return data, nil
}

// meterCommand is hestia meter.
func meterCommand() *cli.Command {
	return &cli.Command{
		Name:      "meter",
		Usage:     "rewrite a module so that it counts its own gas",
		ArgsUsage: "[IN.wasm]",
		Description: `Reads standard input without IN.wasm and writes standard output without -o. The result exports the
globals __gas_left (i64, particles) and __stack_left (i32, bytes) and imports hestia.halt (i32): 1 = out of gas,
2 = stack.
With --explain, standard output gets the explanation, and the module is written only if -o names a file.
`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "o", Usage: "write to `OUT.wasm`"},
			scheduleFlag(),
			&cli.Int64Flag{Name: "gas", Usage: "begin with `PARTICLES`; 10,000 are one gas"},
			&cli.BoolFlag{Name: "floats", Usage: "price floating point too, under schedules that do not"},
			&cli.BoolFlag{Name: "explain", Usage: "print what each block of instructions pays and why"},
		},
		Action: meterModule,
	}
}

// meterModule writes the metered module, its explanation, or both.
func meterModule(c *cli.Context) error {
	if c.NArg() > 1 {
		return &usageError{"hestia meter", fmt.Errorf("unexpected argument %q", c.Args().Get(1))}
	}
	rules, err := schedule(c)
	if err != nil {
		return err
	}
	if c.Bool("floats") {
		priced := *rules // a copy, as schedules are shared
		priced.Instructions = gas.FloatInstructions(rules.Instructions)
		rules = &priced
	}
	if c.Int64("gas") < 0 {
		return &usageError{"hestia meter", errors.New("--gas must not be negative")}
	}
	code, err := readModule(c.Args().First(), c.App.Reader)
	if err != nil {
		return err
	}
	module, metered, err := instrument(code, rules, c.Int64("gas"))
	if err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(c.Args().First(), "standard input"), err)
	}
	// Standard output has either the module or the explanation.
	if out := c.String("o"); out != "" && out != "-" {
		err = os.WriteFile(out, metered.Module.Encode(), 0o644)
	} else if !c.Bool("explain") {
		_, err = c.App.Writer.Write(metered.Module.Encode())
	}
	if err == nil && c.Bool("explain") {
		err = meter.Explain(c.App.Writer, module, rules)
	}
	return err
}

// instrument decodes a module within the limits of a schedule, validates it and rewrites it. It returns the module
// before and after. left is what the gas counter begins with, in particles.
func instrument(code []byte, rules *gas.Schedule, left int64) (*wasm.Module, *meter.Metered, error) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return nil, nil, err
	}
	defer engine.Close()
	module, _, err := admit.Module(code, rules)
	if err != nil {
		return nil, nil, err
	}
	if err := engine.Validate(code); err != nil { // the meter takes valid modules only
		return nil, nil, err
	}
	metered, err := meter.Instrument(module, rules, meter.Options{Gas: left})
	return module, metered, err
}
