// Package conformance runs readable tests: text files with contracts in WebAssembly's text format, transactions, and
// the gas, output, logs and state changes that each must cause.
//
// Package transition applies the transactions, on a store in memory. This package does not know engines. Start at
// Run; tests/conformance/README.md describes the files.
package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"hestia/replay"
	"hestia/state"
	"hestia/vm"
)

// Suffix ends the names of files with readable tests.
const Suffix = ".eei"

// Assembler is an engine that also compiles the text format of WebAssembly, which readable tests hold.
type Assembler interface {
	vm.Engine
	Assemble(text []byte) ([]byte, error)
}

// The errors of running a readable test.
var (
	errNoAssembler = errors.New("this engine does not compile the text format")
	errDifferent   = errors.New("not as expected")
)

// suite is a file of readable tests.
type suite struct {
	sections []section
	modules  map[string][]byte // compiled, by the name of their section
	before   []fact            // of every case
	cases    []*scene
}

// section is a part of a file: a heading line and the text under it.
type section struct{ heading, text string }

// scene is one test: transactions on a state, and the expected outcome under each of some rules.
type scene struct {
	title        string
	networks     []string // names of the rules to run it under
	block        block
	before       []fact // in addition to the suite's
	transactions []transfer
	after        map[string]string // the expected lines, by network
}

// split cuts a file at its lines "-- HEADING --". The first section has no heading and describes the file.
func split(text string) []section {
	parts := []section{{}}
	for _, line := range strings.SplitAfter(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if inner, ok := strings.CutPrefix(trimmed, "-- "); ok && strings.HasSuffix(inner, " --") {
			parts = append(parts, section{heading: strings.TrimSpace(strings.TrimSuffix(inner, "--"))})
			continue
		}
		parts[len(parts)-1].text += line
	}
	return parts
}

// parse reads a file and compiles its modules.
func parse(engine Assembler, text string) (*suite, error) {
	s := &suite{sections: split(text), modules: map[string][]byte{}}
	for _, part := range s.sections {
		if strings.HasSuffix(part.heading, ".wat") {
			binary, err := engine.Assemble([]byte(part.text))
			if err != nil {
				return nil, fmt.Errorf("%w: %s: %w", replay.ErrMalformed, part.heading, err)
			}
			s.modules[part.heading] = binary
		}
	}
	for i, part := range s.sections {
		if err := s.take(i, part); err != nil {
			return nil, fmt.Errorf("%w: -- %s --: %w", replay.ErrMalformed, part.heading, err)
		}
	}
	if len(s.cases) == 0 {
		return nil, replay.ErrNoTests
	}
	return s, nil
}

// take reads one section. It skips the description and modules, which parse has compiled.
func (s *suite) take(index int, part section) error {
	kind, rest, _ := strings.Cut(part.heading, " ")
	switch {
	case index == 0 || strings.HasSuffix(part.heading, ".wat"):
		return nil
	case part.heading == "before":
		return eachLine(part.text, func(words []string) error {
			f, err := s.fact(words)
			s.before = append(s.before, f)
			return err
		})
	case kind == "case" && rest != "":
		c := &scene{title: rest, block: defaultBlock, after: map[string]string{}}
		s.cases = append(s.cases, c)
		return eachLine(part.text, func(words []string) error { return s.direct(c, words) })
	case kind == "after" && len(s.cases) > 0:
		s.cases[len(s.cases)-1].after[rest] = part.text
		return nil
	}
	return errors.New("no such section")
}

// eachLine calls do with the words of every line that is not empty or a comment. A comment begins with #.
func eachLine(text string, do func(words []string) error) error {
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			if err := do(words); err != nil {
				return fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
			}
		}
	}
	return nil
}

// Run runs every case of a file under each of its networks and calls report with the outcome, nil if it is as expected.
// The error wraps replay.ErrMalformed or replay.ErrNoTests, or says that the engine is no Assembler.
func Run(engine vm.Engine, text string, report func(title, network string, err error)) error {
	return eachCase(engine, text, func(s *suite, c *scene, network string, store *state.Store) error {
		have, err := s.observe(engine, store, c, network)
		if err == nil {
			err = compare(have, c.after[network])
		}
		report(c.title, network, err)
		return nil
	})
}

// eachCase calls do with every case of a file and each of its networks, on one store in memory.
func eachCase(engine vm.Engine, text string, do func(*suite, *scene, string, *state.Store) error) error {
	assembler, ok := engine.(Assembler)
	if !ok {
		return errNoAssembler
	}
	s, err := parse(assembler, text)
	if err != nil {
		return err
	}
	store, err := state.Open("", state.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	for _, c := range s.cases {
		for _, network := range c.networks {
			if err := do(s, c, network, store); err != nil {
				return fmt.Errorf("%s: %w", c.title, err)
			}
		}
	}
	return nil
}

// compare returns an error with the first line in which two observations differ. Spaces and comments do not count.
func compare(have, want string) error {
	a, b := lines(have), lines(want)
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return fmt.Errorf("%w: have nothing more, want %q", errDifferent, b[i])
		case i >= len(b):
			return fmt.Errorf("%w: have %q, want nothing more", errDifferent, a[i])
		case a[i] != b[i]:
			return fmt.Errorf("%w: have %q, want %q", errDifferent, a[i], b[i])
		}
	}
	return nil
}

// lines returns the lines of a text that compare looks at, with single spaces.
func lines(text string) []string {
	var list []string
	_ = eachLine(text, func(words []string) error {
		list = append(list, strings.Join(words, " "))
		return nil
	})
	return list
}

// Rewrite returns a file of readable tests with the expected outcomes replaced by those on engine. A person must check
// them: they are what the engine does, not what it should do.
func Rewrite(engine vm.Engine, text string) (string, error) {
	after := map[*scene]string{}
	var of *suite
	err := eachCase(engine, text, func(s *suite, c *scene, network string, store *state.Store) error {
		have, err := s.observe(engine, store, c, network)
		of = s
		after[c] += "-- after " + network + " --\n" + have
		return err
	})
	if err != nil {
		return "", err
	}
	parts := slices.DeleteFunc(of.sections, func(p section) bool { return strings.HasPrefix(p.heading, "after ") })
	var out strings.Builder
	next := 0
	for i, part := range parts {
		if i > 0 {
			fmt.Fprintf(&out, "-- %s --\n", part.heading)
		}
		out.WriteString(part.text)
		if strings.HasPrefix(part.heading, "case ") {
			out.WriteString(after[of.cases[next]])
			next++
		}
	}
	return out.String(), nil
}

// names are the accounts that a file can name. The sender's key is 0x45a915e4.., which Ethereum's public tests use.
// Tests use self for the contract under test, and static for a contract that calls self by callStatic.
var names = map[string]common.Address{
	"sender":   common.HexToAddress("0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"),
	"coinbase": common.HexToAddress("0xcb00000000000000000000000000000000000005"),
	"self":     common.HexToAddress("0xc000000000000000000000000000000000000002"),
	"static":   common.HexToAddress("0x57a7000000000000000000000000000000000008"),
	"other":    common.HexToAddress("0xa000000000000000000000000000000000000003"),
	"library":  common.HexToAddress("0x1b00000000000000000000000000000000000006"),
	"dead":     common.HexToAddress("0xd000000000000000000000000000000000000004"),
}
