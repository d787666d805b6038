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

// geth's server says which parameter is wrong by its place. Its name and what was wanted are added to that here; over connections
// that stay, conversation.go knows what was asked, over HTTP it is looked up in the request's body.

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
	"number": "a block's number", "options": "a query of logs, or whether transactions in full", "page": "a number up to 255", "percentiles": "a list of numbers", "place": "a list of numbers in hex",
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
	if h.body.Len() <= maxRenamed {
		answer = renamed(h.request.Bytes(), answer)
	}
	if header := h.Header(); header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(answer)))
	}
	_, err := h.ResponseWriter.Write(answer)
	return err
}

// renamed returns the answer with names of parameters in it, as it is where it cannot be understood.
func renamed(body, answer []byte) []byte {
	if !bytes.Contains(answer, []byte(`"code":-32602`)) {
		return answer
	}
	asked, err := oneOrMore[request](body)
	if err != nil {
		return answer
	}
	names := make(map[string][]string, len(asked))
	for _, r := range asked {
		names[string(r.ID)] = parameterNames[r.Method]
	}
	answered, err := oneOrMore[message](answer)
	if err != nil {
		return answer
	}
	for i, m := range answered {
		if m.Error != nil {
			answered[i].Error = withNames(m.Error, names[string(m.ID)])
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

// withNames returns an error object with the parameter's name in its message, as it is where it does not complain of one.
func withNames(fault json.RawMessage, names []string) json.RawMessage {
	if len(names) == 0 || !bytes.Contains(fault, []byte(`"code":-32602`)) {
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
	object.Message = withName(object.Message, names)
	named, err := json.Marshal(object)
	if err != nil {
		return fault
	}
	return named
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
