package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The mutation runner breaks one rule of the implementation at a time and shows that the suite notices. All mutations
// of mutations.txt are built into one test binary: each function that has some is there as it is and once for every
// mutation, and the environment says which one runs.

var mutate = flag.Int("mutate", 0, "try every n-th mutation; 0 tries none, 1 all")

const (
	mutationsFile = "mutations.txt"
	mutantEnv     = "HESTIA_MUTANT"
	root          = "../.."
)

// mutation is one change of one function.
type mutation struct {
	file, function string
	old, new       string
}

func (m mutation) String() string {
	return fmt.Sprintf("%s %s: %s => %s", m.file, m.function, m.old, m.new)
}

// readMutations reads headings "FILE FUNCTION" and, indented under each, its mutations "OLD => NEW".
func readMutations(t testing.TB) (list []mutation) {
	t.Helper()
	text, err := os.ReadFile(mutationsFile)
	if err != nil {
		t.Fatal(err)
	}
	var file, function string
	for _, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, " "):
			file, function, _ = strings.Cut(line, " ")
		default:
			old, changed, ok := strings.Cut(line, "=>")
			if !ok {
				t.Fatalf("%s: %q is no mutation", mutationsFile, line)
			}
			list = append(list, mutation{file, function, strings.TrimSpace(old), strings.TrimSpace(changed)})
		}
	}
	return list
}

// TestMutationsApply notices mutations of code that is not there any more.
func TestMutationsApply(t *testing.T) {
	list := readMutations(t)
	if len(list) < 100 {
		t.Errorf("%d mutations, want at least 100", len(list))
	}
	for _, file := range byFile(list) {
		if _, err := mutated(file.name, file.mutations); err != nil {
			t.Error(err)
		}
	}
}

// numbered is a mutation with its number, from 1.
type numbered struct {
	mutation
	number int
}

type mutatedFile struct {
	name      string
	mutations []numbered
}

func byFile(list []mutation) []mutatedFile {
	files := map[string][]numbered{}
	for i, m := range list {
		files[m.file] = append(files[m.file], numbered{m, i + 1})
	}
	var sorted []mutatedFile
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sorted = append(sorted, mutatedFile{name, files[name]})
	}
	return sorted
}

// mutated returns a file's text with all of its mutations in it.
func mutated(file string, mutations []numbered) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return "", err
	}
	positions := gotoken.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, source, parser.ParseComments)
	if err != nil {
		return "", err
	}
	functions := map[string]*ast.FuncDecl{}
	for _, decl := range parsed.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			functions[nameOf(f)] = f
		}
	}
	offset := func(p gotoken.Pos) int { return positions.Position(p).Offset }
	inserts := map[int]string{}
	var variants strings.Builder
	for _, m := range mutations {
		f := functions[m.function]
		if f == nil {
			return "", fmt.Errorf("%v: no such function", m)
		}
		changed, err := m.apply(string(source[offset(f.Body.Lbrace) : offset(f.Body.Rbrace)+1]))
		if err != nil {
			return "", err
		}
		header := string(source[offset(f.Pos()):offset(f.Body.Lbrace)])
		variant := fmt.Sprintf("%s__%d", f.Name.Name, m.number)
		name := offset(f.Name.Pos()) - offset(f.Pos())
		fmt.Fprintf(&variants, "\n%s%s%s%s\n", header[:name], variant, header[name+len(f.Name.Name):], changed)
		inserts[offset(f.Body.Lbrace)+1] += dispatch(f, variant, m.number)
	}
	text := string(source)
	for _, at := range slices.Backward(slices.Sorted(maps.Keys(inserts))) {
		text = text[:at] + inserts[at] + text[at:]
	}
	return text + variants.String(), nil
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	return receiver.(*ast.Ident).Name + "." + f.Name.Name
}

// apply replaces the old text, which must be there once; how much space is in it does not matter.
func (m mutation) apply(body string) (string, error) {
	words := strings.Fields(m.old)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	pattern := regexp.MustCompile(strings.Join(words, `\s+`))
	places := pattern.FindAllStringIndex(body, -1)
	if len(places) != 1 {
		return "", fmt.Errorf("%v: found %d times", m, len(places))
	}
	return body[:places[0][0]] + m.new + body[places[0][1]:], nil
}

// dispatch is what makes a function run as its variant.
func dispatch(f *ast.FuncDecl, variant string, number int) string {
	call := variant
	if f.Recv != nil {
		call = f.Recv.List[0].Names[0].Name + "." + call
	}
	var arguments []string
	for _, group := range f.Type.Params.List {
		for _, name := range group.Names {
			if name.Name == "_" {
				name.Name = "nil" // such parameters are pointers, slices or schedules here
			}
			arguments = append(arguments, name.Name)
		}
	}
	call += "(" + strings.Join(arguments, ", ") + ")"
	if f.Type.Results == nil {
		return fmt.Sprintf(" if mutant == %d { %s; return };", number, call)
	}
	return fmt.Sprintf(" if mutant == %d { return %s };", number, call)
}

// build makes the test binary that holds all mutations.
func build(t *testing.T, list []mutation) string {
	t.Helper()
	dir := t.TempDir()
	replaced := map[string]string{}
	write := func(name, text string) {
		target, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		replaced[target] = filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(replaced[target], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range byFile(list) {
		text, err := mutated(file.name, file.mutations)
		if err != nil {
			t.Fatal(err)
		}
		write(file.name, text)
		pkg := filepath.Dir(file.name)
		write(pkg+"/mutant.go", fmt.Sprintf("package %s\n\nimport (\n\"os\"\n\"strconv\"\n)\n\nvar mutant, _ = "+
			"strconv.Atoi(os.Getenv(%q))\n",
			filepath.Base(pkg), mutantEnv))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	file, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "suite.test")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "test", "-c", "-overlay", file, "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the mutants: %v\n%s", err, out)
	}
	return binary
}

// try runs the suite with one mutation, 0 for none, and returns what it said; "" if it passed.
func try(binary string, number int) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, binary, "-test.run", "^TestSuitePasses$", "-first")
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%d", mutantEnv, number))
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "", nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("the suite did not end: %w", ctx.Err())
	case errors.As(err, &exit):
		return noticed(out), nil
	}
	return "", err
}

// noticed returns the line by which the suite failed.
func noticed(out []byte) string {
	for line := range bytes.Lines(out) {
		if at := bytes.Index(line, []byte("FAIL ")); at >= 0 && !bytes.HasPrefix(line, []byte("FAIL")) {
			return strings.TrimSpace(string(line[at+5:]))
		}
	}
	return fmt.Sprintf("%.200s", out)
}

func TestEveryMutationIsNoticed(t *testing.T) {
	if *mutate == 0 {
		t.Skip("make mutate tries them: it takes minutes")
	}
	list := readMutations(t)
	binary := build(t, list)
	if out, err := try(binary, 0); out != "" || err != nil {
		t.Fatalf("without a mutation the suite fails: %s %v", out, err)
	}
	results := make([]string, len(list))
	var next sync.Mutex
	var workers sync.WaitGroup
	number := 0
	for range 2 {
		workers.Go(func() {
			for {
				next.Lock()
				i := number
				number += *mutate
				next.Unlock()
				if i >= len(list) {
					return
				}
				said, err := try(binary, i+1)
				if err != nil {
					t.Errorf("%v: %v", list[i], err)
				}
				results[i] = said
			}
		})
	}
	workers.Wait()
	report(t, list, results)
}

// report prints the table of mutations and fails for each that survived.
func report(t *testing.T, list []mutation, results []string) {
	tried, survivors := 0, 0
	for i := 0; i < len(list); i += *mutate {
		tried++
		if results[i] == "" {
			survivors++
			t.Errorf("survives: %v", list[i])
			continue
		}
		fmt.Printf("%-110.110s | %.100s\n", list[i], results[i])
	}
	fmt.Printf("mutations %d, survivors %d\n", tried, survivors)
}
