package main

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the demo prints into the README")

const (
	readmeFile = "../../README.md"
	demoLine   = "$ go run ./cmd/hestia demo\n"
)

// anyPort is what differs from one demo to the next: the port that was free.
var anyPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// TestReadmeShowsWhatTheDemoPrints holds the README to gas, hashes and roots as they are.
func TestReadmeShowsWhatTheDemoPrints(t *testing.T) {
	text, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), demoLine)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("the README shows no demo: no %q in a block of code", demoLine)
	}
	code, printed, stderr := hestia(nil, "demo")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	printed = anyPort.ReplaceAllString(printed, anyPort.FindString(shown))
	if *update {
		if err := os.WriteFile(readmeFile, []byte(before+demoLine+printed+"```\n"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(shown, printed); diff != "" {
		t.Errorf("the README is out of step: run make golden (-README +now):\n%s", diff)
	}
}
