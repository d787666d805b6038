package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// The requests that clients make most often are answered here: geth's server would set up the bookkeeping of a
// connection for each. A request that is not exactly of this kind, or not well-formed, goes to geth's server unchanged,
// which alone decides what is wrong with it (docs/adr/0013).

// maxDirect bounds the bodies that are looked at here, in bytes.
const maxDirect = 128 << 10

// directMethods are the direct methods of a table, by full name.
type directMethods struct {
	table   table
	methods map[string]*directMethod
}

// directMethod is a method ready to be called: its function and the types of its parameters.
type directMethod struct {
	run     reflect.Value
	context bool // it takes the request's
	params  []reflect.Type
}

// newDirectMethods takes the direct methods from a table: none if trying something out may take longer than the server
// has for an answer, which geth's server then ends.
func newDirectMethods(t table, timeout time.Duration) directMethods {
	d := directMethods{t, make(map[string]*directMethod)}
	if timeout > writeTimeout/2 {
		return d
	}
	for name, row := range t {
		if !row.Is.Has(query.Direct) {
			continue
		}
		m := &directMethod{run: reflect.ValueOf(row.Do)}
		for param := range m.run.Type().Ins() {
			if param == reflect.TypeFor[context.Context]() {
				m.context = true
			} else {
				m.params = append(m.params, param)
			}
		}
		d.methods[name] = m
	}
	return d
}

// bodies are buffers for requests.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// handler answers direct requests and leaves the others to next.
func (d directMethods) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.ContentLength <= 0 || r.ContentLength > maxDirect ||
			r.Header.Get("Content-Type") != "application/json" {
			next.ServeHTTP(w, r)
			return
		}
		buffer := bodies.Get().(*[]byte)
		if int64(cap(*buffer)) < r.ContentLength {
			*buffer = make([]byte, r.ContentLength)
		}
		body := (*buffer)[:r.ContentLength]
		n, err := io.ReadFull(r.Body, body)
		if err == nil {
			if answer, ok := d.answer(r.Context(), body); ok {
				bodies.Put(buffer)
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
				_, _ = w.Write(answer) // a client that has left needs no answer
				return
			}
		}
		again := io.Reader(bytes.NewReader(body[:n]))
		if err != nil {
			again = io.MultiReader(again, failedReader{err})
		}
		r.Body = readCloser{again, r.Body}
		next.ServeHTTP(w, r)
	})
}

// failedReader fails with the error that ended a body too early.
type failedReader struct{ err error }

// Read returns the error.
func (f failedReader) Read([]byte) (int, error) { return 0, f.err }

// answer returns the answer to a request, or false if geth's server must give it. The answer shares no memory with the
// request.
func (d directMethods) answer(ctx context.Context, body []byte) (answer []byte, ok bool) {
	request, ok := splitRequest(body)
	if !ok {
		return nil, false
	}
	method := d.methods[string(request.method)]
	if method == nil {
		return nil, false
	}
	params, ok := method.decode(ctx, request.params)
	if !ok {
		return nil, false
	}
	defer func() {
		if recover() != nil {
			ok = false // it panics again in geth's server, which reports it
		}
	}()
	member, encoded, err := method.call(params)
	if err != nil {
		return nil, false
	}
	answer = make([]byte, 0, len(`{"jsonrpc":"2.0","id":,"result":}`)+len(request.id)+len(encoded))
	answer = append(append(answer, `{"jsonrpc":"2.0","id":`...), request.id...)
	answer = append(append(append(answer, `,"`...), member...), `":`...)
	answer = append(append(answer, encoded...), '}')
	if member == "error" {
		answer = d.table.renamed(body, answer)
	}
	return answer, true
}

// call runs the method and returns its result or error in JSON, and which of them it is.
func (m *directMethod) call(params []reflect.Value) (member string, encoded []byte, err error) {
	results := m.run.Call(params)
	if len(results) == 2 && !results[1].IsNil() {
		encoded, err = encodeError(results[1].Interface().(error))
		return "error", encoded, err
	}
	result := results[0].Interface()
	if m, ok := result.(json.Marshaler); ok {
		encoded, err = m.MarshalJSON()
	} else {
		encoded, err = json.Marshal(result)
	}
	return "result", encoded, err
}

// encodeError writes an error as geth's server does.
func encodeError(err error) ([]byte, error) {
	e := struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Data    any    `json:"data,omitempty"`
	}{Code: query.CodeDefault, Message: err.Error()}
	if coded, ok := err.(gethrpc.Error); ok {
		e.Code = coded.ErrorCode()
	}
	if with, ok := err.(gethrpc.DataError); ok {
		e.Data = with.ErrorData()
	}
	return json.Marshal(e)
}

// decode returns what to call the method with, or false if the parameters do not fit.
func (m *directMethod) decode(ctx context.Context, list []byte) (values []reflect.Value, ok bool) {
	values = make([]reflect.Value, 0, len(m.params)+1)
	if m.context {
		values = append(values, reflect.ValueOf(ctx))
	}
	missing := m.params
	ok = eachElement(list, func(element []byte) bool {
		if len(missing) == 0 {
			return false
		}
		value, ok := decodeParameter(element, missing[0])
		values, missing = append(values, value), missing[1:]
		return ok
	})
	for _, param := range missing {
		if param.Kind() != reflect.Pointer {
			return nil, false
		}
		values = append(values, reflect.Zero(param))
	}
	return values, ok
}

// decodeParameter decodes one parameter; null stands for one that may be left out.
func decodeParameter(element []byte, param reflect.Type) (reflect.Value, bool) {
	optional := param.Kind() == reflect.Pointer
	if string(element) == "null" {
		return reflect.Zero(param), optional
	}
	if optional {
		param = param.Elem()
	}
	value := reflect.New(param)
	var err error
	if u, ok := value.Interface().(json.Unmarshaler); ok {
		err = u.UnmarshalJSON(element)
	} else {
		err = json.Unmarshal(element, value.Interface())
	}
	if !optional {
		value = value.Elem()
	}
	return value, err == nil
}
