package main

// This file has the command run. Package insight/sandbox is the chain that the contract runs on.

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"
	"github.com/urfave/cli/v2"

	"hestia/iface/abi"
	"hestia/insight/sandbox"
	"hestia/internal/terminal"
	"hestia/transition"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// runCommand is hestia run.
func runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "run a contract once on an empty state",
		ArgsUsage: "FILE",
		Description: `The file is a module or, in bytes or in hex, EVM code as it is deployed. Prints how the call
ended, its output, gas, logs and storage. With --stdin it behaves as the program does: its standard output and
standard error are those of the program, and so is the exit status.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "calldata", Usage: "call the contract with `HEX`"},
			&cli.StringFlag{
				Name:  "stdin",
				Usage: "give a program `TEXT` to read, and print what it writes; - = standard input",
			},
			&cli.StringFlag{Name: "value", Value: "0", Usage: "send `WEI` along"},
			&cli.Uint64Flag{Name: "gas", Value: 30_000_000, Usage: "give the transaction at most `GAS`"},
			scheduleFlag(),
		},
		Action: runModule,
	}
}

// runModule prepares a module as deploying it would, so that a module that is no contract says which rule it breaks,
// and calls it.
func runModule(c *cli.Context) error {
	name, err := oneArgument(c, "the module")
	if err != nil {
		return err
	}
	message, err := runMessage(c)
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
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	// The sandbox would put any code into its genesis.
	if vm.IsWasm(code) || isModuleName(name) || !rules.Limits.EVM {
		if err := engine.Prepare(code, crypto.Keccak256Hash(code), rules, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	box, err := sandbox.Open(engine, code, rules)
	if err != nil {
		return err
	}
	defer box.Close() // a store in memory: nothing can be lost
	book := abi.NewBook()
	book.Learn(crypto.Keccak256Hash(code), code)
	if c.IsSet("stdin") {
		return runProgram(c, box, message)
	}
	return call(c, box, message, book)
}

// runMessage returns the call that the flags describe, from the first account of devnets.
func runMessage(c *cli.Context) (transition.Message, error) {
	var input []byte
	switch text := c.String("calldata"); {
	case text != "" && c.IsSet("stdin"):
		return transition.Message{}, &usageError{"hestia run", errors.New("--calldata and --stdin are the same thing")}
	case c.String("stdin") == "-":
		var err error
		if input, err = readUpTo(c.App.Reader, "standard input", maxModule); err != nil {
			return transition.Message{}, err
		}
	case c.IsSet("stdin"):
		input = []byte(c.String("stdin"))
	case text != "":
		var err error
		if input, err = hexutil.Decode(text); err != nil { // with 0x in front
			return transition.Message{}, &usageError{"hestia run", fmt.Errorf("--calldata: %w", err)}
		}
	}
	value, err := uint256.FromDecimal(c.String("value"))
	if err != nil {
		return transition.Message{}, &usageError{"hestia run", fmt.Errorf("--value: %w", err)}
	}
	return sandbox.Message(sandbox.Sender, &sandbox.Contract, value, input, c.Uint64("gas")), nil
}

// runProgram runs the message as the program that the contract is: its output is printed as it is, what it writes to
// standard error too, and its exit status is the command's.
func runProgram(c *cli.Context, box *sandbox.Sandbox, message transition.Message) error {
	errs, said := &terminal.Printer{W: c.App.ErrWriter}, false
	called, err := box.Call(c.Context, message, func(line string) {
		errs.Line("%s", terminal.Printable(line))
		said = true
	})
	if err != nil {
		return err
	}
	result := &called.Result
	if reason, ok := abi.Reason(result.Output); ok && result.Status != 0 && !said {
		errs.Line("%s", terminal.Printable(reason))
	}
	switch {
	case errs.Err != nil:
		return errs.Err
	case result.Status != 0:
		return &exitError{code: max(int(result.Status&0xff), exitFailure), err: errQuiet} // a status has 8 bits
	case called.Failed():
		return result.Cause
	}
	_, err = c.App.Writer.Write(result.Output)
	return err
}

// call runs the message and prints the end, output, gas, logs and storage. What the contract prints through its debug
// module comes first, while it runs. The book names logs and errors. A contract that fails is errQuiet, as the end and
// the cause are printed.
func call(c *cli.Context, box *sandbox.Sandbox, message transition.Message, book *abi.Book) error {
	p := &terminal.Printer{W: c.App.Writer}
	called, err := box.Call(c.Context, message, func(line string) { p.Line("debug    %s", terminal.Printable(line)) })
	if err != nil {
		return err
	}
	p.Line("end      %s", called.Result.End)
	if cause := called.Result.Cause; cause != nil {
		p.Line("cause    %s", terminal.Printable(cause.Error()))
	}
	if known, ok := book.Error(called.Result.Output); ok && called.Failed() {
		p.Line("error    %s", terminal.Printable(known.String()))
	}
	p.Line("output   %s", hexutil.Encode(called.Result.Output))
	p.Line("gas      %d, of which the transaction itself %d", called.UsedGas, box.Intrinsic(&message))
	for i, log := range called.Logs {
		p.Line("log %-4d %s", i, hexutil.Encode(log.Data))
		if known, ok := book.Event(log); ok {
			p.Line("  event  %s", terminal.Printable(known.String()))
		}
		for _, topic := range log.Topics {
			p.Line("  topic  %s", topic)
		}
	}
	// By slot, as maps have no order. The state began empty, so this is all that the contract wrote.
	for _, slot := range slices.SortedFunc(maps.Keys(called.Storage), common.Hash.Cmp) {
		p.Line("storage  %s = 0x%s", slot, called.Storage[slot])
	}
	switch {
	case p.Err != nil:
		return p.Err
	case called.Failed():
		return errQuiet
	}
	return nil
}
