package wasmtime_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/wasmtime"
)

// numberedContracts returns n deployed contracts of about that many bytes. They differ in a custom section.
func numberedContracts(t testing.TB, n, bytes int) (list []*ewasm.Context) {
	t.Helper()
	model := large(t, bytes)
	model.Schedule = gas.Default() // under which instructions cost gas
	for i := range n {
		c := *model
		c.Code = binary.BigEndian.AppendUint32(append(slices.Clip(model.Code), 0, 6, 1, 'n'), uint32(i))
		c.CodeHash = crypto.Keccak256Hash(c.Code)
		binary.BigEndian.PutUint32(c.Self[:], uint32(1+i))
		c.State.CreateAccount(c.Self)
		c.State.SetCode(c.Self, []byte{1}, tracing.CodeChangeUnspecified)
		list = append(list, &c)
	}
	return list
}

// inTurn runs each contract once. They must finish alike.
func inTurn(t testing.TB, engine *wasmtime.Engine, contracts []*ewasm.Context) (used uint64) {
	t.Helper()
	for _, c := range contracts {
		given := c.Gas
		r := engine.Run(c)
		if r.End != frame.Finished {
			t.Fatal(r.Cause)
		}
		used += given.Left() - r.Left.Left()
		c.Gas = given
	}
	if used == 0 {
		t.Fatal("the contracts use no gas")
	}
	return used
}

// temporary makes the folder for temporary folders one of the test's own.
func temporary(t testing.TB) (dir string) {
	dir = t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir
}

// Thirty contracts do not fit into the cache, in memory and with a folder.
func TestContractsInTurnAreCompiledOnce(t *testing.T) {
	temporary(t)
	contracts := numberedContracts(t, 30, 20<<10)
	for name, config := range map[string]wasmtime.Config{
		"in memory": {CacheBytes: 1 << 20, Temporary: true}, "in a folder": {CacheBytes: 1 << 20, Dir: t.TempDir()},
	} {
		engine, err := wasmtime.New(config)
		if err != nil {
			t.Fatal(err)
		}
		used := inTurn(t, engine, contracts)
		for range 4 {
			if again := inTurn(t, engine, contracts); again != used {
				t.Errorf("%s: %d gas, then %d", name, used, again)
			}
		}
		have := engine.Stats()
		t.Logf("%s: %+v", name, have)
		if have.Compiled != 30 || have.Loaded == 0 || have.Loaded >= 4*30 {
			t.Errorf("%s: %+v; want each compiled once and some loads", name, have)
		}
		engine.Close()
	}
}

func TestATemporaryFolderGoesWithTheEngine(t *testing.T) {
	dir := temporary(t)
	engine, err := wasmtime.New(wasmtime.Config{CacheBytes: 1, Temporary: true})
	if err != nil {
		t.Fatal(err)
	}
	if have, _ := os.ReadDir(dir); len(have) != 0 {
		t.Errorf("%v is made before it is needed", have)
	}
	inTurn(t, engine, numberedContracts(t, 5, 2<<10))
	if have, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(have) < 4 {
		t.Errorf("%d files for 5 contracts", len(have))
	}
	engine.Close()
	if have, _ := os.ReadDir(dir); len(have) != 0 {
		t.Errorf("%v is left", have)
	}
}

// What a killed process left goes; what another uses, is someone else's or is no folder stays.
func TestATemporaryFolderOfAKilledProcessGoes(t *testing.T) {
	dir := temporary(t)
	used, err := wasmtime.New(wasmtime.Config{CacheBytes: 1, Temporary: true})
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	inTurn(t, used, numberedContracts(t, 3, 2<<10))
	before, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range []string{"hestia-artefacts-1", "hestia-artefacts-2", "kept-1"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "folder"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "kept-1"), filepath.Join(dir, "hestia-artefacts-3")); err != nil {
		t.Fatal(err)
	}
	other, err := wasmtime.New(wasmtime.Config{Temporary: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	after, _ := filepath.Glob(filepath.Join(dir, "*"))
	want := append(before, filepath.Join(dir, "hestia-artefacts-3"), filepath.Join(dir, "kept-1"))
	slices.Sort(want)
	if !slices.Equal(after, want) {
		t.Errorf("%v, want %v", after, want)
	}
}

// A file that changes while the engine runs is a miss, whatever became of it.
func TestAFileDamagedMeanwhileIsAMiss(t *testing.T) {
	dir := temporary(t)
	contracts := numberedContracts(t, 10, 5<<10)
	for name, damage := range map[string]func(path string, file []byte) error{
		"gone":      func(path string, _ []byte) error { return os.Remove(path) },
		"truncated": func(path string, file []byte) error { return os.Truncate(path, int64(len(file)/2)) },
		"emptied":   func(path string, _ []byte) error { return os.Truncate(path, 0) },
		"changed": func(path string, file []byte) error {
			file[len(file)/2]++
			return os.WriteFile(path, file, 0o600)
		},
		"a folder": func(path string, _ []byte) error {
			os.Remove(path)
			return os.MkdirAll(filepath.Join(path, "in"), 0o700)
		},
	} {
		engine, err := wasmtime.New(wasmtime.Config{CacheBytes: 300 << 10, Temporary: true})
		if err != nil {
			t.Fatal(err)
		}
		used := inTurn(t, engine, contracts)
		inTurn(t, engine, contracts)
		paths, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
		if len(paths) == 0 {
			t.Fatal("nothing is on the disk")
		}
		for _, path := range paths {
			file, err := os.ReadFile(path)
			if err == nil {
				err = damage(path, file)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if again := inTurn(t, engine, contracts); again != used {
				t.Errorf("%s: %d gas, want %d", name, again, used)
			}
		}
		if have := engine.Stats().Compiled; have <= 10 {
			t.Errorf("%s: %d compiled, want some again", name, have)
		}
		engine.Close()
	}
}

func TestADiskIsBoundedAndTheOldestGo(t *testing.T) {
	dir := t.TempDir()
	contracts := numberedContracts(t, 12, 2<<10)
	open := func(bytes int64) *wasmtime.Engine {
		engine, err := wasmtime.New(wasmtime.Config{Dir: dir, DiskBytes: bytes})
		if err != nil {
			t.Fatal(err)
		}
		return engine
	}
	engine := open(0)
	inTurn(t, engine, contracts[:1])
	engine.Close()
	info, err := os.Stat(files(t, dir)[0])
	if err != nil {
		t.Fatal(err)
	}
	limit := 5*info.Size() + info.Size()/2
	engine = open(limit)
	time.Sleep(10 * time.Millisecond) // for the times of files
	inTurn(t, engine, contracts[1:])
	engine.Close()
	if have := files(t, dir); len(have) != 5 {
		t.Errorf("%d files, want 5", len(have))
	}
	engine = open(limit)
	inTurn(t, engine, contracts[7:]) // the last five
	compiled(t, engine, wasmtime.Stats{Loaded: 5})
	engine.Close()
	open(2 * info.Size()).Close()
	if have := files(t, dir); len(have) != 2 {
		t.Errorf("%d files after a start with a lower limit, want 2", len(have))
	}
}

// A cached contract keeps no file open, unless its code is large and memory runs short.
func TestSmallContractsKeepNoFileOpen(t *testing.T) {
	temporary(t)
	engine, err := wasmtime.New(wasmtime.Config{Temporary: true})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	contracts := numberedContracts(t, 40, 500)
	inTurn(t, engine, contracts[:1])
	before := openFiles(t)
	inTurn(t, engine, contracts)
	if more := openFiles(t) - before; more > 0 {
		t.Errorf("%d open files for %d contracts", more, len(contracts))
	}
}

func TestOpenFilesOfLargeContractsAreBounded(t *testing.T) {
	temporary(t)
	var told []string
	engine, err := wasmtime.New(wasmtime.Config{
		CacheBytes: 4 << 20, Temporary: true, Notice: func(text string) { told = append(told, text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	engine.AllowFiles(8)
	contracts := numberedContracts(t, 60, 20<<10)
	before := openFiles(t)
	used := inTurn(t, engine, contracts)
	for range 3 {
		if again := inTurn(t, engine, contracts); again != used {
			t.Errorf("%d gas, then %d", used, again)
		}
	}
	if more := openFiles(t) - before; more < 4 || more > 8+2 {
		t.Errorf("%d more open files, at most 8 of contracts", more)
	}
	if len(told) != 1 || !strings.Contains(told[0], "8 compiled contracts") {
		t.Errorf("the log says %q", told)
	}
}

func openFiles(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(list)
}

// BenchmarkInTurn calls more contracts in turn than the cache has room for.
func BenchmarkInTurn(b *testing.B) {
	b.Setenv("TMPDIR", b.TempDir())
	contracts := numberedContracts(b, 300, 160<<10)
	engine, err := wasmtime.New(wasmtime.Config{Temporary: true})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	inTurn(b, engine, contracts)
	before := engine.Stats()
	for b.Loop() {
		inTurn(b, engine, contracts)
	}
	calls := float64(b.N * len(contracts))
	b.ReportMetric(float64(b.Elapsed())/calls, "ns/call")
	b.ReportMetric(float64(engine.Stats().Compiled-before.Compiled)/calls, "compiled/call")
	b.ReportMetric(float64(engine.Stats().Loaded-before.Loaded)/calls, "loaded/call")
}
