// Package tests holds what only the assembled house can show: conformance, scenarios, determinism, benchmarks and the
// layering itself. Nothing imports it. Start at the table in layout_test.go.
package tests

import (
	"go/parser"
	"go/token"
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

// levels is the house from roof to ground. A package imports only from levels below its own.
var levels = [][]string{
	{"cmd/hestia", "hestiatest"},
	{"node"},
	{"rpc", "insight/report"},
	{"rpc/dev"},
	{"rpc/watch"},
	{"rpc/eth"},
	{"rpc/query"},
	{"chain/miner", "chain/txlog", "insight/sandbox", "replay/statetest"},
	{"insight/trace"},
	{"chain", "replay/conformance", "replay/fixture", "replay/t8n"},
	{"replay"},
	{"transition"},
	{"vm", "vm/wasmtime"},
	{"ewasm/mirror"},
	{"ewasm", "chain/pool"},
	{"frame"},
	{"state", "transition/unsigned"},
	{"gas/meter", "gas/admit", "iface/abi"},
	{"gas", "internal/wasm", "internal/terminal", "internal/wat", "contracts"},
}

// reserved names imports that only the listed packages may have, whatever their level.
var reserved = []struct {
	prefix string
	may    []string
	why    string
}{
	{
		"github.com/bytecodealliance/wasmtime-go/", []string{"vm/wasmtime", "internal/wat"},
		"no wasmtime type leaves the engine",
	},
	{
		"hestia/ewasm", []string{"ewasm/mirror", "vm", "vm/wasmtime", "insight/trace", "insight/report"},
		"blocks, transactions and requests are the same for any code: use package frame",
	},
	{
		"github.com/ethereum/go-ethereum/core/rawdb", []string{"chain", "state"},
		"geth's schema is known to chain/database.go alone",
	},
	{"hestia/vm/wasmtime", []string{"node", "cmd/hestia"}, "the engine is chosen where the node is assembled"},
	{"github.com/urfave/cli/", []string{"cmd/hestia"}, "flags belong to the command line"},
	{"github.com/rogpeppe/go-internal/", nil, "it runs the scripts of tests and is no part of the binary"},
	{"github.com/ethereum/go-ethereum/node", nil, "it adds 13 to 25 MB to the binary"},
	{"github.com/ethereum/go-ethereum/eth/tracers/js", nil, "it adds 13 to 25 MB to the binary"},
}

func TestImportsPointDownwards(t *testing.T) {
	for pkg, imports := range sources(t) {
		from := level(pkg)
		if from < 0 {
			t.Errorf("%s has no level: add it to the table in layout_test.go and to the house in README.md", pkg)
			continue
		}
		for _, imported := range imports {
			target, inside := strings.CutPrefix(imported, module+"/")
			if !inside {
				continue
			}
			if to := level(target); to <= from {
				t.Errorf("%s (level %d) imports %s (level %d): imports point downwards only", pkg, from, target, to)
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

func TestEveryLevelExists(t *testing.T) {
	found := sources(t)
	for _, packages := range levels {
		for _, pkg := range packages {
			if _, ok := found[pkg]; !ok {
				t.Errorf("the table names %s, which has no Go file", pkg)
			}
		}
	}
}

// level returns the index of the level that pkg stands on, or -1.
func level(pkg string) int {
	return slices.IndexFunc(levels, func(packages []string) bool { return slices.Contains(packages, pkg) })
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
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
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
