// Package abi knows contracts by their interface: the list of functions, events and errors that compilers write as
// JSON.
//
// An interface is known by a module's custom section, by a file or by a call of a client. Parse and ParseFile read
// one, Sections finds those in a module, and a Book collects many and gives calldata, logs and reverts their names.
// Contracts and clients write all of these, so every size is bounded and nothing in them can panic. The package knows
// no state, no chain and no JSON-RPC. Start at Book.
package abi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"

	"hestia/internal/wasm"
)

// SectionName is the name of the custom section in which a module may carry its interface.
const SectionName = "abi"

// What one interface may hold.
const (
	MaxBytes   = 256 << 10 // of a list, in a section or from a client
	maxNesting = 16        // tuples or lists within each other: geth's parser is quadratic in this depth
	maxLists   = 4096      // lists in types, all in all: geth's parser takes 10 us for each
	maxName    = 256       // bytes of a name: messages and the log show it
	maxWords   = 1 << 16   // words of 32 bytes of an argument with fixed lengths: geth allocates them unasked
)

// What is wrong with an interface.
var (
	ErrTooLong = fmt.Errorf("longer than %d bytes", MaxBytes)
	ErrNoList  = errors.New("want a list of entries as compilers write it, or an object with it in abi")
	ErrTooDeep = fmt.Errorf("a type has more than %d tuples or lists within each other", maxNesting)
	ErrTooMany = fmt.Errorf("the types have more than %d lists", maxLists)
	ErrName    = fmt.Errorf("a name has other characters than letters, digits, _ and $, or more than %d bytes", maxName)
	ErrTooWide = fmt.Errorf("a type has more than %d words", maxWords)
	ErrNoName  = errors.New("a function, event or error has no name")
	ErrType    = errors.New("no type of the ABI")
)

// Sections returns the data of a module's custom sections called SectionName, in their order. It is nil if code is no
// well-formed module or has no such section. A section longer than MaxBytes is left out.
func Sections(code []byte) [][]byte {
	if !bytes.Contains(code, []byte(SectionName)) {
		return nil // decoding takes longer
	}
	module, err := wasm.Decode(code)
	if err != nil {
		return nil
	}
	var sections [][]byte
	for _, section := range module.Customs {
		if section.Name == SectionName && len(section.Data) <= MaxBytes {
			sections = append(sections, section.Data)
		}
	}
	return sections
}

// Parse reads an interface, as compilers write it: a list in JSON of at most MaxBytes, or an object whose field abi is
// one.
func Parse(text []byte) (gethabi.ABI, error) {
	list, err := listIn(text)
	switch {
	case err != nil:
		return gethabi.ABI{}, err
	case len(list) > MaxBytes:
		return gethabi.ABI{}, ErrTooLong
	}
	return parse(list)
}

// ParseFile reads an interface of any length, from a file that a user chose.
func ParseFile(text []byte) (gethabi.ABI, error) {
	list, err := listIn(text)
	if err != nil {
		return gethabi.ABI{}, err
	}
	return parse(list)
}

// listIn returns the list of an interface in JSON.
func listIn(text []byte) ([]byte, error) {
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("{")) {
		var artifact struct {
			ABI json.RawMessage `json:"abi"`
		}
		if err := json.Unmarshal(text, &artifact); err != nil {
			return nil, err
		}
		text = artifact.ABI
	}
	if !bytes.HasPrefix(text, []byte("[")) {
		return nil, ErrNoList
	}
	return text, nil
}

func parse(text []byte) (gethabi.ABI, error) {
	lists := 0
	var entries []struct {
		Type, Name      string
		Inputs, Outputs []argument
	}
	// If this fails, geth's parser fails too and says why. Like it, this reads the first JSON value and no further.
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&entries); err == nil {
		for _, e := range entries {
			switch {
			case !isName(e.Name):
				return gethabi.ABI{}, ErrName
			case e.Name == "" && slices.Contains([]string{"function", "event", "error"}, e.Type):
				return gethabi.ABI{}, ErrNoName
			}
			for _, a := range append(e.Inputs, e.Outputs...) {
				if _, err := a.words(0); err != nil {
					return gethabi.ABI{}, err
				}
				lists += a.lists()
			}
		}
	}
	if lists > maxLists {
		return gethabi.ABI{}, ErrTooMany
	}
	return gethabi.JSON(bytes.NewReader(text))
}

// isName reports whether a name, which may be empty, is one that can be shown as it is: a terminal and a page take
// nothing in it for a command.
func isName(name string) bool {
	odd := func(r rune) bool { return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return len(name) <= maxName && !strings.ContainsFunc(name, odd)
}

// argument is what of an argument decides its size and how it is shown.
type argument struct {
	Name       string
	Type       string
	Components []argument
}

// lists returns how many lists the argument's type has.
func (a argument) lists() int {
	total := strings.Count(a.Type, "[")
	for _, c := range a.Components {
		total += c.lists()
	}
	return total
}

// kinds is what types are written as: the name, the bits of a number, and lists.
var kinds = regexp.MustCompile(
	`^(u?int([1-9][0-9]{0,2})?|address|bool|string|bytes(?:[1-9]|[12][0-9]|3[0-2])?|function|tuple)(?:\[[0-9]*\])*$`,
)

// length finds the length in what follows a bracket, as geth's parser does.
var length = regexp.MustCompile(`[0-9]+`)

// words returns how many words the argument takes if every list without a length has one element. depth counts the
// tuples around it.
func (a argument) words(depth int) (int, error) {
	if depth > maxNesting {
		return 0, ErrTooDeep
	}
	if !isName(a.Name) {
		return 0, ErrName
	}
	kind := kinds.FindStringSubmatch(a.Type)
	if kind == nil || kind[1] == "tuple" && len(a.Components) == 0 {
		return 0, fmt.Errorf("%w: %.80q", ErrType, a.Type)
	}
	if bits, err := strconv.Atoi(kind[2]); kind[2] != "" && (err != nil || bits > 256 || bits%8 != 0) {
		return 0, fmt.Errorf("%w: %.80q", ErrType, a.Type)
	}
	total := 1
	for _, c := range a.Components {
		n, err := c.words(depth + 1)
		if err != nil {
			return 0, err
		}
		if total += n; total > maxWords {
			return 0, ErrTooWide
		}
	}
	brackets := strings.Split(a.Type, "[")[1:]
	if len(brackets) > maxNesting {
		return 0, ErrTooDeep
	}
	for _, bracket := range brackets {
		digits := length.FindString(bracket)
		if digits == "" {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > maxWords || int(n)*total > maxWords {
			return 0, ErrTooWide
		}
		total *= max(1, int(n))
	}
	return total, nil
}
