package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/rpc"
	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// methodTable is the document that says which methods the node answers.
const methodTable = "../docs/rpc.md"

// own is the letter of methods that are in none of the lists: this node's own, and names that older clients use.
const own = "·"

var ownList = list{"", own, "what only this node or older clients have"}

// list is a file of methods.
type list struct{ file, letter, title string }

// lists are the files of testdata/methods, with their letters in the table.
var lists = []list{
	{"execution-apis.list", "E", "[execution-apis](https://github.com/ethereum/execution-apis)"},
	{"geth.list", "G", "geth"},
	{"anvil.list", "A", "anvil"},
	{"hardhat.list", "H", "Hardhat"},
	{"otterscan.list", "O", "Otterscan, and Parity's trace"},
}

// known is one method of the lists.
type known struct {
	name, letters string
	answer        string // empty = answered
	row           query.Method
}

func TestTheMethodTableIsWhatTheNodeAnswers(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{})
	s.populate(t)
	client, err := gethrpc.DialWebsocket(context.Background(), strings.Replace(s.url, "http", "ws", 1), "")
	check(t, err)
	defer client.Close()
	table := s.rpc.Table()
	methods := knownMethods(t, table)
	answered := 0
	for i := range methods {
		methods[i].answer = probe(t, client, methods[i].name)
		if row, in := table[methods[i].name]; (methods[i].answer == "") != (in && !row.Is.Has(query.Refused)) {
			t.Errorf("%s: in the method table %v, asked for it is %q", methods[i].name, in, methods[i].answer)
		} else if in && methods[i].answer == "" {
			methods[i].row = row
			answered++
		} else if strings.Contains(methods[i].letters, "E") && strings.HasPrefix(methods[i].name, "eth_") {
			t.Errorf("%s is in execution-apis and %s", methods[i].name, methods[i].answer)
		}
	}
	if answered < 200 {
		t.Errorf("%d methods are answered, want 200", answered)
	}
	prose, err := os.ReadFile("testdata/methods/prose.md")
	check(t, err)
	got := document(methods, answered, prose)
	if *update {
		check(t, os.WriteFile(methodTable, got, 0o644))
		return
	}
	want, err := os.ReadFile(methodTable)
	check(t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("run with -update if this is meant (-document +node):\n%s", diff)
	}
}

// knownMethods returns the methods of the lists and of the method table, sorted by name.
func knownMethods(t *testing.T, table map[string]query.Method) []known {
	t.Helper()
	letters := make(map[string]string)
	for _, list := range lists {
		for _, name := range lines(t, list.file) {
			letters[name] += list.letter
		}
	}
	for name := range table {
		if letters[name] == "" {
			letters[name] = own
		}
	}
	var methods []known
	for name, in := range letters {
		methods = append(methods, known{name: name, letters: in})
	}
	slices.SortFunc(methods, func(a, b known) int { return strings.Compare(a.name, b.name) })
	return methods
}

// lines returns what a list holds beside comments.
func lines(t *testing.T, file string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/methods", file))
	check(t, err)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

// A reader who follows the document finds a method.
func TestTheDocumentRecommendsMethodsThatTheNodeHas(t *testing.T) {
	table := start(t, miner.Instant, rpc.Config{}).rpc.Table()
	for _, file := range []string{"refused.list", "prose.md"} {
		text, err := os.ReadFile(filepath.Join("testdata/methods", file))
		check(t, err)
		for line := range strings.Lines(string(text)) {
			if file == "refused.list" {
				_, line, _ = strings.Cut(line, " ") // without the method that is refused
			}
			for _, name := range recommended.FindAllString(line, -1) {
				if _, known := table[name]; !known {
					t.Errorf("%s: the node does not know %s", file, name)
				}
			}
		}
	}
}

// recommended is the full name of a method.
var recommended = regexp.MustCompile(`\b(eth|net|web3|txpool|debug|trace|ots|evm|anvil|hardhat|hestia)_[A-Za-z0-9_]+`)

// probe asks for a method without parameters: one that is there asks for them or answers.
func probe(t *testing.T, client *gethrpc.Client, name string) string {
	t.Helper()
	err := client.Call(nil, name)
	for _, line := range lines(t, "refused.list") {
		pattern, why, _ := strings.Cut(line, " ")
		if match, _ := path.Match(pattern, name); match {
			if err == nil {
				t.Errorf("%s is refused on purpose and answers", name)
			}
			return "refused: " + why
		}
	}
	var fault gethrpc.Error
	if errors.As(err, &fault) && fault.ErrorCode() == -32601 {
		return "not known"
	}
	return ""
}

// document is the whole of docs/rpc.md; prose is what the table cannot say by itself.
func document(methods []known, answered int, prose []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `# JSON-RPC

This table is made by asking a devnet's node for every method of the lists below, over WebSocket:
`+"`go test ./rpc -run MethodTable -update`"+`. Of %d methods %d are answered. Parameters
are named as complaints name them. A method that writes changes the pool, the chain or what the node remembers; a direct
one is answered without geth's server (docs/adr/0013).

| letter | list | methods | answered |
|---|---|---|---|
`, len(methods), answered)
	for _, list := range append(slices.Clone(lists), ownList) {
		all, some := 0, 0
		for _, m := range methods {
			if strings.Contains(m.letters, list.letter) {
				all++
				if m.answer == "" {
					some++
				}
			}
		}
		fmt.Fprintf(&out, "| %s | %s | %d | %d |\n", list.letter, list.title, all, some)
	}
	out.Write(prose)
	out.WriteString(budget.Document())
	namespace := ""
	for _, m := range methods {
		if first, _, _ := strings.Cut(m.name, "_"); first != namespace {
			namespace = first
			fmt.Fprintf(&out, "\n## %s\n\n| method | in | parameters | the node |\n|---|---|---|---|\n", namespace)
		}
		var params []string
		for _, p := range m.row.Params.List() {
			params = append(params, p.Name)
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", m.name, m.letters, strings.Join(params, ", "), said(m))
	}
	writeParameters(&out, methods)
	return out.Bytes()
}

// writeParameters writes what a client must give for the parameters of the methods.
func writeParameters(out *bytes.Buffer, methods []known) {
	wants := map[string]string{}
	for _, m := range methods {
		for _, p := range m.row.Params.List() {
			wants[p.Name] = p.Want
		}
	}
	fmt.Fprint(out, "\n## Parameters\n\n| parameter | must be |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		fmt.Fprintf(out, "| %s | %s |\n", name, wants[name])
	}
}

// said is what the table says that the node does.
func said(m known) string {
	switch {
	case m.answer != "":
		return m.answer
	case m.row.Is.Has(query.Direct):
		return "answers, direct"
	case m.row.Is.Has(query.Writes):
		return "answers, writes"
	}
	return "answers"
}
