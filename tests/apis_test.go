package tests

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/node"
	"hestia/state"
)

// apisDir holds chain.rlp, genesis.json, headfcu.json and folders of .io files, as ethereum/execution-apis has them in
// its folder tests. The test data shared between sessions has about half of the requests.
var apisDir = flag.String("apis", "../../shared/vectors/apis", "the folder tests of ethereum/execution-apis")

// openAPIs returns the folder of the cases. It skips the test if there is none.
func openAPIs(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(*apisDir, "chain.rlp")); err != nil {
		t.Skipf("the cases of execution-apis are not here: %v", err)
	}
	return *apisDir
}

// importAPIs imports the chain of the cases into a directory and returns its head.
func importAPIs(t *testing.T, from, into string) (head common.Hash, blocks int) {
	t.Helper()
	file, err := os.Open(filepath.Join(from, "genesis.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	genesis, err := chain.DecodeGenesis(file)
	if err != nil {
		t.Fatal(err)
	}
	store, err := state.Open(into, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := node.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	c, err := chain.Open(store, engine, genesis)
	if err != nil {
		t.Fatal(err)
	}
	rlp, err := os.ReadFile(filepath.Join(from, "chain.rlp"))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err = c.ImportAll(bytes.NewReader(rlp), func(*types.Block) {})
	if err != nil {
		t.Fatal(err)
	}
	head = c.Head().Hash()
	if err := errors.Join(store.Close(), engine.Close()); err != nil {
		t.Fatal(err)
	}
	return head, blocks
}

// Every fork from Frontier to Osaka, and two changes of blob parameters, are on that chain.
func TestChainOfEveryForkImportsWithEqualRoots(t *testing.T) {
	from := openAPIs(t)
	var choice struct {
		Params []struct {
			Head common.Hash `json:"headBlockHash"`
		} `json:"params"`
	}
	text, err := os.ReadFile(filepath.Join(from, "headfcu.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &choice); err != nil {
		t.Fatal(err)
	}
	head, blocks := importAPIs(t, from, t.TempDir())
	if head != choice.Params[0].Head || blocks != 54 {
		t.Errorf("the head after %d blocks is %s, want %s", blocks, head, choice.Params[0].Head)
	}
}

// apiCase is one .io file: requests with the answers that they have.
type apiCase struct {
	name  string
	asked []string
	want  []string
	loose bool // the answer need only have the same shape
}

// readCase reads an .io file. Lines that begin with // are comments; one of them may say speconly.
func readCase(t *testing.T, dir, path string) apiCase {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name, _ := filepath.Rel(dir, path)
	c := apiCase{name: strings.TrimSuffix(filepath.ToSlash(name), ".io")}
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "// speconly:"):
			c.loose = true
		case strings.HasPrefix(line, ">> "):
			c.asked = append(c.asked, line[3:])
		case strings.HasPrefix(line, "<< "):
			c.want = append(c.want, line[3:])
		}
	}
	if len(c.asked) == 0 || len(c.asked) != len(c.want) {
		t.Fatalf("%s: %d requests with %d answers", c.name, len(c.asked), len(c.want))
	}
	return c
}

// compare returns how an answer differs from the one wanted, by the rules of execution-apis: the texts of errors are
// not compared, and a loose case only for its shape. It is empty if it does not.
func (c *apiCase) compare(have, want string) string {
	var one, other map[string]any
	if err := errors.Join(json.Unmarshal([]byte(have), &one), json.Unmarshal([]byte(want), &other)); err != nil {
		return err.Error()
	}
	if failed, expected := one["error"], other["error"]; failed != nil && expected != nil {
		delete(failed.(map[string]any), "message")
		delete(expected.(map[string]any), "message")
	}
	return differ("", one, other, c.loose)
}

// differ returns the place and the values of the first difference between two values of JSON.
func differ(at string, have, want any, loose bool) string {
	if _, fields := want.(map[string]any); loose && !fields {
		if have == nil || want == nil || reflect.TypeOf(have) == reflect.TypeOf(want) { // null, or left out
			return ""
		}
	}
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		switch {
		case !ok && loose && at != ".result" && at != ".error":
			return ""
		case !ok:
			return fmt.Sprintf("%s is no object", at)
		}
		names := make(map[string]bool)
		for name := range have {
			names[name] = true
		}
		for name := range want {
			names[name] = true
		}
		for name := range names {
			if text := differ(at+"."+name, have[name], want[name], loose); text != "" {
				return text
			}
		}
		return ""
	case []any:
		have, ok := have.([]any)
		if !ok || len(have) != len(want) {
			return fmt.Sprintf("%s has not %d items", at, len(want))
		}
		for i := range want {
			if text := differ(fmt.Sprintf("%s[%d]", at, i), have[i], want[i], loose); text != "" {
				return text
			}
		}
		return ""
	}
	if !reflect.DeepEqual(have, want) {
		return fmt.Sprintf("%s is %.200v, want %.200v", at, have, want)
	}
	return ""
}

func TestRequestCasesOfExecutionAPIsAreAnsweredAsTheySay(t *testing.T) {
	from := openAPIs(t)
	var paths []string
	if err := filepath.WalkDir(from, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".io" {
			paths = append(paths, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	dir := t.TempDir()
	importAPIs(t, from, dir)
	n, err := node.Start(node.Config{DataDir: dir, Mining: miner.Manual, GasCap: 50_000_000})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	matched := 0
	for _, path := range paths {
		c := readCase(t, from, path)
		reason := ""
		for i, request := range c.asked {
			if reason == "" {
				reason = c.compare(post(t, n.URL(), request), c.want[i])
			}
		}
		if reason == "" {
			matched++
		} else {
			t.Errorf("%s: %s", c.name, reason)
		}
	}
	t.Logf("%d of %d cases match", matched, len(paths))
}

// post sends a request and returns the answer.
func post(t *testing.T, url, request string) string {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
