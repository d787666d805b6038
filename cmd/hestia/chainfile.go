package main

// This file has the commands export and import: blocks between a data directory and a file in geth's format, one RLP
// list a block. Package chain reads, executes and writes them.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/node"
	"hestia/state"
	"hestia/vm"
)

// exportCommand is hestia export. It reads a directory and changes nothing there.
func exportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write the blocks of a data directory to a file, as geth's export does",
		ArgsUsage: "FILE",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "datadir", Usage: "read the chain in `DIR`, which no node is using"},
			&cli.StringFlag{Name: "blocks", Usage: "write the blocks `A..B`", DefaultText: "all but the first"},
			&cli.StringFlag{
				Name:  "genesis",
				Usage: "write what the chain begins with to `FILE`, for --genesis of import and devnet",
			},
		},
		Action: export,
	}
}

func export(c *cli.Context) error {
	name, err := oneArgument(c, "the file to write")
	if err != nil {
		return err
	}
	return withChain(c, nil, func(opened *chain.Chain) error {
		// The genesis has a file of its own.
		first, last := opened.First().Number.Uint64()+1, opened.Head().Number.Uint64()
		if last < first {
			return errors.New("the chain has no block but the first")
		}
		if text := c.String("blocks"); text != "" {
			ok := false // not := below, which would hide first and last
			if first, last, ok = blockRange(text); !ok {
				return &usageError{"hestia export", fmt.Errorf("--blocks %q: want a range such as 3..7", text)}
			}
		}
		if err := exportGenesis(c.String("genesis"), opened); err != nil {
			return err
		}
		p := startProgress(c.App.ErrWriter, "exporting", 0, "bytes")
		err := writeFile(name, func(w io.Writer) error { return opened.Export(countingWriter{w, p}, first, last) })
		p.end()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		_, err = fmt.Fprintf(c.App.Writer, "%s: blocks %d to %d\n", name, first, last)
		return err
	})
}

// exportGenesis writes the genesis of a chain to a file, unless the name is empty.
func exportGenesis(name string, from *chain.Chain) error {
	if name == "" {
		return nil
	}
	genesis, err := from.Genesis()
	if err != nil {
		return err
	}
	return writeFile(name, genesis.Encode)
}

// replaceFile writes a file as a whole. If writing fails, or the process dies, the file stays as it was: the bytes go
// to a temporary file beside it, reach the disk, and take its name in one step. Of a link the file is replaced that it
// leads to. What is no regular file is not replaced.
func replaceFile(name string, write func(io.Writer) error) error {
	name, err := followLinks(name)
	if err != nil {
		return err
	}
	if err := checkRegular(name); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(file)
	if err = errors.Join(write(buffered), buffered.Flush(), file.Chmod(0o644), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// writeFile is replaceFile, but writes a device or a pipe as it is.
func writeFile(name string, write func(io.Writer) error) error {
	if !errors.Is(checkRegular(name), errNotRegular) {
		return replaceFile(name, write)
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(file)
	return errors.Join(write(buffered), buffered.Flush(), file.Close())
}

// errNotRegular reports a directory, a device, a pipe or a socket.
var errNotRegular = errors.New("it is no regular file")

// checkRegular reports if something else than a regular file has a name.
func checkRegular(name string) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", name, errNotRegular)
	}
	return nil
}

// maxLinks bounds how many links lead to a file, as in Linux.
const maxLinks = 40

// followLinks returns the name of the file to which a name leads. The file need not exist.
func followLinks(name string) (string, error) {
	for range maxLinks {
		next, err := os.Readlink(name)
		if err != nil { // no link, or nothing
			return name, nil
		}
		if !filepath.IsAbs(next) {
			next = filepath.Dir(name) + string(filepath.Separator) + next // not Join: a parent may be a link
		}
		name = next
	}
	return "", &fs.PathError{Op: "open", Path: name, Err: syscall.ELOOP}
}

// checkReplaceable reports why replaceFile could not make a regular file of this name.
func checkReplaceable(name string) error {
	name, err := followLinks(name)
	if err != nil {
		return err
	}
	if err := checkRegular(name); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("%w; choose a folder that can be written", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// countingWriter adds the bytes that are written to a progress.
type countingWriter struct {
	io.Writer
	progress *progress
}

func (w countingWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	w.progress.add(n)
	return n, err
}

// importCommand is hestia import.
func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "execute the blocks of a file and add them to a data directory",
		ArgsUsage: "FILE",
		Description: `Every block is executed, and must result in the roots, gas and bloom of its header. Blocks
that the directory has already are passed over. If anything is wrong with the file, the directory stays as it was.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "datadir", Usage: "extend the chain in `DIR`, which no node is using"},
			&cli.StringFlag{
				Name:  "genesis",
				Usage: "begin an empty directory with the genesis in `FILE`, which export --genesis writes",
			},
		},
		Action: importFile,
	}
}

func importFile(c *cli.Context) error {
	name, err := oneArgument(c, "the file to read")
	if err != nil {
		return err
	}
	genesis, err := importGenesis(c.String("genesis"))
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	// Before the directory is made, so that a file that is wrong leaves none behind.
	undo := undoIfNew(c.String("datadir"))
	err = withChain(c, genesis, func(opened *chain.Chain) error {
		p := startProgress(c.App.ErrWriter, "importing", 0, "blocks")
		n, err := opened.ImportAll(bufio.NewReader(file), func(*types.Block) { p.add(1) })
		p.end()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		head := opened.Head()
		_, err = fmt.Fprintf(c.App.Writer, "%s: %d blocks executed; the head is block %v, %s, state %s\n",
			name, n, head.Number, head.Hash(), head.Root)
		return err
	})
	if err != nil {
		return errors.Join(err, undo())
	}
	return nil
}

// importGenesis reads the genesis in a file. It is nil if the name is empty.
func importGenesis(name string) (*chain.Genesis, error) {
	if name == "" {
		return nil, nil // which is right for a directory that has a chain
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	genesis, err := chain.DecodeGenesis(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return genesis, nil
}

// undoIfNew returns a function that removes a directory. If the directory exists now, the function does nothing: it
// may hold a chain that this command did not make.
func undoIfNew(dir string) func() error {
	if _, err := os.Stat(dir); dir == "" || !errors.Is(err, os.ErrNotExist) {
		return func() error { return nil }
	}
	return func() error { return os.RemoveAll(dir) }
}

// withChain opens the chain in --datadir, passes it to use, and closes it. An empty or missing directory begins with
// genesis. If that is nil too, the error is chain.ErrNoGenesis.
func withChain(c *cli.Context, genesis *chain.Genesis, use func(*chain.Chain) error) error {
	dir := c.String("datadir")
	if dir == "" {
		return &usageError{"hestia " + c.Command.Name, errors.New("needs --datadir")}
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) && genesis == nil {
		return fmt.Errorf("%s: %w", dir, chain.ErrNoGenesis) // state.Open would make the directory
	}
	return withEngine(func(engine vm.Engine) error {
		store, err := state.Open(dir, state.Options{Beside: []string{node.Artefacts}})
		if err != nil {
			return err
		}
		// Without a genesis first: a directory that has a chain knows its own, and another would be refused.
		opened, err := chain.Open(store, engine, nil)
		if errors.Is(err, chain.ErrNoGenesis) && genesis != nil {
			opened, err = chain.Open(store, engine, genesis)
		}
		if err == nil {
			err = use(opened)
		}
		return errors.Join(err, store.Close())
	})
}
