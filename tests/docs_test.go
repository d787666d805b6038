package tests

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// named finds a file in backquotes by its path from the root, such as `tests/docs_test.go`.
	named = regexp.MustCompile("`([a-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+\\.(?:go|c|h|md|json|mjs|txt|sol|wat|mod))`")
	// linked finds the target of a link to a file.
	linked = regexp.MustCompile(`\]\(([A-Za-z0-9_./-]+\.(?:md|json))\)`)
	// decision finds a reference to a decision by its number.
	decision = regexp.MustCompile(`docs/adr/(\d{4})`)
)

// outside are the first folders of paths in documents that are no folders here: examples and other projects.
var outside = []string{"testdata", "imports", "tracers"}

func TestDocumentsNameFilesThatExist(t *testing.T) {
	for _, document := range documents(t, "..") {
		text := read(t, document)
		for _, match := range named.FindAllStringSubmatch(text, -1) {
			first, _, _ := strings.Cut(match[1], "/")
			if _, err := os.Stat(filepath.Join("..", match[1])); err != nil && !slices.Contains(outside, first) {
				t.Errorf("%s names %s, which does not exist", document, match[1])
			}
		}
		for _, match := range linked.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), match[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", document, match[1])
			}
		}
		for _, match := range decision.FindAllStringSubmatch(text, -1) {
			if found, _ := filepath.Glob("../docs/adr/" + match[1] + "-*.md"); len(found) != 1 {
				t.Errorf("%s refers to decision %s, of which there are %d", document, match[1], len(found))
			}
		}
	}
}

func TestIndexesListEveryPage(t *testing.T) {
	for _, folder := range []string{"../docs", "../docs/adr"} {
		index := read(t, folder+"/README.md")
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := entry.Name(); !entry.IsDir() && name != "README.md" && !strings.Contains(index, "("+name+")") {
				t.Errorf("%s/README.md does not list %s", folder, name)
			}
		}
	}
}

func TestDecisionsHaveTheirParts(t *testing.T) {
	for _, document := range documents(t, "../docs/adr") {
		if path.Base(document) == "README.md" {
			continue
		}
		text := read(t, document)
		for _, part := range []string{"## Context", "## Decision", "## Alternatives", "## Consequences"} {
			if !strings.Contains(text, "\n"+part+"\n") {
				t.Errorf("%s has no section %q", document, part)
			}
		}
	}
}

// documents returns the Markdown files below a folder, without those of other projects.
func documents(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"node_modules", ".git", "build"}, entry.Name()):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(name, ".md"):
			found = append(found, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
