package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"hestia/contracts"
	"hestia/internal/wasm"
)

// asProgram in the environment makes the test binary be hestia.
const asProgram = "HESTIA_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// hestia runs a command in this process.
func hestia(stdin []byte, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, bytes.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// write puts a file into a folder of the test's own.
func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCommandsSayWhatTheyDo(t *testing.T) {
	keccak, token := write(t, "keccak.wasm", contracts.Keccak.Runtime), write(t, "token.wasm", contracts.Token.Runtime)
	counter := write(t, "counter.wasm", contracts.Counter.Runtime)
	junk, missing := write(t, "junk.wasm", []byte("\x00asm\x01\x00\x00\x00\x07")), filepath.Join(t.TempDir(), "missing")
	for _, row := range []struct {
		args   []string
		code   int
		stdout string // a regular expression
		stderr string
	}{
		{nil, 0, `devnet .*\n.*demo`, `^$`},
		{[]string{"--help"}, 0, `Usage: hestia COMMAND`, `^$`},
		{[]string{"--version"}, 0, `\d+\.\d+`, `^$`},
		{[]string{"nonsense"}, 2, `^$`, `no command is called "nonsense"; see hestia --help`},
		{[]string{"--nonsense"}, 2, `^$`, `flag provided but not defined`},
		{[]string{"run", "--help"}, 0, `--calldata HEX`, `^$`},
		{[]string{"run", keccak, "--calldata", "0x"}, 0, `output   0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470\n`, `^$`},
		{[]string{"run", "--calldata=0xd09de08a", counter}, 0, `log 0 .*\n.*topic .*\nstorage  0x0{64} = 0x01\n`, `^$`},
		{[]string{"run", token}, 1, `end      reverted\ncause    execution reverted`, `^$`},
		{[]string{"run", keccak, "--gas", "21001"}, 1, `end      halted\ncause .*out of gas`, `^$`},
		{[]string{"run", keccak, "--gas", "1"}, 1, `^$`, `intrinsic gas too low`},
		{[]string{"run", keccak, "--calldata", "xyz"}, 2, `^$`, `--calldata: .*see hestia run --help`},
		{[]string{"run", keccak, "--value", "-1"}, 2, `^$`, `--value`},
		{[]string{"run", keccak, "--schedule", "homestead"}, 2, `^$`, `no schedule is called "homestead"`},
		{[]string{"run"}, 2, `^$`, `needs one argument`},
		{[]string{"run", missing}, 1, `^$`, `no such file`},
		{[]string{"run", junk}, 1, `^$`, `junk.wasm: malformed module: .*offset`},
		{[]string{"check", token}, 0, `token.wasm: a contract under schedule development`, `^$`},
		{[]string{"check", junk}, 1, `junk.wasm: not a contract under schedule development\nrule       malformed module`, `^$`},
		{[]string{"check", token, keccak}, 2, `^$`, `needs one argument`},
		{[]string{"meter", junk}, 1, `^$`, `offset`},
		{[]string{"meter", junk, junk}, 2, `^$`, `unexpected argument`},
		{[]string{"meter", token, "--gas", "-1"}, 2, `^$`, `--gas must not be negative`},
		{[]string{"statetest"}, 2, `^$`, `needs at least one`},
		{[]string{"statetest", missing}, 1, `^\{"passed":0,"failed":0\}\n$`, `no such file`},
		{[]string{"statetest", junk}, 1, `"failed":0\}\n$`, `junk.wasm`},
		{[]string{"devnet", "--port", "65536"}, 2, `^$`, `--port 65536 is not between 0 and 65535`},
		{[]string{"devnet", "--block-time", "0"}, 2, `^$`, `--block-time 0 is not between`},
		{[]string{"devnet", "--block-time", "soon"}, 2, `^$`, `invalid value "soon"`},
		{[]string{"devnet", "--genesis", missing}, 1, `^$`, `no such file`},
		{[]string{"devnet", "--genesis", junk}, 1, `^$`, `junk.wasm: genesis: line 1`},
		{[]string{"devnet", "extra"}, 2, `^$`, `unexpected argument "extra"`},
		{[]string{"devnet", "--port", "0", "--datadir", junk}, 1, `^$`, `junk.wasm`},
		{[]string{"devnet", "--port", "0", "--host", "192.0.2.1"}, 1, `^$`, `--host must be an address of this machine`},
	} {
		code, stdout, stderr := hestia(nil, row.args...)
		name := strings.Join(row.args, " ")
		if code != row.code {
			t.Errorf("hestia %s: exit status %d, want %d\n%s%s", name, code, row.code, stdout, stderr)
		}
		for _, stream := range []struct{ name, pattern, got string }{{"stdout", row.stdout, stdout}, {"stderr", row.stderr, stderr}} {
			if !regexp.MustCompile(stream.pattern).MatchString(stream.got) {
				t.Errorf("hestia %s: %s does not match %q:\n%s", name, stream.name, stream.pattern, stream.got)
			}
		}
	}
}

func TestMeterIsAFilter(t *testing.T) {
	code, filtered, stderr := hestia(contracts.Token.Runtime, "meter", "--gas", "7")
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, stderr)
	}
	out := filepath.Join(t.TempDir(), "out.wasm")
	if code, stdout, stderr := hestia(nil, "meter", write(t, "in.wasm", contracts.Token.Runtime), "-o", out, "--gas", "7"); code != 0 || stdout != "" {
		t.Fatalf("exit status %d: %s%s", code, stdout, stderr)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != filtered {
		t.Error("the filter and -o do not write the same")
	}
	module, err := wasm.Decode(written)
	if err != nil {
		t.Fatal(err)
	}
	exports := make(map[string]bool)
	for _, export := range module.Exports {
		exports[export.Name] = true
	}
	if !exports["__gas_left"] || !exports["__stack_left"] || !exports["main"] {
		t.Errorf("exports %v", exports)
	}
}

func TestDemoGoesRound(t *testing.T) {
	code, stdout, stderr := hestia(nil, "demo")
	for _, want := range []string{"contract  0x5FbDB2315678afecb367f032d93F642f64180aa3", "= 25\n", "state root", "execution reverted: insufficient balance"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if code != 0 || t.Failed() {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// devnetProcess starts the devnet as a process and returns it, its URL and what it prints afterwards.
func devnetProcess(t *testing.T, args ...string) (*exec.Cmd, string, *bufio.Scanner) {
	t.Helper()
	process, lines, first := devnetStarted(t, append([]string{"--port", "0"}, args...)...)
	return process, regexp.MustCompile(`http://[^\s"]+`).FindString(first), lines
}

// devnetStarted starts the devnet as a process and returns it, the line that has its URL and what it prints afterwards.
func devnetStarted(t *testing.T, args ...string) (*exec.Cmd, *bufio.Scanner, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	process := exec.CommandContext(ctx, os.Args[0], append([]string{"devnet"}, args...)...)
	process.Env = append(os.Environ(), asProgram+"=1")
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "http://") {
			return process, lines, lines.Text()
		}
	}
	t.Fatal("the banner names no URL")
	return nil, nil, ""
}

// ask calls a method of a running devnet and returns the answer's result.
func ask(t *testing.T, url, method, params string) string {
	t.Helper()
	body := `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":[` + params + `]}`
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Error != nil {
		t.Fatalf("%s: %s", method, answer.Error)
	}
	return string(answer.Result)
}

const pay = `{"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266","to":"0x70997970c51812dc3a010c7d01b50e0d17dc79c8","value":"0x1"}`

func TestDevnetStopsCleanlyOnASignalAndGoesOnAfterwards(t *testing.T) {
	dir := t.TempDir()
	for i, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGTERM} {
		process, url, lines := devnetProcess(t, "--datadir", dir)
		if id := ask(t, url, "eth_chainId", ""); id != `"0x7a69"` {
			t.Errorf("chain id %s", id)
		}
		if number := ask(t, url, "eth_blockNumber", ""); number != []string{`"0x0"`, `"0x1"`, `"0x2"`}[i] {
			t.Errorf("start %d: block %s", i, number)
		}
		ask(t, url, "eth_sendTransaction", pay)
		if err := process.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var printed []string
		for lines.Scan() {
			printed = append(printed, lines.Text())
		}
		if err := process.Wait(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
		if all := strings.Join(printed, "\n"); !strings.Contains(all, "pay    0x70997970C51812dc3A010C7d01b50e0d17dc79C8  ok") || !strings.Contains(all, "stopping") {
			t.Errorf("printed\n%s", all)
		}
	}
}

func TestDevnetMakesBlocksInItsTime(t *testing.T) {
	process, url, _ := devnetProcess(t, "--block-time", "1")
	deadline := time.Now().Add(10 * time.Second)
	for ask(t, url, "eth_blockNumber", "") < `"0x2"` {
		if time.Now().After(deadline) {
			t.Fatal("no two blocks in ten seconds")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err != nil {
		t.Error(err)
	}
}

func TestAPortInUseIsSaidWithWhatToDo(t *testing.T) {
	process, url, _ := devnetProcess(t)
	defer process.Process.Kill()
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	code, _, stderr := hestia(nil, "devnet", "--port", port)
	if code != 1 || !strings.Contains(stderr, "address already in use") || !strings.Contains(stderr, "--port 0") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
}
