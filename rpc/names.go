package rpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// geth's server says which parameter is wrong by its place. Its name and what is wanted are added here. Over HTTP the
// method is looked up in the request's body; on connections that stay, conversation.go knows it.

// maxRenamed bounds the answers that are looked into, in bytes: errors are short.
const maxRenamed = 64 << 10

// aboutParameter is how geth's server begins its complaints.
var aboutParameter = regexp.MustCompile(`^(invalid argument|missing value for required argument) (\d+)`)

// nameParameters adds names to complaints about parameters.
func (t table) nameParameters(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.ContentLength > budget.BodyBytes {
			next.ServeHTTP(w, r)
			return
		}
		request := new(bytes.Buffer)
		original := r.Body
		r.Body = readCloser{io.TeeReader(original, request), original}
		held := &heldAnswer{ResponseWriter: w, table: t, request: request}
		next.ServeHTTP(held, r)
		_ = held.send() // a client that has left needs no answer
	})
}

// readCloser reads from one thing and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

// heldAnswer keeps a short answer back, and lets a long one through.
type heldAnswer struct {
	http.ResponseWriter
	table   table
	request *bytes.Buffer
	body    bytes.Buffer
	through bool
}

// Write keeps a short answer back; once it is too long for a complaint, it goes to the client as it comes.
func (h *heldAnswer) Write(data []byte) (int, error) {
	if h.through {
		return h.ResponseWriter.Write(data)
	}
	h.body.Write(data)
	if h.body.Len() > maxRenamed {
		return len(data), h.send()
	}
	return len(data), nil
}

// Flush is what geth's server calls once an error is written in full.
func (h *heldAnswer) Flush() {
	_ = h.send() // as above
	if f, ok := h.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// send writes what was kept back, with names in complaints about parameters.
func (h *heldAnswer) send() error {
	if h.through {
		return nil
	}
	h.through = true
	answer := h.body.Bytes()
	if h.body.Len() <= maxRenamed {
		answer = h.table.renamed(h.request.Bytes(), answer)
	}
	if header := h.Header(); header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(answer)))
	}
	_, err := h.ResponseWriter.Write(answer)
	return err
}

// renamed returns the answer with names of parameters in it, or unchanged if it cannot be understood.
func (t table) renamed(body, answer []byte) []byte {
	if !bytes.Contains(answer, []byte(`"code":-32602`)) {
		return answer
	}
	asked, err := oneOrMore[message](body)
	if err != nil {
		return answer
	}
	params := make(map[string]query.Params, len(asked))
	for _, r := range asked {
		params[string(r.ID)] = t[r.Method].Params
	}
	answered, err := oneOrMore[message](answer)
	if err != nil {
		return answer
	}
	for i, m := range answered {
		if m.Error != nil {
			answered[i].Error = withNames(m.Error, params[string(m.ID)])
		}
	}
	var text []byte
	if isBatch(answer) {
		text, err = json.Marshal(answered)
	} else {
		text, err = json.Marshal(answered[0])
	}
	if err != nil {
		return answer
	}
	return append(text, '\n')
}

// withNames returns an error object with the parameter's name in its message, or unchanged if it does not complain of
// one.
func withNames(fault json.RawMessage, params query.Params) json.RawMessage {
	if len(params) == 0 || !bytes.Contains(fault, []byte(`"code":-32602`)) {
		return fault
	}
	var object struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data,omitempty"`
	}
	if json.Unmarshal(fault, &object) != nil {
		return fault
	}
	object.Message = withName(object.Message, params.List())
	named, err := json.Marshal(object)
	if err != nil {
		return fault
	}
	return named
}

// withName adds the parameter's name and what is wanted after its place, and says what is wrong without Go's types.
func withName(text string, params []query.Param) string {
	text = inWords(text)
	found := aboutParameter.FindStringSubmatchIndex(text)
	if found == nil {
		return text
	}
	place, err := strconv.Atoi(text[found[4]:found[5]])
	if err != nil || place >= len(params) {
		return text
	}
	return fmt.Sprintf("%s (%s, want %s)%s", text[:found[1]], params[place].Name, params[place].Want, text[found[1]:])
}
