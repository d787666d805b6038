package hestiatest

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// DeploySolidity is Deploy of a contract from what a compiler of Solidity or Vyper wrote in JSON: solc's standard
// output or its --combined-json abi,bin, or an artifact of Hardhat or Foundry. The name chooses one of several
// contracts, as Token or contracts/Token.sol:Token; it may be empty if only one can be deployed.
func (d *Devnet) DeploySolidity(output []byte, name string, args ...any) *Contract {
	d.t.Helper()
	found, err := compiledIn(output, name)
	must(d.t, err)
	creation, err := found.creation()
	must(d.t, err)
	return d.Deploy(creation, string(found.ABI), args...)
}

// compiled is a contract as compilers write it. One of the places of the creation data is set.
type compiled struct {
	ABI      json.RawMessage `json:"abi"`
	Bin      string          `json:"bin"`      // --combined-json
	Bytecode json.RawMessage `json:"bytecode"` // an artifact: hex of Hardhat, an object of Foundry
	EVM      struct {
		Bytecode object `json:"bytecode"`
	} `json:"evm"` // standard output
}

type object struct {
	Object string `json:"object"`
}

// hex returns the creation data as the compiler wrote it, empty if there is none.
func (c *compiled) hex() string {
	var plain string
	var within object
	switch {
	case c.Bin != "":
		plain = c.Bin
	case c.EVM.Bytecode.Object != "":
		plain = c.EVM.Bytecode.Object
	case json.Unmarshal(c.Bytecode, &plain) == nil:
	case json.Unmarshal(c.Bytecode, &within) == nil:
		plain = within.Object
	}
	return strings.TrimPrefix(plain, "0x")
}

// creation returns the creation data. Libraries must have been linked.
func (c *compiled) creation() ([]byte, error) {
	text := c.hex()
	switch {
	case text == "":
		return nil, errors.New("there is no creation data: the contract is abstract, or an interface")
	case strings.Contains(text, "__"):
		return nil, errors.New("the creation data is not linked: have the compiler link its libraries")
	}
	code, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("the creation data is no hex: %w", err)
	}
	return code, nil
}

// compiledIn finds a contract in what a compiler wrote.
func compiledIn(output []byte, name string) (*compiled, error) {
	var file struct {
		compiled
		Contracts map[string]json.RawMessage `json:"contracts"`
	}
	if err := json.Unmarshal(output, &file); err != nil {
		return nil, fmt.Errorf("no JSON of a compiler: %w", err)
	}
	if file.Contracts == nil {
		return &file.compiled, nil
	}
	all := make(map[string]*compiled)
	for path, raw := range file.Contracts {
		var inside map[string]*compiled // of standard output: by name, in the file
		single := new(compiled)
		switch {
		case strings.Contains(path, ":") && json.Unmarshal(raw, single) == nil:
			all[path] = single
		case json.Unmarshal(raw, &inside) == nil:
			for name, c := range inside {
				all[path+":"+name] = c
			}
		}
	}
	return chosen(all, name)
}

// chosen returns the contract of a name, or the only one that can be deployed.
func chosen(all map[string]*compiled, name string) (*compiled, error) {
	var names []string
	for full, c := range all {
		_, short, _ := strings.Cut(full, ":")
		if c != nil && c.hex() != "" && (name == "" || name == full || name == short) {
			names = append(names, full)
		}
	}
	slices.Sort(names)
	switch len(names) {
	case 0:
		return nil, fmt.Errorf("no contract %q that can be deployed is there", name)
	case 1:
		return all[names[0]], nil
	}
	return nil, fmt.Errorf("several contracts can be deployed, name one: %s", strings.Join(names, ", "))
}
