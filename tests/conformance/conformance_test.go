// Package conformance holds the suite that says what the Ethereum Environment Interface is, as files that any engine
// can run (README.md), and shows that it notices every rule that is broken: mutations_test.go breaks them one at a
// time.
package conformance

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/replay/conformance"
	"hestia/replay/statetest"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

const suite = "eei"

var (
	update = flag.Bool("update", false, "write into the files what comes out; read the difference before committing it")
	first  = flag.Bool("first", false, "stop at the first test that fails")
)

// files returns the paths of the suite.
func files(t testing.TB) (list []string) {
	t.Helper()
	err := filepath.WalkDir(suite, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".eei") {
			list = append(list, name)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d files in %s, error %v", len(list), suite, err)
	}
	return list
}

func newEngine(t testing.TB) *wasmtime.Engine {
	t.Helper()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

func TestSuitePasses(t *testing.T) {
	engine := newEngine(t)
	if *update {
		rewrite(t, engine)
	}
	for _, one := range []vm.Engine{engine, watched{engine}} {
		sum, err := statetest.Run(one, suite, func(r statetest.Result) {
			if r.Err == nil {
				return
			}
			if t.Error(r); *first {
				t.FailNow()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", sum)
	}
}

// watched runs contracts so that their host functions are seen, which the engine then calls every time: without a
// tracer, contracts read their own frame by themselves, by rules that stand in another place.
type watched struct{ *wasmtime.Engine }

func (w watched) Run(c *ewasm.Context) frame.Result {
	c.Trace = watcher{}
	return w.Engine.Run(c)
}

type watcher struct{}

func (watcher) Before(*ewasm.Context, *ewasm.Function, ewasm.Args)               {}
func (watcher) After(*ewasm.Context, *ewasm.Function, ewasm.Args, uint64, error) {}

func rewrite(t *testing.T, engine *wasmtime.Engine) {
	t.Helper()
	for _, file := range files(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		after, err := conformance.Rewrite(engine, string(text))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
