package rpc

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// geth's server says which parameter is wrong by its place. Over HTTP its name and what was wanted are added to that here.

//go:embed names.txt
var namesText string

// parameterNames are the names of methods' parameters, in order.
var parameterNames = func() map[string][]string {
	names := make(map[string][]string)
	for line := range strings.Lines(namesText) {
		words := strings.Fields(line)
		names[words[0]] = words[1:]
	}
	return names
}()

// wanted says what a parameter of a name shall be.
var wanted = map[string]string{
	"abi": "a list of entries as compilers write it", "address": "20 bytes in hex", "block": "a block's number in hex, tag or hash",
	"blockOverrides": "an object of a block's fields", "calls": "a list of pairs of a transaction and kinds of trace",
	"config": "an object", "count": "a number", "data": "bytes in hex", "filter": "a filter's id", "full": "true or false",
	"gas": "a number in hex", "gasPrice": "a number in hex", "hash": "32 bytes in hex", "incompletes": "true or false",
	"index": "a number in hex", "key": "up to 32 bytes in hex", "keys": "a list of storage keys in hex",
	"kind": "newHeads, logs, newPendingTransactions or syncing", "kinds": "a list of trace, vmTrace and stateDiff",
	"milliseconds": "a number in hex", "nocode": "true or false", "nonce": "a number", "nostorage": "true or false",
	"number": "a block's number", "page": "a number up to 255", "percentiles": "a list of numbers", "place": "a list of numbers in hex",
	"query": "an object", "requests": "an object of lists of storage keys, by address", "signature": "65 bytes in hex",
	"simulation": "an object with blockStateCalls", "size": "a number", "start": "bytes in hex",
	"stateOverrides": "an object of accounts, by address", "subscription": "a subscription's id",
	"transaction": "an object of a transaction's fields", "typedData": "an object of EIP-712",
}

// maxRenamed bounds the answers that are looked into, in bytes: errors are short.
const maxRenamed = 64 << 10

// aboutParameter is how geth's server begins its complaints.
var aboutParameter = regexp.MustCompile(`^(invalid argument|missing value for required argument) (\d+)`)

// nameParameters adds names to complaints about parameters.
func nameParameters(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.ContentLength > bodyLimit {
			next.ServeHTTP(w, r)
			return
		}
		request := new(bytes.Buffer)
		original := r.Body
		r.Body = readCloser{io.TeeReader(original, request), original}
		held := &heldAnswer{ResponseWriter: w, request: request}
		next.ServeHTTP(held, r)
		_ = held.send() // a client that has left needs no answer
	})
}

type readCloser struct {
	io.Reader
	io.Closer
}

// heldAnswer keeps a short answer back, and lets a long one through.
type heldAnswer struct {
	http.ResponseWriter
	request *bytes.Buffer
	body    bytes.Buffer
	through bool
}

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

// send writes what was kept back, with names where it complains about parameters.
func (h *heldAnswer) send() error {
	if h.through {
		return nil
	}
	h.through = true
	answer := h.body.Bytes()
	if h.body.Len() <= maxRenamed && bytes.Contains(answer, []byte(`"code":-32602`)) {
		answer = renamed(h.request.Bytes(), answer)
	}
	if header := h.Header(); header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(answer)))
	}
	_, err := h.ResponseWriter.Write(answer)
	return err
}

// message is a request or an answer, as far as it matters here; fields keep the order of geth's.
type message struct {
	Version json.RawMessage `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method,omitempty"`
	Error   *struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data,omitempty"`
	} `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// renamed returns the answer with names of parameters in it, as it is where it cannot be understood.
func renamed(request, answer []byte) []byte {
	asked, answered := messages(request), messages(answer)
	methods := make(map[string]string, len(asked))
	for _, m := range asked {
		methods[string(m.ID)] = m.Method
	}
	for _, m := range answered {
		if m.Error != nil {
			m.Error.Message = withName(m.Error.Message, parameterNames[methods[string(m.ID)]])
		}
	}
	var out []byte
	var err error
	switch {
	case len(answered) == 0:
		return answer
	case answer[0] == '[':
		out, err = json.Marshal(answered)
	default:
		out, err = json.Marshal(answered[0])
	}
	if err != nil {
		return answer
	}
	return append(out, '\n')
}

// messages decodes one message or a batch, none where it is neither.
func messages(text []byte) (list []*message) {
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] != '[' {
		text = append(append([]byte{'['}, text...), ']')
	}
	if json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

// withName adds the parameter's name and what it shall be after its place.
func withName(text string, names []string) string {
	found := aboutParameter.FindStringSubmatchIndex(text)
	if found == nil {
		return text
	}
	place, err := strconv.Atoi(text[found[4]:found[5]])
	if err != nil || place >= len(names) {
		return text
	}
	name := names[place]
	if want := wanted[name]; want != "" {
		name += ", want " + want
	}
	return text[:found[1]] + " (" + name + ")" + text[found[1]:]
}
