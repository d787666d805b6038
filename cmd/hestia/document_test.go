package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const commandsDocument = "../../docs/commands.md"

func TestHelpAndDocumentAgree(t *testing.T) {
	var doc strings.Builder
	doc.WriteString("# Commands\n\n" +
		"What `--help` says, written by `go test ./cmd/hestia -run HelpAndDocument -update`.\n")
	add := func(name string, args ...string) {
		code, stdout, stderr := hestia(nil, append(args, "--help")...)
		if code != exitOK || stderr != "" {
			t.Fatalf("%s --help: exit status %d, %s", name, code, stderr)
		}
		doc.WriteString("\n## " + name + "\n\n```\n" + strings.TrimSpace(stdout) + "\n```\n")
	}
	add("hestia")
	for _, command := range newApp(nil, nil, nil).Commands {
		add("hestia "+command.Name, command.Name)
	}
	if *update {
		if err := os.WriteFile(commandsDocument, []byte(doc.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(commandsDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), doc.String()); diff != "" {
		t.Errorf("docs/commands.md (-) is not what --help says (+):\n%s", diff)
	}
}

// A flag, a variable of the environment and a line of the file have one name.
func TestEverySettingCanBeGivenInThreeWays(t *testing.T) {
	_, help, _ := hestia(nil, "devnet", "--help")
	for _, name := range []string{
		"mnemonic", "accounts", "balance", "derivation-path", "chain-id", "genesis", "port", "datadir", "state",
		"block-time", "no-mining", "base-fee", "gas-limit", "coinbase", "timestamp", "hosts", "origins",
		"log-level", "log-format", "json", "quiet",
	} {
		environment := "[$HESTIA_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "]"
		if !strings.Contains(help, "--"+name) || !strings.Contains(help, environment) {
			t.Errorf("--%s or %s is not in the help", name, environment)
		}
	}
}
