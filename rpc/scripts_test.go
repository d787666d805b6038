package rpc_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"strconv"
	"strings"
	"testing"
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
	document, err := os.ReadFile(methodTable)
	check(t, err)
	for line := range strings.Lines(string(document)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || strings.TrimSpace(cells[2]) != "answers |" {
			continue
		}
		method := strings.TrimPrefix(cells[0], "| ")
		if !results[method] {
			t.Errorf("%s: no script shows a result", method)
		}
		if !errors[method] {
			t.Errorf("%s: no script shows an error", method)
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
		if name := spec.Names[0].Name; !strings.Contains(answers.String(), strings.Trim(string(quoted), `"`)) {
			t.Errorf("%s: no script is answered %s", name, quoted)
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
