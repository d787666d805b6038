package rpc_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// unscripted are the methods of which no script over HTTP can show a result, and why.
var unscripted = map[string]string{
	"eth_subscribe":               "needs a connection that stays: subscriptions are tested over WebSocket and IPC",
	"eth_unsubscribe":             "likewise",
	"debug_getRawBlockAccessList": "no block has such a list before the fork after Osaka",
}

// unscriptedErrors are those that no script can bring about, and where they are tested or why they are there.
var unscriptedErrors = map[string]string{
	"errTraceTimeout":    "takes as long as the time allowed",
	"errTraceSize":       "takes a trace of 64 MiB",
	"errTooManyFilters":  "TestNoMoreFiltersThanTheNodeCanHold makes them",
	"errNoCodeOnFailure": "a frame that halts says why; this is for one that does not",
}

// exchange is a request of a script with its answer.
type exchange struct{ method, answer string }

func exchanges(t *testing.T) (all []exchange) {
	t.Helper()
	scripts, err := filepath.Glob("testdata/*.txt")
	check(t, err)
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		check(t, err)
		var method string
		for line := range strings.Lines(string(text)) {
			if request, ok := strings.CutPrefix(line, ">> "); ok {
				var message struct{ Method string }
				_ = json.Unmarshal([]byte(request), &message) // some scripts send what is no request
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
	document, err := os.ReadFile(methodTable)
	check(t, err)
	for line := range strings.Lines(string(document)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || strings.TrimSpace(cells[2]) != "answers |" {
			continue
		}
		method := strings.TrimPrefix(cells[0], "| ")
		if !results[method] && unscripted[method] == "" {
			t.Errorf("%s: no script in testdata shows a result", method)
		}
		if !errors[method] {
			t.Errorf("%s: no script in testdata shows an error", method)
		}
	}
}

func TestEveryErrorHasItsScript(t *testing.T) {
	var answers strings.Builder
	for _, e := range exchanges(t) {
		answers.WriteString(e.answer)
	}
	file, err := parser.ParseFile(gotoken.NewFileSet(), "errors.go", nil, 0)
	check(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		call, ok := spec.Values[0].(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		text, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
		check(t, err)
		quoted, err := json.Marshal(text)
		check(t, err)
		if name := spec.Names[0].Name; !strings.Contains(answers.String(), strings.Trim(string(quoted), `"`)) && unscriptedErrors[name] == "" {
			t.Errorf("%s: no script in testdata is answered %s", name, quoted)
		}
		return true
	})
}

func TestComplaintsAboutAParameterNameIt(t *testing.T) {
	for _, e := range exchanges(t) {
		if strings.Contains(e.answer, `"message":"invalid argument`) && !strings.Contains(e.answer, " want ") {
			t.Errorf("%s: %s", e.method, e.answer)
		}
	}
}
