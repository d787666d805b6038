package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/contracts"
	"hestia/internal/terminal"
)

func TestWrongSettingsAreSaidWithTheirPlace(t *testing.T) {
	toml := func(text string) string { return write(t, "hestia.toml", []byte(text)) }
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--config", filepath.Join(t.TempDir(), "none")}, 1, `none: no such file`},
		{[]string{"--config", toml("port = 1\nport = 2\n")}, 1, `hestia.toml: line 2: .*port`},
		{[]string{"--config", toml("\n\nport = = 3\n")}, 1, `hestia.toml: line 3: `},
		{[]string{"--config", toml("prot = 1\n")}, 1, `hestia.toml: no setting is called "prot"`},
		{[]string{"--config", toml("[net]\nport = 1\n")}, 1, `hestia.toml: no setting is called "net"`},
		{[]string{"--config", toml("port = \"high\"\n")}, 1, `hestia.toml: port: high is not what it must be`},
		{[]string{"--config", toml("port = 70000\n")}, 2, `--port 70000 is not between`},
		{[]string{"--config", toml("accounts = 1979-05-27\n")}, 1, `hestia.toml: accounts: is neither`},
		{[]string{"--mnemonic", "test test"}, 2, `--mnemonic: invalid mnemonic`},
		{[]string{"--derivation-path", "m/x"}, 2, `--derivation-path: invalid derivation path`},
		{[]string{"--accounts", "-1"}, 2, `--accounts -1 is not between`},
		{[]string{"--balance", "lots"}, 2, `--balance "lots" is not a number of ether`},
		{[]string{"--balance", "0.0000000000000000001"}, 2, `at most 18 decimals`},
		{[]string{"--chain-id", "0"}, 2, `--chain-id must be positive`},
		{[]string{"--gas-limit", "10"}, 2, `--gas-limit 10 is not between`},
		{[]string{"--base-fee", "-1"}, 2, `--base-fee "-1" is not`},
		{[]string{"--coinbase", "me"}, 2, `--coinbase "me" is not an address`},
		{[]string{"--state", "a", "--datadir", "b"}, 2, `give one of them`},
		{[]string{"--block-time", "1", "--no-mining"}, 2, `contradict`},
		{[]string{"--genesis", "g", "--balance", "1", "--chain-id", "2"}, 2, `--genesis says already what --balance and --chain-id would`},
		{[]string{"--log-level", "loud"}, 2, `--log-level "loud" is none of`},
		{[]string{"--log-format", "xml"}, 2, `--log-format "xml" is neither`},
		{[]string{"--abi", write(t, "bad.json", []byte("{"))}, 1, `bad.json: unexpected end`},
		{[]string{"--port", "0", "--state", write(t, "state", []byte("no state"))}, 1, `state: state file: line 1: `},
	} {
		code, stdout, stderr := hestia(nil, append([]string{"devnet"}, row.args...)...)
		if code != row.code || !regexp.MustCompile(row.says).MatchString(stderr) || stdout != "" {
			t.Errorf("hestia devnet %v: exit status %d, want %d; said %q, want %q; %s", row.args, code, row.code, stderr, row.says, stdout)
		}
	}
}

func TestFlagsWinOverEnvironmentOverFile(t *testing.T) {
	file := write(t, "hestia.toml", []byte("chain-id = 5\naccounts = 3\nbalance = 7\nno-mining = true\njson = true\nport = 0\n"))
	t.Setenv("HESTIA_ACCOUNTS", "2")
	t.Setenv("HESTIA_BALANCE", "8.5")
	process, _, first := devnetStarted(t, "--config", file, "--balance", "9")
	defer process.Process.Kill()
	var start startJSON
	if err := json.Unmarshal([]byte(first), &start); err != nil {
		t.Fatalf("%v: %s", err, first)
	}
	if start.ChainID != 5 || len(start.Accounts) != 2 || terminal.Ether(start.Accounts[0].Balance.ToInt()) != "9" {
		t.Errorf("started with %s", first)
	}
}

func TestStateFileCarriesAChainFromRunToRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	for run := range 3 {
		process, url, lines := devnetProcess(t, "--state", file)
		if number := ask(t, url, "eth_blockNumber", ""); number != []string{`"0x0"`, `"0x1"`, `"0x2"`}[run] {
			t.Errorf("run %d begins with block %s", run, number)
		}
		ask(t, url, "eth_sendTransaction", pay)
		if err := process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
		}
		if err := process.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestTransactionsAreToldInWords(t *testing.T) {
	process, url, lines := devnetProcess(t)
	data := "0x" + common.Bytes2Hex(contracts.Token.Creation)
	from := `"from":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"`
	ask(t, url, "eth_sendTransaction", `{`+from+`,"data":"`+data+`"}`)
	transfer := "0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c80000000000000000000000000000000000000000000000000000000000000019"
	ask(t, url, "eth_sendTransaction", `{`+from+`,"to":"0x5fbdb2315678afecb367f032d93f642f64180aa3","data":"`+transfer+`"}`)
	ask(t, url, "anvil_setLoggingEnabled", "false")
	ask(t, url, "eth_sendTransaction", pay)
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var printed []string
	for lines.Scan() {
		printed = append(printed, lines.Text())
	}
	all := strings.Join(printed, "\n")
	for _, want := range []string{
		`create 0x5FbDB2315678afecb367f032d93F642f64180aa3  ok  .*  > Transfer\(0x0000..0000, 0xf39F..2266, 1000000000000000000000000\)`,
		`call   0x5FbDB2315678afecb367f032d93F642f64180aa3  ok  .* 0 ether  transfer\(0x7099..79C8, 25\)  > Transfer\(0xf39F..2266, 0x7099..79C8, 25\)`,
	} {
		if !regexp.MustCompile(want).MatchString(all) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
	if strings.Contains(all, "pay") || strings.Contains(all, "\x1b") {
		t.Errorf("printed although told not to, or coloured although nobody looks:\n%s", all)
	}
}
