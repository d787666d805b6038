package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contractPage is the page whose commands are tested.
const contractPage = "../../docs/write-a-contract.md"

// TestWriteAContractDoesWhatItsPageShows runs the commands of the page, once for each language that it knows.
func TestWriteAContractDoesWhatItsPageShows(t *testing.T) {
	text, err := os.ReadFile(contractPage)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "\n## ")
	part := func(title string) string {
		for _, p := range parts {
			if strings.HasPrefix(p, title) {
				return p
			}
		}
		t.Fatalf("the page has no part %q", title)
		return ""
	}
	for _, way := range []struct {
		title string
		tools [][]string // each by its name on the page, then by others
	}{
		{"In C", [][]string{{"clang", "clang-14"}, {"wasm-ld", "wasm-ld-14"}}},
		{"In WebAssembly's text format", [][]string{{"wat2wasm"}}},
	} {
		t.Run(way.title, func(t *testing.T) {
			s := &pageSession{dir: t.TempDir(), bin: t.TempDir()}
			for _, names := range append(way.tools, []string{"curl"}, []string{"bash"}) {
				s.link(t, names)
			}
			s.take(t, part(way.title))
			s.take(t, part("Check it, deploy it, call it"))
			s.run(t)
		})
	}
}

// pageSession is a shell that types the commands of a page.
type pageSession struct {
	dir, bin string
	script   strings.Builder
	want     strings.Builder
}

// link makes a tool available by the first of its names, and skips the test if it is not installed under any.
func (s *pageSession) link(t *testing.T, names []string) {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			if err := os.Symlink(path, filepath.Join(s.bin, names[0])); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Skipf("%s is not installed", strings.Join(names, " or "))
}

// codeBlock is a block of code with its language; before it may stand the name of its file.
var codeBlock = regexp.MustCompile("(?s)(?:`([a-z.]+)`:\n\n)?```([a-z]*)\n(.*?)```\n")

// take writes the files of a part of the page and adds its commands.
func (s *pageSession) take(t *testing.T, part string) {
	t.Helper()
	for _, found := range codeBlock.FindAllStringSubmatch(part, -1) {
		file, text := found[1], found[3]
		if file != "" {
			if err := os.WriteFile(filepath.Join(s.dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		continued := false
		for _, line := range strings.SplitAfter(text, "\n") {
			command, prompt := strings.CutPrefix(line, "$ ")
			if prompt || continued {
				s.script.WriteString(command)
				continued = strings.HasSuffix(line, "\\\n")
				continue
			}
			s.want.WriteString(line)
		}
	}
}

// run types all commands and compares what they print. The devnet gets a port that is free.
func (s *pageSession) run(t *testing.T) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(free.Addr().(*net.TCPAddr).Port)
	free.Close()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	script := "set -e\ntrap 'kill %1 2>/dev/null || true' EXIT\n" + strings.ReplaceAll(s.script.String(), "8545", port)
	shell := exec.CommandContext(t.Context(), "bash", "-c", script)
	shell.Dir = s.dir
	shell.Env = append(os.Environ(), "PATH="+s.bin+":"+os.Getenv("PATH"), "HESTIA="+repository)
	var stderr strings.Builder
	shell.Stderr = &stderr
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	if diff := cmp.Diff(s.want.String(), string(out)); diff != "" {
		t.Errorf("the commands do not print what the page shows (-page +now):\n%s%s", diff, &stderr)
	}
}
