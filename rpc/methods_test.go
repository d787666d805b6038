package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/rpc"
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
	if answered < 180 {
		t.Errorf("%d methods are answered, want 180", answered)
	}
	got := document(methods, answered)
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

// document is the whole of docs/rpc.md.
func document(methods []known, answered int) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `# JSON-RPC

This table is made by asking a devnet's node for every method of the lists below, over WebSocket:
`+"`go test ./rpc -run MethodTable -update`"+`. Of %d methods %d are answered. Parameters are named as complaints name them; the
methods of evm, anvil and hardhat name theirs only there. A method that writes changes the pool, the chain or what the node
remembers; a direct one is answered without geth's server (docs/adr/0013).

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
	out.WriteString(prose)
	namespace := ""
	for _, m := range methods {
		if first, _, _ := strings.Cut(m.name, "_"); first != namespace {
			namespace = first
			fmt.Fprintf(&out, "\n## %s\n\n| method | in | parameters | the node |\n|---|---|---|---|\n", namespace)
		}
		var params []string
		for _, p := range m.row.Params {
			params = append(params, p.Name)
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", m.name, m.letters, strings.Join(params, ", "), said(m))
	}
	return out.Bytes()
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

// prose is what the table cannot say by itself.
const prose = `
## What differs from a node of Ethereum

- There is one chain and no forks: latest, safe and finalized are the same block; pending is the block that would be built
  now, on the state of the latest. State is kept for every block.
- Contracts are WebAssembly. Where a tracer of geth's watches instructions, it is shown the host functions that do what an
  instruction does; without a tracer, each host call is a step of the struct log, named as the interface names it, with its raw
  operands as the stack. ` + "`hestiaTracer`" + ` returns frames and host calls as one tree: name, operands and the memory they point
  to, gas before and after, result. Tracers in JavaScript are not known.
- ` + "`hestia_addABI`" + ` takes a contract's interface (a list as compilers write it); from then on errors that it declares are
  told by name in messages and in receipts' ` + "`revertReason`" + `. A module may carry the same list in a custom section ` + "`abi`" + `.
- A frame that halts says why and where: ` + "`wasm trap: unreachable in function mint (12) at offset 0x1f3`" + `. The index and the offset are
  the deployed module's, the name is its name section's or its export's; what runs out of gas or stack between host functions has
  a function only. The same stands in receipts' ` + "`revertReason`" + `, in traces and in errors of calls.
- Complaints about a parameter say its place, its name and what was wanted, over every transport.
- Blob-carrying transactions are refused: there is no one to carry blobs.
- The methods of evm, anvil and hardhat, and the accounts the node signs for, exist on a devnet only.

## Errors

| code | when |
|---|---|
| -32700 | the body is not JSON |
| -32600 | it is not a request |
| -32601 | there is no such method |
| -32602 | a parameter is missing or not what it should be; the message says which and what was wanted |
| -32603 | the node failed |
| -32005 | an answer would be too large |
| -32001 | there is no such thing to answer with |
| -32000 | everything else, in geth's words |
| 3 | the contract reverted; data is what it gave, message its reason |
| 4 | sent, but not mined in the time given; data is the hash |
| -38010 to -38026, -32015 | as execution-apis has them for eth_simulateV1 |

A body has at most 16 MiB, a batch 1,000 requests and 64 MiB of answers. Logs end at 20,000, a trace at 64 MiB.
`
