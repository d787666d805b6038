package main

// This file reads settings of devnet from the environment and from a file. Both have the names and the values of the
// flags, so that a user learns them once.

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/urfave/cli/v2"
)

// configFile is read from the working directory if --config names no other.
const configFile = "hestia.toml"

// fromEnvironment lets a flag be given as HESTIA_NAME. cli has no interface for this, hence the types.
func fromEnvironment(flag cli.Flag) {
	name := "HESTIA_" + strings.ToUpper(strings.ReplaceAll(flag.Names()[0], "-", "_"))
	switch f := flag.(type) {
	case *cli.StringFlag:
		f.EnvVars = []string{name}
	case *cli.StringSliceFlag:
		f.EnvVars = []string{name}
	case *cli.IntFlag:
		f.EnvVars = []string{name}
	case *cli.Uint64Flag:
		f.EnvVars = []string{name}
	case *cli.Float64Flag:
		f.EnvVars = []string{name}
	case *cli.BoolFlag:
		f.EnvVars = []string{name}
	}
}

// maxConfig bounds the configuration file, in bytes.
const maxConfig = 1 << 20

// readConfig sets the flags that the configuration file gives, if neither the command line nor the environment has
// set them. A file that --config does not name may be missing.
func readConfig(c *cli.Context) error {
	name, named := c.String("config"), c.IsSet("config")
	if !named {
		name = configFile
	}
	text, err := readFile(name, maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named: // the default file need not be there
		return nil
	case err != nil:
		return err
	}
	values := make(map[string]any)
	meta, err := toml.Decode(string(text), &values)
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: line %d: %s", name, syntax.Position.Line, syntax.Message)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	known := make(map[string]bool)
	for _, flag := range c.Command.Flags {
		known[flag.Names()[0]] = true
	}
	for _, key := range meta.Keys() { // in their order in the file; a table is one too, which no setting is
		setting := key.String()
		if !known[setting] || setting == "config" {
			return fmt.Errorf("%s: no setting is called %q", name, setting)
		}
		if c.IsSet(setting) { // by the command line or the environment
			continue
		}
		if err := setFlag(c, setting, values[setting]); err != nil {
			return fmt.Errorf("%s: %s: %w", name, setting, err)
		}
	}
	return nil
}

// setFlag sets a flag to a value of a configuration file. Every item of a list is one use of the flag.
func setFlag(c *cli.Context, name string, value any) error {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, v := range list {
		switch v.(type) {
		case string, int64, float64, bool: // which cli parses from text, as it does arguments
		default:
			return errors.New("is neither text, a number, true or false, nor a list of these")
		}
		if err := c.Set(name, fmt.Sprint(v)); err != nil {
			return fmt.Errorf("%v is not what it must be: %w", v, err)
		}
	}
	return nil
}
