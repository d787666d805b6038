package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bytecodealliance/wasmtime-go/v39"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"hestia/contracts"
)

// TestMain lets the scripts run this binary as the command hestia.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hestia": main})
}

// TestScripts runs testdata/script. Each file is a session of a user: commands, what they print, and their files.
// Beside testscript's own commands there are those in scriptCommands.
func TestScripts(t *testing.T) {
	geth := gethData(t)
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error { return prepare(env, geth) },
		Condition: func(name string) (bool, error) {
			if name != "geth" { // geth's tests are in our copy of its module
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return geth != "", nil
		},
		Cmds:                scriptCommands,
		RequireUniqueNames:  true,
		RequireExplicitExec: false,
	})
}

// TestNoScriptStopsEarly finds testscript's own command stop, which passes a script without what follows.
func TestNoScriptStopsEarly(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?m)^stop\b`).Match(text) {
			t.Errorf("%s: stop ends the script, and it passes; quit ends the devnet", name)
		}
	}
}

// scriptCommands are what a script can do beside running hestia.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":    exits,
	"devnet":   startDevnet,
	"quit":     quitDevnet,
	"rpc":      callDevnet,
	"send":     sendTransaction,
	"until":    waitFor,
	"grab":     grab,
	"wat":      assemble,
	"bytes":    writeBytes,
	"alloc":    writeAlloc,
	"samejson": sameJSON,
}

// The first accounts of a devnet.
const (
	alice = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
	bob   = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
	carol = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
)

// guestbook is a sample program: what is deployed of it is the file.
const guestbook = "../../contracts/programs/guestbook/guestbook_c.wasm"

// prepare gives a script the sample contracts as files, and what it cannot write down as variables.
func prepare(env *testscript.Env, geth string) error {
	for name, sample := range map[string]contracts.Contract{
		"token": contracts.Token, "counter": contracts.Counter, "keccak": contracts.Keccak, "echo": contracts.Echo,
	} {
		if err := os.WriteFile(filepath.Join(env.WorkDir, name+".wasm"), sample.Runtime, 0o600); err != nil {
			return err
		}
	}
	program, err := os.ReadFile(guestbook)
	if err == nil {
		err = os.WriteFile(filepath.Join(env.WorkDir, "guestbook.wasm"), program, 0o600)
	}
	if err != nil {
		return err
	}
	token, err := gethabi.JSON(strings.NewReader(contracts.Token.ABI))
	if err != nil {
		return err
	}
	give := func(to string, amount int64) string {
		input, err := token.Pack("transfer", common.HexToAddress(to), big.NewInt(amount))
		if err != nil {
			panic(err) // of our own ABI
		}
		return hexutil.Encode(input)
	}
	for name, value := range map[string]string{
		"ALICE": alice, "BOB": bob, "CAROL": carol, "GETH": geth,
		"TOKEN":          "0x5FbDB2315678afecb367f032d93F642f64180aa3", // the first contract that Alice creates
		"TOKEN_CREATION": hexutil.Encode(contracts.Token.Creation),
		"GUESTBOOK":      hexutil.Encode(program),
		"GIVE_BOB_25":    give(bob, 25),
		"GIVE_CAROL_5":   give(carol, 5),
	} {
		env.Setenv(name, value)
	}
	env.Values[session{}] = &session{}
	return nil
}

// session is the devnet that a script has started.
type session struct {
	process *exec.Cmd
	lines   *bufio.Scanner // of what it prints after its URL
}

func sessionOf(ts *testscript.TestScript) *session { return ts.Value(session{}).(*session) }

// exits STATUS PROGRAM [ARG...] runs a program that must end with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := 0, ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// devnet [FLAG...] starts hestia devnet on a free port, sets $URL and $PORT when it answers, and puts the line with
// the URL on standard output. The end of the script kills it.
func startDevnet(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: devnet [FLAG...]")
	}
	s := sessionOf(ts)
	s.process = exec.Command("hestia", append([]string{"devnet", "--port", "0"}, args...)...)
	s.process.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HESTIA_ACCOUNTS", "HESTIA_BALANCE"} {
		if value := ts.Getenv(name); value != "" {
			s.process.Env = append(s.process.Env, name+"="+value)
		}
	}
	s.process.Stderr = os.Stderr
	stdout, err := s.process.StdoutPipe()
	ts.Check(err)
	ts.Check(s.process.Start())
	ts.Defer(func() { // it may have stopped
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
	})
	for s.lines = bufio.NewScanner(stdout); s.lines.Scan(); {
		if url := regexp.MustCompile(`http://[^\s"]+`).FindString(s.lines.Text()); url != "" {
			ts.Setenv("URL", url)
			ts.Setenv("PORT", url[strings.LastIndexByte(url, ':')+1:])
			fmt.Fprintln(ts.Stdout(), s.lines.Text())
			return
		}
	}
	ts.Fatalf("the devnet ended and named no URL")
}

// quit [TERM|INT] ends the devnet by a signal. It must exit with status 0. What it printed goes to standard output.
func quitDevnet(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"": syscall.SIGTERM, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT}
	signal := signals[strings.Join(args, " ")]
	s := sessionOf(ts)
	if neg || signal == 0 || s.process == nil {
		ts.Fatalf("usage: quit [TERM|INT], after devnet")
	}
	ts.Check(s.process.Process.Signal(signal))
	for s.lines.Scan() {
		fmt.Fprintln(ts.Stdout(), s.lines.Text())
	}
	ts.Check(s.lines.Err())
	ts.Check(s.process.Wait())
}

// rpc METHOD [PARAM...] calls a method of the devnet and prints the result. With ! it must fail, and its error is
// printed. Parameters are JSON, or the text of a string.
func callDevnet(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: [!] rpc METHOD [PARAM...]")
	}
	result, failure := tryAsk(ts, args[0], args[1:]...)
	if neg != (failure != nil) {
		ts.Fatalf("%s: %s%s", args[0], result, failure)
	}
	fmt.Fprintf(ts.Stdout(), "%s%s\n", result, failure)
}

// ask calls a method of the devnet, which must not fail.
func ask(ts *testscript.TestScript, method string, args ...string) json.RawMessage {
	result, failure := tryAsk(ts, method, args...)
	if failure != nil {
		ts.Fatalf("%s: %s", method, failure)
	}
	return result
}

// tryAsk calls a method of the devnet and returns the result or the error.
func tryAsk(ts *testscript.TestScript, method string, args ...string) (result, failure json.RawMessage) {
	params := []json.RawMessage{}
	for _, arg := range args {
		if !json.Valid([]byte(arg)) {
			arg = strconv.Quote(arg)
		}
		params = append(params, json.RawMessage(arg))
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	ts.Check(err)
	response, err := http.Post(ts.Getenv("URL"), "application/json", bytes.NewReader(body))
	ts.Check(err)
	defer response.Body.Close()
	var answer struct{ Result, Error json.RawMessage }
	ts.Check(json.NewDecoder(response.Body).Decode(&answer))
	return answer.Result, answer.Error
}

// send FROM TO DATA|@FILE [VALUE] sends a transaction, which creates a contract if TO is empty, and sets $TX to its
// hash.
func sendTransaction(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: send FROM TO DATA|@FILE [VALUE]")
	}
	data := args[2]
	if name, from := strings.CutPrefix(data, "@"); from {
		data = strings.TrimSpace(ts.ReadFile(name))
	}
	tx := map[string]string{"from": args[0], "data": data}
	if args[1] != "" {
		tx["to"] = args[1]
	}
	if len(args) == 4 {
		tx["value"] = args[3]
	}
	encoded, err := json.Marshal(tx)
	ts.Check(err)
	var hash string
	ts.Check(json.Unmarshal(ask(ts, "eth_sendTransaction", string(encoded)), &hash))
	ts.Setenv("TX", hash)
}

// until REGEXP METHOD [PARAM...] calls a method of the devnet again and again, for ten seconds at most, until the
// result matches.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP METHOD [PARAM...]")
	}
	want := regexp.MustCompile(args[0])
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		result := ask(ts, args[1], args[2:]...)
		if want.Match(result) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s still answers %s", args[1], result)
		}
	}
}

// grab NAME REGEXP sets a variable to what the group of the expression matches in standard output.
func grab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grab NAME REGEXP")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("standard output has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// wat FILE.wat FILE.wasm assembles a module.
func assemble(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: wat FILE.wat FILE.wasm")
	}
	code, err := wasmtime.Wat2Wasm(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), code, 0o600))
}

// bytes FILE [TEXT|@FROM|@FROM:A:B]... writes a file of parts: text with Go's escapes, another file, or its bytes
// from A up to B. Of these, a negative one counts from the end, and B may be left out.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: bytes FILE [TEXT|@FROM|@FROM:A:B]...")
	}
	var all []byte
	for _, arg := range args[1:] {
		name, from := strings.CutPrefix(arg, "@")
		if !from {
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
			ts.Check(err)
			all = append(all, text...)
			continue
		}
		name, span, cut := strings.Cut(name, ":")
		data := []byte(ts.ReadFile(name))
		if cut {
			a, b, _ := strings.Cut(span, ":")
			data = data[position(ts, a, data):position(ts, b, data)]
		}
		all = append(all, data...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), all, 0o600))
}

// position reads a position in data.
func position(ts *testscript.TestScript, text string, data []byte) int {
	if text == "" {
		return len(data)
	}
	i, err := strconv.Atoi(text)
	ts.Check(err)
	if i < 0 {
		i += len(data)
	}
	return i
}

// alloc FILE ADDRESS=[CODE]... writes accounts, as t8n reads them: each with the code in a file, and with some wei.
func writeAlloc(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: alloc FILE ADDRESS=[CODE]...")
	}
	accounts := types.GenesisAlloc{}
	for _, arg := range args[1:] {
		address, code, _ := strings.Cut(arg, "=")
		account := types.Account{Balance: big.NewInt(1 << 40)}
		if code != "" {
			account.Code = []byte(ts.ReadFile(code))
		}
		accounts[common.HexToAddress(address)] = account
	}
	text, err := json.Marshal(accounts)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// samejson FILE... WANT compares JSON files as values. Objects in several files are taken together.
func sameJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: samejson FILE... WANT")
	}
	var got, want any
	last := len(args) - 1
	for _, name := range args[:last] {
		var part any
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &part))
		object, isObject := part.(map[string]any)
		if all, several := got.(map[string]any); several && isObject {
			maps.Copy(all, object)
		} else {
			got = part
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[last])), &want))
	if diff := cmp.Diff(want, got); diff != "" {
		ts.Fatalf("want %s (-):\n%s", args[last], diff)
	}
}

// gethData is the folder of geth's own tests of t8n, in the module that we build with, or empty if they are not in
// this copy.
func gethData(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/ethereum/go-ethereum").Output()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(strings.TrimSpace(string(dir)), "cmd", "evm", "testdata")
	if _, err := os.Stat(data); err != nil {
		return ""
	}
	return data
}
