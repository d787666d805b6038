package rpc_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hestia/chain/miner"
	"hestia/rpc"
	"hestia/rpc/query"
)

// exchange is a request of a script with its answer.
type exchange struct{ method, answer string }

func exchanges(t *testing.T) (all []exchange) {
	t.Helper()
	for _, script := range scripts(t) {
		text, err := os.ReadFile(script)
		check(t, err)
		var method string
		for line := range strings.Lines(string(text)) {
			if asked := asking.FindStringSubmatch(strings.TrimSpace(line)); asked != nil {
				var message struct{ Method string }
				_ = json.Unmarshal([]byte(asked[2]), &message) // some scripts send what is no request
				method = message.Method
			} else if answer, ok := strings.CutPrefix(line, "<< "); ok {
				all = append(all, exchange{method, answer})
			}
		}
	}
	return all
}

func TestEveryMethodHasAScriptWithAResultAndOneWithAnError(t *testing.T) {
	results, errors := make(map[string]bool), make(map[string]bool)
	for _, e := range exchanges(t) {
		results[e.method] = results[e.method] || strings.Contains(e.answer, `"result":`)
		errors[e.method] = errors[e.method] || strings.Contains(e.answer, `"error":`)
	}
	for method, row := range start(t, miner.Instant, rpc.Config{}).rpc.Table() {
		if !results[method] && !row.Is.Has(query.Refused) {
			t.Errorf("%s: no script shows a result", method)
		}
		if !errors[method] {
			t.Errorf("%s: no script shows an error", method)
		}
	}
}

// makers are what errors are made with, out of a text or a format.
var makers = []string{
	"errors.New", "fmt.Errorf", "InvalidParams", "LimitExceeded", "query.InvalidParams", "query.LimitExceeded",
}

// Every error that the package can make is looked up in its source: some script is answered by it.
func TestEveryErrorHasItsScript(t *testing.T) {
	var answers strings.Builder
	for _, e := range exchanges(t) {
		answers.WriteString(e.answer)
	}
	found := 0
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains(makers, types.ExprString(call.Fun)) {
				return true
			}
			format := ""
			for _, argument := range call.Args {
				if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == gotoken.STRING {
					format = literal.Value
				}
			}
			if message := pattern(t, format); message != nil {
				if found++; !message.MatchString(answers.String()) {
					t.Errorf("%s: no script is answered %s", positions.Position(call.Pos()), format)
				}
			}
			return true
		})
	}
	if found < 100 {
		t.Errorf("%d errors found in the source", found)
	}
}

func TestEveryCodeHasItsScript(t *testing.T) {
	var answers strings.Builder
	for _, e := range exchanges(t) {
		answers.WriteString(e.answer)
	}
	codes := map[string]string{ // geth's server answers the first of them by itself
		"-32700": "malformed", "-32600": "not a request", "-32601": "unknown method", "-32602": "bad parameters",
		"-32000": "everything else",
	}
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			constants, ok := decl.(*ast.GenDecl)
			if !ok || constants.Tok != gotoken.CONST {
				continue
			}
			for _, spec := range constants.Specs {
				if name := spec.(*ast.ValueSpec).Names[0].Name; strings.HasPrefix(strings.ToLower(name), "code") {
					codes[types.ExprString(spec.(*ast.ValueSpec).Values[0])] = name
				}
			}
		}
	}
	if len(codes) < 20 {
		t.Errorf("%d codes found in the source", len(codes))
	}
	for code, name := range codes {
		if !regexp.MustCompile(`"code":` + code + `\b`).MatchString(answers.String()) {
			t.Errorf("no script is answered with code %s (%s)", code, name)
		}
	}
}

// sources are the files of the transport, its wings and the layer below them, without tests.
func sources(t *testing.T) (files []*ast.File) {
	t.Helper()
	var names []string
	for _, folder := range []string{".", "query", "eth", "filter", "watch", "dev", "../insight/trace"} {
		some, err := filepath.Glob(filepath.Join(folder, "*.go"))
		check(t, err)
		names = append(names, some...)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(positions, name, nil, 0)
			check(t, err)
			files = append(files, file)
		}
	}
	return files
}

// positions are those of sources.
var positions = gotoken.NewFileSet()

var verb = regexp.MustCompile(`%[.\d#+\\]*[a-z]`) // also if dots are quoted

// pattern matches what a quoted format makes, as it is in an answer; nil if that could be anything.
func pattern(t *testing.T, quoted string) *regexp.Regexp {
	t.Helper()
	if quoted == "" {
		return nil
	}
	format, err := strconv.Unquote(quoted)
	check(t, err)
	if strings.Trim(verb.ReplaceAllString(format, ""), ": ") == "" {
		return nil
	}
	escaped, err := json.Marshal(format)
	check(t, err)
	return regexp.MustCompile(verb.ReplaceAllString(regexp.QuoteMeta(strings.Trim(string(escaped), `"`)), ".*"))
}

func TestComplaintsAboutAParameterNameIt(t *testing.T) {
	for _, e := range exchanges(t) {
		if strings.Contains(e.answer, `"message":"invalid argument`) && !strings.Contains(e.answer, " want ") {
			t.Errorf("%s: %s", e.method, e.answer)
		}
	}
}
