// Package tests holds what only the assembled house can show: conformance, scenarios, determinism, benchmarks and the
// layering itself. Nothing imports it. Start at the table in layout_test.go.
package tests

import (
	"fmt"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "hestia"

// room is a package of the house: the floor it stands on, counted from the roof, and what it is.
type room struct {
	floor int
	pkg   string
	is    string
}

// house is all packages from roof to ground. A package imports only from floors below its own; two packages of one
// floor do not know each other. README.md shows the same list.
var house = []room{
	{0, "cmd/hestia", "the binary: commands parse, call and print"},
	{0, "hestiatest", "a devnet for each Go test: deploy, call, go back in time, check"},
	{1, "node", "opens the store, picks the engine, serves, closes: a whole node"},
	{2, "rpc", "JSON-RPC: transports, and the table of all methods"},
	{2, "insight/files", "the files of a program that is a contract, from its storage, with proofs"},
	{2, "insight/report", "all that a deployer wants to know of a module"},
	{3, "rpc/dev", "the wing of evm, anvil and hardhat: the controls of a devnet"},
	{3, "insight/proof", "accounts and slots of a node, proved by a state root"},
	{4, "rpc/watch", "the wing of debug, trace, ots, erigon and testing: what looks inside"},
	{5, "rpc/filter", "the wing of logs, filters and subscriptions"},
	{5, "rpc/eth", "the wing of eth, net, web3, txpool, personal, admin and hestia"},
	{6, "rpc/typeddata", "what eth_signTypedData signs, hashed in linear time"},
	{6, "rpc/query", "what the wings share: blocks, trials, overrides, receipts, errors, rows of the table"},
	{7, "rpc/budget", "what requests may keep: bytes a request, a connection and the node; the table of limits"},
	{7, "chain/miner", "pool -> block: instant, interval, manual"},
	{7, "chain/txlog", "a line for every transaction, in the words of the contracts' interfaces"},
	{7, "insight/sandbox", "a contract alone on an empty chain, run once"},
	{7, "replay/statetest", "Ethereum's GeneralStateTests"},
	{8, "chain/pool", "raw transaction -> ordered transaction"},
	{8, "insight/trace", "what debug_traceTransaction shows: host calls as steps, frames as a tree"},
	{9, "chain", "blocks: genesis, history, candidate, commit, a devnet's past"},
	{9, "replay/conformance", "readable tests of what contracts see and change"},
	{9, "replay/fixture", "transactions recorded with all they need, and replayed"},
	{9, "replay/t8n", "Ethereum's transition tool: accounts and transactions in, accounts and roots out"},
	{10, "replay", "what the formats of replays share"},
	{11, "transition", "one message on a state: environment in, outcome out"},
	{12, "vm", "the frame machine: call, create, depth, value, snapshot, revert, precompiles"},
	{13, "vm/wasmtime", "the engine of wasm; the only cgo; no wasmtime type leaves it"},
	{13, "vm/evm", "the engine of EVM bytecode: geth's interpreter, a frame at a time"},
	{13, "vm/console", "what Solidity contracts print with console.log"},
	{14, "vm/wasmtime/leaves", "hashing and arithmetic of 256 bits, in C"},
	{14, "ewasm/mirror", "host functions that only read the frame, as functions inside the module"},
	{15, "ewasm", "what a wasm contract sees: the host functions, and which modules are contracts"},
	{16, "ewasm/wasi", "what a WASI program sees: descriptors, files as storage slots, clock, random stream, exit"},
	{16, "frame", "Block, Transaction, Call, Creation, the five ends, Result, FaultError, Interrupt"},
	{17, "state", "LevelDB + Merkle-Patricia trie: open, at(root), commit, prove, dump"},
	{17, "transition/unsigned", "transactions in the name of accounts that a devnet impersonates"},
	{18, "ewasm/nan", "floats whose bits are the same everywhere"},
	{18, "gas/admit", "what a module may be before it is compiled, and how long that will take"},
	{18, "gas/meter", "the instrumenter: decode -> analyse -> rewrite -> encode"},
	{18, "iface/abi", "contracts known by their interface: from a section, a file, a call"},
	{19, "gas", "every price, by schedule, and the tank that pays"},
	{19, "contracts", "sample contracts with their sources, built"},
	{19, "internal/terminal", "text for people: amounts, addresses, nothing that moves the cursor"},
	{19, "internal/wasm", "the binary codec: module <-> bytes"},
	{19, "internal/wat", "the text format, assembled for tests"},
}

// reserved names imports that only the listed packages may have, whatever their level.
var reserved = []struct {
	prefix string
	may    []string
	why    string
}{
	{
		"github.com/bytecodealliance/wasmtime-go/",
		[]string{"vm/wasmtime", "internal/wat"},
		"no wasmtime type leaves the engine",
	},
	{
		"hestia/ewasm",
		[]string{
			"ewasm", "ewasm/mirror", "vm", "vm/wasmtime", "insight/trace", "insight/report", "insight/files",
		},
		"blocks, transactions and requests are the same for any code: use package frame",
	},
	{
		"hestia/internal/wasm",
		[]string{
			"ewasm", "ewasm/mirror", "ewasm/nan", "gas/admit", "gas/meter", "iface/abi", "insight/report",
			"vm/wasmtime", "cmd/hestia",
		},
		"above the machine, only reports and the commands that read modules know that contracts are wasm",
	},
	{
		"hestia/gas/meter",
		[]string{"ewasm", "ewasm/mirror", "vm/wasmtime", "cmd/hestia"},
		"modules are instrumented when they are compiled",
	},
	{
		"hestia/vm/wasmtime",
		[]string{"vm/wasmtime", "node", "cmd/hestia"},
		"the engine is chosen where the node is assembled",
	},
	{"github.com/urfave/cli/", []string{"cmd/hestia"}, "flags belong to the command line"},
	{"github.com/ethereum/go-ethereum/tests", nil, "it is geth's own test suite"},
	{"github.com/rogpeppe/go-internal/", nil, "it runs the scripts of tests and is no part of the binary"},
	{"github.com/ethereum/go-ethereum/node", nil, "it adds 13 to 25 MB to the binary"},
	{"github.com/ethereum/go-ethereum/eth/tracers/js", nil, "it adds 13 to 25 MB to the binary"},
}

func TestImportsPointDownwards(t *testing.T) {
	for pkg, imports := range sources(t) {
		from := floor(pkg)
		if from < 0 {
			t.Errorf("%s stands on no floor: add it to the table in layout_test.go and to the house in README.md", pkg)
			continue
		}
		for _, imported := range imports {
			target, inside := strings.CutPrefix(imported, module+"/")
			if !inside {
				continue
			}
			if to := floor(target); to <= from {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports point downwards only", pkg, from, target, to)
			}
		}
	}
}

func TestReservedImportsStayWhereTheyBelong(t *testing.T) {
	for pkg, imports := range sources(t) {
		for _, imported := range imports {
			for _, r := range reserved {
				matches := imported == strings.TrimSuffix(r.prefix, "/") || strings.HasPrefix(
					imported, strings.TrimSuffix(r.prefix, "/")+"/",
				)
				if matches && !slices.Contains(r.may, pkg) {
					t.Errorf("%s imports %s: %s", pkg, imported, r.why)
				}
			}
		}
	}
}

// What geth's schema looks like is known in one file of the chain and one of the state.
func TestGethsSchemaIsKnownInTwoFiles(t *testing.T) {
	may := []string{"chain/database.go", "state/state.go"}
	for name, file := range parsed(t, parser.ImportsOnly) {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(may, name) {
			continue
		}
		for _, spec := range file.Imports {
			if spec.Path.Value == `"github.com/ethereum/go-ethereum/core/rawdb"` {
				t.Errorf("%s imports rawdb: only %v may", name, may)
			}
		}
	}
}

// A wing that grows past this is to be split.
func TestNoRoomOfTheServerIsTooLarge(t *testing.T) {
	const most = 2500
	lines := map[string]int{}
	for _, file := range texts(t, ".go") {
		if strings.HasPrefix(file.name, "rpc/") && !strings.HasSuffix(file.name, "_test.go") {
			lines[path.Dir(file.name)] += len(file.lines)
		}
	}
	for room, n := range lines {
		if n > most {
			t.Errorf("%s has %d lines, at most %d", room, n, most)
		}
	}
}

func TestEveryRoomExists(t *testing.T) {
	found := sources(t)
	for _, r := range house {
		if _, ok := found[r.pkg]; !ok {
			t.Errorf("the table names %s, which has no Go file", r.pkg)
		}
	}
}

func TestTheReadmeShowsTheHouse(t *testing.T) {
	var want strings.Builder
	for _, r := range house {
		fmt.Fprintf(&want, "%-20s%s\n", r.pkg, r.is)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "\n"+want.String()) {
		t.Errorf("README.md shows another house than the table; it must have\n%s", want.String())
	}
}

// floor returns the floor that pkg stands on, or -1.
func floor(pkg string) int {
	at := slices.IndexFunc(house, func(r room) bool { return r.pkg == pkg })
	if at < 0 {
		return -1
	}
	return house[at].floor
}

// sources returns, for every package directory of the module but tests, what its non-test files import.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(file, ".."), string(filepath.Separator)))
		if entry.IsDir() {
			return skip(rel)
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(rel)
		found[pkg] = append(found[pkg], []string{}...)
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[pkg] = append(found[pkg], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no Go file found above tests")
	}
	return found
}

// skip leaves out what is not part of the module's own packages.
func skip(dir string) error {
	base := path.Base(dir)
	switch {
	case dir == "":
		return nil
	case dir == "tests", base == "testdata", base == "node_modules", strings.HasPrefix(base, "."), dir == "build":
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join("..", dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
