package tests

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The form that every file keeps. It is what of style can be counted.
const (
	maxColumns = 120 // of a line; a tab counts four
	tabColumns = 4
	wherePart  = 100 // of so many comment lines, at most one may say "where": it is a place, not a condition
	leastPart  = 10  // percent of a room's lines that hold a comment, at least
	mostPart   = 25  // percent of a room's lines that are comments, at most
	smallRoom  = 200 // lines; a smaller room need not keep the share of comments
)

// generated is the line that marks what a program wrote.
var generated = regexp.MustCompile(`(?m)^(//|/\*|#) Code generated .* DO NOT EDIT`)

// text is a source file of the repository that people write.
type text struct {
	name  string // from the repository's root, with slashes
	lines []string
}

// texts returns the tracked sources whose names end in one of the given ways, without generated ones.
func texts(t *testing.T, endings ...string) []text {
	t.Helper()
	listed, err := exec.Command("git", "-C", "..", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this is not a git checkout")
	}
	var found []text
	for name := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		if !slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(name, end) }) {
			continue
		}
		data, err := os.ReadFile(filepath.Join("..", name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if generated.Match(data) {
			continue
		}
		found = append(found, text{name, strings.Split(string(data), "\n")})
	}
	return found
}

// A stranger takes in so many folders at a glance.
func TestFewFoldersStandOnTheTopLevel(t *testing.T) {
	const most = 20
	folders := map[string]bool{}
	for _, file := range texts(t, "") {
		if first, _, inside := strings.Cut(file.name, "/"); inside && !strings.HasPrefix(first, ".") {
			folders[first] = true
		}
	}
	if len(folders) > most {
		t.Errorf("%d folders on the top level, at most %d: %v", len(folders), most, slices.Sorted(maps.Keys(folders)))
	}
}

func TestLinesFitTheColumns(t *testing.T) {
	for _, file := range texts(t, ".go", ".c", ".h") {
		for i, line := range file.lines {
			if n := columns(line); n > maxColumns {
				t.Errorf("%s:%d: %d columns, at most %d", file.name, i+1, n, maxColumns)
			}
		}
	}
	for _, file := range texts(t, ".md") {
		if dir := path.Dir(file.name); dir != "." && dir != "docs/adr" {
			continue // most others are written by tests
		}
		output := false
		for i, line := range file.lines {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				output = !output
			}
			if n := columns(line); n > maxColumns && !output && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d: %d columns, at most %d", file.name, i+1, n, maxColumns)
			}
		}
	}
}

func columns(line string) (n int) {
	for _, r := range line {
		if r == '\t' {
			n += tabColumns - n%tabColumns
		} else {
			n++
		}
	}
	return n
}

// Standard library, other modules and this one: three groups in this order, each sorted.
func TestImportsStandInGroups(t *testing.T) {
	for name, file := range parsed(t, parser.ImportsOnly|parser.ParseComments) {
		if strings.HasPrefix(name, "tests/sample/") {
			continue // a module of its own, in which gofumpt takes hestia for the standard library
		}
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != gotoken.IMPORT || !group.Lparen.IsValid() {
				continue
			}
			var before *ast.ImportSpec
			for _, s := range group.Specs {
				spec := s.(*ast.ImportSpec)
				if before != nil {
					checkImports(t, name, before, spec)
				}
				before = spec
			}
		}
	}
}

// checkImports holds an import of a file against the one before it.
func checkImports(t *testing.T, file string, before, spec *ast.ImportSpec) {
	t.Helper()
	start := spec.Pos()
	if spec.Doc != nil {
		start = spec.Doc.Pos()
	}
	a, b := strings.Trim(before.Path.Value, `"`), strings.Trim(spec.Path.Value, `"`)
	apart := positions.Position(start).Line - positions.Position(before.End()).Line - 1
	switch {
	case origin(b) < origin(a), origin(b) == origin(a) && b < a:
		t.Errorf("%s: %q stands too late: want the standard library, other modules, then ours, each sorted", file, b)
	case origin(b) == origin(a) && apart > 0:
		t.Errorf("%s: an empty line stands between %q and %q, which are of one group", file, a, b)
	case origin(b) != origin(a) && apart != 1:
		t.Errorf("%s: want one empty line between %q and %q, which are of two groups", file, a, b)
	}
}

// origin is 0 for the standard library, 1 for other modules, 2 for this one.
func origin(imported string) int {
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case first == module:
		return 2
	case strings.Contains(first, "."):
		return 1
	}
	return 0
}

func TestAnImportHasOneNameEverywhere(t *testing.T) {
	names := map[string]map[string]string{} // of a path, with a file that uses it
	for file, source := range parsed(t, parser.ImportsOnly) {
		for _, spec := range source.Imports {
			name := "its own"
			if spec.Name != nil {
				name = spec.Name.Name
			}
			if name == "_" || name == "." {
				continue
			}
			if names[spec.Path.Value] == nil {
				names[spec.Path.Value] = map[string]string{}
			}
			names[spec.Path.Value][name] = file
		}
	}
	for imported, used := range names {
		if len(used) > 1 {
			t.Errorf("%s has several names: %v", imported, used)
		}
	}
}

// A condition is "if" or "when". "where" is a place, which comments seldom need.
func TestWhereIsAPlace(t *testing.T) {
	where := regexp.MustCompile(`(?i)\bwhere\b`)
	rooms := map[string][2]int{}
	var all [2]int
	for _, file := range texts(t, ".go", ".c", ".h") {
		room := rooms[path.Dir(file.name)]
		for _, line := range file.lines {
			comment, found := commentIn(line)
			if !found {
				continue
			}
			room[0]++
			all[0]++
			if where.MatchString(comment) {
				room[1]++
				all[1]++
			}
		}
		rooms[path.Dir(file.name)] = room
	}
	if all[1]*wherePart > all[0] {
		t.Errorf("%d of %d comment lines say where, at most 1 in %d may", all[1], all[0], wherePart)
		for _, name := range slices.Sorted(maps.Keys(rooms)) {
			if room := rooms[name]; room[1] > 0 {
				t.Logf("%s: %d of %d", name, room[1], room[0])
			}
		}
	}
}

// Words that have a plainer one. A thread, a caller or a hook is "it".
func TestWordsArePlain(t *testing.T) {
	plain := []struct {
		word    *regexp.Regexp
		instead string
	}{
		{regexp.MustCompile(`(?i)\btells?\s+whether\b`), "reports whether"},
		{regexp.MustCompile(`(?i)\b(nobody|whoever|somebody|whom)\b`), "the thing by its name, or none"},
		{regexp.MustCompile(`(?i)\bshall\b`), "must, will or is"},
	}
	for _, file := range texts(t, ".go", ".c", ".h", ".md") {
		if file.name == "tests/form_test.go" {
			continue
		}
		prose := prose(t, file)
		for _, p := range plain {
			for _, at := range p.word.FindAllStringIndex(prose, -1) {
				line := strings.Count(prose[:at[0]], "\n") + 1
				t.Errorf("%s:%d: %q: say %s", file.name, line, prose[at[0]:at[1]], p.instead)
			}
		}
	}
}

// prose returns what people read in a file, on the lines where it stands: all of a document, and of code the comments
// and, but for tests, what is printed.
func prose(t *testing.T, file text) string {
	t.Helper()
	lines := make([]string, len(file.lines))
	for i, line := range file.lines {
		comment, found := commentIn(line)
		switch {
		case strings.HasSuffix(file.name, ".md"):
			lines[i] = line
		case found:
			lines[i] = comment
		case strings.HasSuffix(file.name, ".go") && !strings.HasSuffix(file.name, "_test.go"):
			lines[i] = strings.Join(literal.FindAllString(line, -1), " ")
		}
	}
	return strings.Join(lines, "\n")
}

// literal matches a string in Go.
var literal = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// commentIn returns the comment of a line.
func commentIn(line string) (comment string, found bool) {
	at := strings.Index(line, "//")
	for at > 0 && line[at-1] != ' ' && line[at-1] != '\t' { // as in a URL
		next := strings.Index(line[at+2:], "//")
		if next < 0 {
			return "", false
		}
		at += 2 + next
	}
	if at < 0 || strings.Count(line[:at], "`")%2 == 1 || strings.Count(line[:at], `"`)%2 == 1 {
		return "", false
	}
	return line[at+2:], true
}

func TestEveryRoomHasItsShareOfComments(t *testing.T) {
	type lines struct{ all, hold, are int }
	rooms := map[string]lines{}
	for _, file := range texts(t, ".go") {
		dir := path.Dir(file.name)
		if strings.HasSuffix(file.name, "_test.go") || strings.Contains(dir, "testdata") ||
			strings.HasPrefix(dir, "tests") {
			continue
		}
		room := rooms[dir]
		for _, line := range file.lines {
			trimmed := strings.TrimSpace(line)
			if trimmed == "" {
				continue
			}
			room.all++
			if _, found := commentIn(line); found {
				room.hold++
			}
			if strings.HasPrefix(trimmed, "//") {
				room.are++
			}
		}
		rooms[dir] = room
	}
	for name, room := range rooms {
		if part := 100 * room.hold / room.all; room.all >= smallRoom && part < leastPart {
			t.Errorf("%s: %d %% of its lines hold a comment, want %d at least", name, part, leastPart)
		}
		if part := 100 * room.are / room.all; room.all >= smallRoom && part > mostPart {
			t.Errorf("%s: %d %% of its lines are comments, want %d at most", name, part, mostPart)
		}
	}
}

// A client reads what a method returns in its documentation.
func TestEveryMethodSaysWhatItReturns(t *testing.T) {
	found := 0
	for name, file := range parsed(t, parser.ParseComments) {
		if !strings.HasPrefix(name, "rpc/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			star, ok := method.Recv.List[0].Type.(*ast.StarExpr)
			if !ok || !strings.HasSuffix(fmt.Sprint(star.X), "API") {
				continue
			}
			said := strings.Fields(method.Doc.Text())
			if found++; len(said) < 4 || said[0] != method.Name.Name {
				t.Errorf("%s: %s has no sentence that begins with its name", name, method.Name.Name)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d methods found", found)
	}
}

// positions are those of parsed files.
var positions = gotoken.NewFileSet()

// parsed returns the repository's Go files by name.
func parsed(t *testing.T, mode parser.Mode) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for _, source := range texts(t, ".go") {
		file, err := parser.ParseFile(positions, source.name, strings.Join(source.lines, "\n"), mode)
		if err != nil {
			t.Fatal(err)
		}
		files[source.name] = file
	}
	return files
}
