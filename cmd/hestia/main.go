// Command hestia is a devnet and a toolbox for Ewasm contracts: it serves Ethereum's JSON-RPC, and runs, checks and
// meters single modules.
//
// Each command has a file of its own. A command parses its flags, calls the package that does the work, and prints.
// No other package knows of flags, of the terminal, or of what a user can do about an error: hint has all of that
// advice. Sessions in testdata/script test the commands. Start at run.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/node"
)

// Exit statuses. t8n has others, as geth's t8n has (t8n.go).
const (
	exitOK      = 0
	exitFailure = 1 // the command could not do its work, or what it checked is wrong
	exitUsage   = 2 // nothing was done
)

// usageError is a mistake on the command line or in a setting. Its text ends with a pointer to the help of command.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%v; see %s --help", e.err, e.command)
}

func (e *usageError) Unwrap() error { return e.err }

// exitError ends a command with a status of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }

func (e *exitError) Unwrap() error { return e.err }

// errQuiet ends a command with exitFailure and prints nothing, as the command has printed what is wrong.
var errQuiet = errors.New("failed")

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes the command that args name and returns the exit status. It reads and writes nothing but the given
// streams, so tests can call it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	app := newApp(stdin, stdout, stderr)
	err := app.Run(append([]string{app.Name}, interspersed(app, args)...))
	var usage *usageError
	var exit *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errQuiet) && errors.As(err, &exit):
		return exit.code
	case errors.Is(err, errQuiet):
		return exitFailure
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "hestia: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "hestia: %v\n", err)
	if next := hint(err); next != "" {
		fmt.Fprintf(stderr, "        %s\n", next)
	}
	if errors.As(err, &exit) {
		return exit.code
	}
	return exitFailure
}

// hint returns what a user can do about an error, or nothing if the error says it.
func hint(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there: stop it, choose another with --port, or take any free one with --port 0"
	case errors.Is(err, syscall.EACCES) && errors.Is(err, node.ErrListen):
		return "ports below 1024 need privileges: choose a higher one with --port"
	case errors.Is(err, chain.ErrNoGenesis):
		return "say with --genesis what the chain begins with: hestia export --genesis writes it"
	case errors.Is(err, chain.ErrChainFile) && errors.Is(err, chain.ErrNotNext):
		return "the file is of another chain, or of later blocks: see --genesis, and hestia export --blocks"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "--host must be an address of this machine, such as 127.0.0.1 or 0.0.0.0"
	}
	return ""
}

// What --help prints, of the program and of a command.
const (
	appHelp = `hestia: {{.Usage}}

Usage: hestia COMMAND [flags]
{{range .VisibleCommands}}
  {{printf "%-10s" .Name}} {{.Usage}}{{end}}

hestia COMMAND --help says more. Exit status: 0 done, 1 failed, 2 wrong usage.
`
	commandHelp = `hestia {{.Name}}: {{.Usage}}

Usage: hestia {{.Name}}{{if .VisibleFlags}} [flags]{{end}}{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}
{{if .Description}}
{{.Description}}
{{end}}{{range .VisibleFlags}}
  {{.}}{{end}}
`
)

// The default of a switch is off, which its help need not say.
func init() {
	flag := cli.FlagStringer
	cli.FlagStringer = func(f cli.Flag) string { return strings.Replace(flag(f), " (default: false)", "", 1) }
}

// newApp returns the program with all its commands.
func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:            "hestia",
		Usage:           "a devnet and a toolbox for WebAssembly contracts on Ethereum",
		Version:         node.Version,
		HideHelpCommand: true,
		Reader:          stdin,
		Writer:          stdout,
		ErrWriter:       stderr,
		ExitErrHandler:  func(*cli.Context, error) {}, // run prints the error and chooses the status
		Commands: []*cli.Command{
			devnetCommand(), demoCommand(), runCommand(), meterCommand(), checkCommand(), creationCommand(),
			catCommand(), putCommand(), recordCommand(), replayCommand(), exportCommand(), importCommand(),
			statetestCommand(), t8nCommand(),
		},
		CustomAppHelpTemplate: appHelp,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return &usageError{"hestia", fmt.Errorf("no command is called %q", c.Args().First())}
			}
			return cli.ShowAppHelp(c)
		},
		OnUsageError: func(_ *cli.Context, err error, _ bool) error { return &usageError{"hestia", err} },
	}
	for _, command := range app.Commands {
		command.HideHelpCommand = true
		command.OnUsageError = func(c *cli.Context, err error, _ bool) error {
			return &usageError{"hestia " + c.Command.Name, err}
		}
		command.CustomHelpTemplate = commandHelp
	}
	return app
}

// interspersed moves a command's flags before its other arguments, since the flag parser stops at the first of these.
// A flag that is no switch takes the next argument along. What follows "--" is no flag.
func interspersed(app *cli.App, args []string) []string {
	if len(args) == 0 || app.Command(args[0]) == nil {
		return args
	}
	takesValue := make(map[string]bool)
	for _, flag := range app.Command(args[0]).Flags {
		_, isSwitch := flag.(*cli.BoolFlag)
		for _, name := range flag.Names() {
			takesValue[name] = !isSwitch
		}
	}
	var flags, rest []string
	for i := 1; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			rest = append(rest, args[i+1:]...)
			i = len(args)
		case len(arg) > 1 && arg[0] == '-':
			flags = append(flags, arg)
			if takesValue[strings.TrimLeft(arg, "-")] && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		default:
			rest = append(rest, arg)
		}
	}
	return append(append(append(args[:1:1], flags...), "--"), rest...)
}

// noArguments returns a usage error if a command that takes none has arguments.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return &usageError{"hestia " + c.Command.Name, fmt.Errorf("unexpected argument %q", c.Args().First())}
	}
	return nil
}

// oneArgument returns the only argument of a command. what names it in the usage error of any other number.
func oneArgument(c *cli.Context, what string) (string, error) {
	if c.NArg() != 1 {
		err := fmt.Errorf("needs one argument, %s, and got %d", what, c.NArg())
		return "", &usageError{"hestia " + c.Command.Name, err}
	}
	return c.Args().First(), nil
}
