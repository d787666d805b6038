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

// way is one of the languages that a page knows, and what it takes on it.
type way struct {
	title string
	tools [][]string // each as the page calls it, or its path, then other names
	files []string   // that must be there
}

func TestWriteAContractDoesWhatItsPageShows(t *testing.T) {
	runPage(t, "../../docs/write-a-contract.md", []way{
		{"In C", [][]string{{"clang", "clang-14"}, {"wasm-ld", "wasm-ld-14"}}, nil},
		{"In WebAssembly's text format", [][]string{{"wat2wasm"}}, nil},
	}, "Check it, deploy it, call it")
}

func TestWriteAProgramDoesWhatItsPageShows(t *testing.T) {
	runPage(t, "../../docs/write-a-program.md", []way{
		{
			"In C",
			[][]string{{"clang", "clang-14"}, {"wasm-ld", "wasm-ld-14"}},
			[]string{"/usr/lib/wasm32-wasi/libc.a", "/usr/lib/llvm-14/lib/clang/14.0.6/lib/wasi"},
		},
		{"In Rust", [][]string{{"/usr/bin/rustc", "rustc"}}, []string{"/usr/lib/rustlib/wasm32-wasi"}},
	}, "Run it, deploy it, call it", "Samples")
}

// runPage runs the commands of a page, once for each way: those of its part and of the parts that all share.
func runPage(t *testing.T, page string, ways []way, shared ...string) {
	t.Helper()
	text, err := os.ReadFile(page)
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
	for _, way := range ways {
		t.Run(way.title, func(t *testing.T) {
			s := &pageSession{dir: t.TempDir(), bin: t.TempDir()}
			for _, names := range append(way.tools, []string{"curl"}, []string{"bash"}) {
				s.link(t, names)
			}
			for _, file := range way.files {
				if _, err := os.Stat(file); err != nil {
					t.Skipf("%s is not installed", file)
				}
			}
			for _, title := range append([]string{way.title}, shared...) {
				s.take(t, part(title))
			}
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
			if err := os.Symlink(path, filepath.Join(s.bin, filepath.Base(names[0]))); err != nil {
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
