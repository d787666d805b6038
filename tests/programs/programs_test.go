// Package programs runs programs of ordinary compilers as contracts, and the same files under Node's WASI: their
// output, their exit and what they keep in files must be equal. `make programs` builds them.
package programs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	ethereum "github.com/ethereum/go-ethereum"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/hestiatest"
)

const built = "../../build/programs"

// program is a source file with its inputs, each a line `// stdin: "..."` that begins it. They run one after another,
// on the same files.
type program struct {
	name   string // language, dash, name
	inputs [][]byte
}

// TestProgramsAreTheSameUnderNode holds every program to Node's WASI: the deployment, which runs the program with
// "deploy", and then each input, once as a call and once as a transaction.
func TestProgramsAreTheSameUnderNode(t *testing.T) {
	list := programs(t)
	jobs := make([]job, len(list))
	var nodes []*hestiatest.Devnet
	var found [][]outcome
	for i, p := range list {
		d := hestiatest.Start(t)
		outcomes, runs := contractRuns(t, d, p)
		nodes, found = append(nodes, d), append(found, outcomes)
		jobs[i] = job{Wasm: wasmOf(p), Dir: t.TempDir(), Runs: runs}
	}
	for i, want := range nodeRuns(t, jobs) {
		p := list[i]
		t.Run(p.name, func(t *testing.T) {
			for k, w := range want {
				input := "deployment"
				if k > 0 {
					input = fmt.Sprintf("input %d, %q", k-1, p.inputs[k-1])
				}
				want := w.expected()
				if k == 0 {
					want.data = "" // a receipt has no output
				}
				if found[i][k] != want {
					t.Errorf("%s: the contract %v; under Node it %v", input, found[i][k], want)
				}
			}
		})
	}
	_ = nodes
}

// outcome is what a caller gets of a program's run.
type outcome struct {
	end  string // "finished", "reverted" or "halted"
	data string // the output, or the reason of a revert
}

func (o outcome) String() string { return fmt.Sprintf("%s with %q", o.end, o.data) }

// contractRuns deploys a program and runs it with each input. It returns what came of them, and what Node is to run.
func contractRuns(t *testing.T, d *hestiatest.Devnet, p program) ([]outcome, []run) {
	t.Helper()
	code, err := os.ReadFile(wasmOf(p))
	if err != nil {
		t.Fatal(err)
	}
	contract := d.Deploy(code, "[]")
	outcomes := []outcome{{end: "finished"}}
	runs := []run{{Args: []string{"contract", "deploy"}, Env: environment(t, d, contract.Address)}}
	for _, input := range p.inputs {
		message := ethereum.CallMsg{From: d.Accounts[0], To: &contract.Address, Data: input}
		runs = append(runs, run{
			Args: []string{"contract"}, Env: environment(t, d, contract.Address), Stdin: input,
		})
		output, err := d.Client.CallContract(t.Context(), message, nil)
		outcomes = append(outcomes, outcomeOf(t, output, err))
		if err == nil {
			d.Do(nil, "eth_sendTransaction", map[string]any{
				"from": d.Accounts[0], "to": contract.Address, "data": hexutil.Bytes(input),
			})
		}
	}
	return outcomes, runs
}

func outcomeOf(t *testing.T, output []byte, err error) outcome {
	t.Helper()
	if err == nil {
		return outcome{"finished", string(output)}
	}
	var withData gethrpc.DataError
	if !errors.As(err, &withData) || withData.ErrorData() == nil {
		return outcome{"halted", ""}
	}
	data, err := hexutil.Decode(withData.ErrorData().(string))
	if err != nil {
		t.Fatal(err)
	}
	reason, err := gethabi.UnpackRevert(data)
	if err != nil {
		t.Fatalf("the data of a revert is %x: %v", data, err)
	}
	return outcome{"reverted", reason}
}

// environment is what a program sees of the frame, as CGI's programs do.
func environment(t *testing.T, d *hestiatest.Devnet, self common.Address) map[string]string {
	t.Helper()
	head, err := d.Client.HeaderByNumber(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text := func(a common.Address) string { return strings.ToLower(a.Hex()) }
	return map[string]string{
		"ETH_SELF": text(self), "ETH_CALLER": text(d.Accounts[0]), "ETH_ORIGIN": text(d.Accounts[0]), "ETH_VALUE": "0",
		"ETH_CHAIN_ID": "31337", "ETH_BLOCK_NUMBER": head.Number.String(),
		"ETH_BLOCK_TIME": new(big.Int).SetUint64(head.Time).String(),
	}
}

// job is a program for Node to run.
type job struct {
	Wasm string `json:"wasm"`
	Dir  string `json:"dir"`
	Runs []run  `json:"runs"`
}

type run struct {
	Args  []string          `json:"args"`
	Env   map[string]string `json:"env"`
	Stdin []byte            `json:"stdin"`
}

// nodeOutcome is what Node says of a run.
type nodeOutcome struct {
	Code   string `json:"code"` // the exit status, or "trap"
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
}

// expected returns what the caller of a contract that did the same gets.
func (o nodeOutcome) expected() outcome {
	switch o.Code {
	case "0":
		return outcome{"finished", string(o.Stdout)}
	case "trap":
		return outcome{"halted", ""}
	}
	reason := o.Stderr
	if len(reason) == 0 {
		reason = o.Stdout
	}
	if reason = bytes.TrimRight(reason, "\n"); len(reason) == 0 {
		reason = []byte("exit status " + o.Code)
	}
	return outcome{"reverted", string(reason[:min(len(reason), 1024)])}
}

func nodeRuns(t *testing.T, jobs []job) [][]nodeOutcome {
	t.Helper()
	text, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "--no-warnings", "node.mjs")
	node.Stdin = bytes.NewReader(text)
	var messages bytes.Buffer
	node.Stderr = &messages
	output, err := node.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &messages)
	}
	var outcomes [][]nodeOutcome
	if err := json.Unmarshal(output, &outcomes); err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func wasmOf(p program) string { return filepath.Join(built, p.name+".wasm") }

// programs returns the programs that are built, and skips the test if none is.
func programs(t *testing.T) []program {
	t.Helper()
	var list []program
	for _, language := range []struct{ name, pattern string }{
		{"c", "c/*.c"}, {"rust", "rust/*.rs"}, {"as", "as/*.ts"}, {"go", "go/*/main.go"},
	} {
		sources, err := filepath.Glob(language.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			name := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source))
			if name == "main" {
				name = filepath.Base(filepath.Dir(source))
			}
			p := program{name: language.name + "-" + name, inputs: inputsOf(t, source)}
			if _, err := os.Stat(wasmOf(p)); err == nil {
				list = append(list, p)
			} else if os.Getenv("PROGRAMS") == "all" {
				t.Errorf("%s is not built: %v", p.name, err)
			}
		}
	}
	if len(list) == 0 {
		t.Skip("no program is built: run make programs, which needs clang, rustc, node and wasi-libc")
	}
	slices.SortFunc(list, func(a, b program) int { return strings.Compare(a.name, b.name) })
	return list
}

// inputsOf reads the inputs that a source file names in its first lines.
func inputsOf(t *testing.T, source string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	var inputs [][]byte
	for line := range strings.Lines(string(text)) {
		quoted, found := strings.CutPrefix(strings.TrimSpace(line), "// stdin: ")
		if !found {
			break
		}
		input, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %s: %v", source, quoted, err)
		}
		inputs = append(inputs, []byte(input))
	}
	if len(inputs) == 0 {
		t.Fatalf("%s names no input", source)
	}
	return inputs
}
