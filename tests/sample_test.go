package tests

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// sample runs the tests of the sample project, a module of its own, with another token if one is named.
func sample(t *testing.T, token string, args ...string) (string, error) {
	t.Helper()
	command := exec.Command("go", append([]string{"test", "-count=1", "."}, args...)...)
	command.Dir = "sample"
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "TOKEN="+token)
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestTheSampleProjectPasses(t *testing.T) {
	if out, err := sample(t, ""); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheSampleProjectNoticesOneChangedRule(t *testing.T) {
	out, err := sample(t, "token_fee.wasm")
	if err == nil {
		t.Fatalf("a token that keeps a fee passes\n%s", out)
	}
	for _, want := range []string{
		`(?m)^ +slot 0x\w{64} of 0x5FbDB2315678afecb367f032d93F642f64180aa3, written by call 0\n +want 0x0{62}19\n ` +
			`+got  0x0{62}18$`,
		`--- FAIL: TestATransferMovesTokens`,
		`the receiver has 24 \(<nil>\), want 25`,
		`2-transfer.json: \d+ differences\n +block 2, transaction 0x`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s is not in\n%s", want, out)
		}
	}
	if regexp.MustCompile(`(3-approve|5-refused).json: \d+ diff`).MatchString(out) {
		t.Errorf("what the rule does not touch differs too\n%s", out)
	}
}
