package main

// This file has the commands cat and put: the files of a contract that is a program. Package insight/files reads and
// writes them.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/urfave/cli/v2"

	"hestia/insight/files"
)

// catCommand is hestia cat.
func catCommand() *cli.Command {
	return &cli.Command{
		Name:      "cat",
		Usage:     "print a contract's file, proved by the state root",
		ArgsUsage: "ADDRESS PATH",
		Description: `A program that is a contract keeps its files in its storage. This prints one, and says on standard
error which block's state root proves it. The answer of the node is not trusted beyond that root.`,
		Flags: []cli.Flag{
			rpcFlag("ask the node at `URL`"),
			&cli.StringFlag{Name: "block", Value: "latest", Usage: "as it was in the block with `NUMBER`"},
			&cli.StringFlag{Name: "proof", Usage: "write the proofs to `FILE`: a list of what eth_getProof answers"},
		},
		Action: cat,
	}
}

func cat(c *cli.Context) error {
	if c.NArg() != 2 {
		err := fmt.Errorf("needs two arguments, an address and a path, and got %d", c.NArg())
		return &usageError{"hestia cat", err}
	}
	return withFiles(c, c.String("block"), func(f *files.Files) error {
		content, err := f.Read(c.Args().Get(1))
		if err != nil {
			return err
		}
		if name := c.String("proof"); name != "" {
			encode := func(w io.Writer) error { return json.NewEncoder(w).Encode(f.Proofs) }
			if err := writeFile(name, encode); err != nil {
				return err
			}
		}
		if _, err := c.App.Writer.Write(content); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.App.ErrWriter, "%d bytes, proved by the state root %s of block %d\n", len(content),
			f.Header.Root, f.Header.Number)
		return err
	})
}

// putCommand is hestia put.
func putCommand() *cli.Command {
	return &cli.Command{
		Name:      "put",
		Usage:     "write a contract's file on a devnet",
		ArgsUsage: "ADDRESS PATH [FILE]",
		Description: `Sets the storage slots that hold the file, as anvil_setStorageAt does, to what is in FILE, or on
standard input, and makes a block. The contract does not run. On a chain that is no devnet only the contract
can write its files.`,
		Flags: []cli.Flag{
			rpcFlag("ask the devnet at `URL`"),
			&cli.BoolFlag{Name: "remove", Usage: "remove the file"},
		},
		Action: put,
	}
}

func put(c *cli.Context) error {
	if n := c.NArg(); n < 2 || n > 3 {
		err := fmt.Errorf("needs an address, a path and at most one file, and got %d arguments", n)
		return &usageError{"hestia put", err}
	}
	var content []byte
	switch from := c.Args().Get(2); {
	case c.Bool("remove") && from != "":
		return &usageError{"hestia put", errors.New("--remove takes no file")}
	case !c.Bool("remove"):
		var err error
		if content, err = readContent(c, from); err != nil {
			return err
		}
	}
	return withFiles(c, "latest", func(f *files.Files) error {
		slots, err := f.Write(c.Args().Get(1), content)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.App.ErrWriter, "%d bytes, %d slots set\n", len(content), slots)
		return err
	})
}

// readContent reads what a file is to hold: a file as it is, or standard input.
func readContent(c *cli.Context, from string) ([]byte, error) {
	content, err := []byte(nil), error(nil)
	if from == "" || from == "-" {
		content, err = readUpTo(c.App.Reader, "standard input", files.MaxFile)
	} else {
		content, err = readFile(from, files.MaxFile)
	}
	if err == nil && len(content) == 0 {
		err = errors.New("there is nothing to write, and a file of no bytes does not exist: remove one with --remove")
	}
	return content, err
}

// withFiles passes the files of the contract that the first argument names to use.
func withFiles(c *cli.Context, block string, use func(*files.Files) error) error {
	var contract common.Address
	if err := contract.UnmarshalText([]byte(c.Args().First())); err != nil {
		return &usageError{"hestia " + c.Command.Name, fmt.Errorf("the address: %w", err)}
	}
	if number, err := strconv.ParseUint(block, 10, 63); err == nil {
		block = hexutil.EncodeUint64(number)
	}
	client, err := dial(c)
	if err != nil {
		return err
	}
	defer client.Close()
	opened, err := files.Open(c.Context, client, contract, block)
	if err != nil {
		return err
	}
	return use(opened)
}
