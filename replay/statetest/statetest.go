// Package statetest runs Ethereum's GeneralStateTests: JSON files that give the state's root and the logs' hash after
// one transaction. It gives the readable tests that it finds in the same folders to package conformance.
//
// Package transition applies the transaction, on a store in memory. This package does not know engines. Start at Run.
package statetest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hestia/replay"
	"hestia/replay/conformance"
	"hestia/vm"
)

// Result is the outcome of one test: one transaction of one file under one network.
type Result struct {
	Name    string // of the test; for a readable one, "FILE: TITLE"
	Network string // the rules it ran under, by the file's name for them
	Index   int    // of the expected outcome in the test's list for that network
	Err     error  // nil if it passed
}

// String returns one line: PASS or FAIL, the test, and why it failed.
func (r Result) String() string {
	if r.Err == nil {
		return fmt.Sprintf("PASS %s %s/%d", r.Name, r.Network, r.Index)
	}
	return fmt.Sprintf("FAIL %s %s/%d: %v", r.Name, r.Network, r.Index, r.Err)
}

// Summary counts results. Its JSON is the last line that the command prints.
type Summary struct {
	Passed int `json:"passed"`
	Failed int `json:"failed"`
}

// Run runs every test in the file or folder at path on engine, and calls report with each result. A test that fails
// gives a Result with an error. Run itself returns an error if a file cannot be read or is not a state test; it wraps
// replay.ErrNoTests if there are none.
func Run(engine vm.Engine, path string, report func(Result)) (Summary, error) {
	var sum Summary
	files, err := find(path)
	if err != nil {
		return sum, err
	}
	for _, file := range files {
		if err := runFile(engine, file, func(r Result) {
			if r.Err == nil {
				sum.Passed++
			} else {
				sum.Failed++
			}
			report(r)
		}); err != nil {
			return sum, fmt.Errorf("%s: %w", file, err)
		}
	}
	return sum, nil
}

// find returns the test files at path, in order of their names.
func find(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() &&
			(strings.HasSuffix(name, ".json") || strings.HasSuffix(name, conformance.Suffix)) {
			files = append(files, name)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: %w", path, replay.ErrNoTests)
	}
	return files, err
}

// runFile runs the tests of one file, of either format.
func runFile(engine vm.Engine, file string, report func(Result)) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() > replay.MaxFile {
		return fmt.Errorf("longer than %d bytes", replay.MaxFile)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if strings.HasSuffix(file, conformance.Suffix) {
		base := strings.TrimSuffix(filepath.Base(file), conformance.Suffix)
		return conformance.Run(engine, string(data), func(title, network string, err error) {
			report(Result{Name: base + ": " + title, Network: network, Err: err})
		})
	}
	var tests map[string]*test
	if err := json.Unmarshal(data, &tests); err != nil {
		return err
	}
	if len(tests) == 0 {
		return replay.ErrNoTests
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		if tests[name] == nil {
			return fmt.Errorf("%s: %w", name, replay.ErrNoTests)
		}
		runTest(engine, name, tests[name], report)
	}
	return nil
}

// runTest runs one test for every network and every outcome that it lists.
func runTest(engine vm.Engine, name string, t *test, report func(Result)) {
	for _, network := range slices.Sorted(maps.Keys(t.Post)) {
		for index, p := range t.Post[network] {
			report(Result{Name: name, Network: network, Index: index, Err: t.run(engine, network, p)})
		}
	}
}
