package hestiatest

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/iface/abi"
	"hestia/replay/fixture"
)

// update makes Replay write the results of now into the fixtures, as hestia replay --update does.
var update = flag.Bool("hestia.update", false, "write fixtures anew")

// Record writes a fixture of one mined transaction to a file: the transaction, all state that it reads, and its
// results.
func (d *Devnet) Record(file string, transaction common.Hash) {
	d.t.Helper()
	f, err := d.recorder().Transaction(d.t.Context(), transaction)
	must(d.t, err)
	must(d.t, writeFixture(file, f))
}

// RecordBlocks writes a fixture of all transactions of the blocks from first to last to a file.
func (d *Devnet) RecordBlocks(file string, first, last uint64) {
	d.t.Helper()
	f, err := d.recorder().Blocks(d.t.Context(), first, last)
	must(d.t, err)
	must(d.t, writeFixture(file, f))
}

// recorder executes on the shared engine what it records.
func (d *Devnet) recorder() fixture.Recorder {
	d.t.Helper()
	shared, err := engine()
	must(d.t, err)
	return fixture.Recorder{Client: d.RPC, Engine: shared}
}

// writeFixture writes a file in the format of docs/fixtures.md.
func writeFixture(name string, f *fixture.Fixture) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Encode(file), file.Close())
}

// Replay executes the fixtures that match a pattern such as "testdata/*.json" again, each as a subtest, and fails if
// any result differs: status, gas, output, events, calls, state. With the flag -hestia.update of go test it writes
// the new results into the files instead. A pattern that matches no file fails.
func Replay(t *testing.T, pattern string) {
	t.Helper()
	ReplayWith(t, pattern, nil)
}

// ReplayWith is Replay with other code for some accounts, by their address. It shows if a new version of a contract
// still does what the old one did. Transactions get all gas that they can pay for, as their recorded limits may fit the
// old code.
func ReplayWith(t *testing.T, pattern string, code map[common.Address][]byte) {
	t.Helper()
	Replaying{Code: code}.Replay(t, pattern)
}

// Replaying says how fixtures are replayed. The zero value is what Replay does.
type Replaying struct {
	Code       map[common.Address][]byte // other code for some accounts, as of ReplayWith
	WithoutGas bool                      // gas may differ, and with it what it costs
	ABIs       []string                  // interfaces as JSON, which name calls, events and errors in differences
}

// Replay replays as the package's Replay does.
func (r Replaying) Replay(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	must(t, err)
	if len(files) == 0 {
		t.Fatalf("no fixture matches %s", pattern)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { r.file(t, file) })
	}
}

// file executes one fixture.
func (r Replaying) file(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	must(t, err)
	defer file.Close()
	f, err := fixture.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	must(t, f.Replace(r.Code))
	options := fixture.Options{Book: abi.NewBook(), WithoutGas: r.WithoutGas}
	for _, text := range r.ABIs {
		known, err := abi.ParseFile([]byte(text))
		must(t, err)
		options.Book.Add(known)
	}
	shared, err := engine()
	must(t, err)
	now, differences, err := f.ReplayWith(shared, options)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if *update {
		must(t, writeFixture(name, now))
		return
	}
	if len(differences) > 0 {
		t.Errorf("%s: %d differences\n%s", name, len(differences), fixture.Report(differences))
	}
}
