package rpc

import (
	"bytes"
	"encoding/json"
)

// plainRequest is the members of a request as they stand in its body.
type plainRequest struct{ id, method, params []byte }

// splitRequest takes a request apart. It is false unless that is one object with the members of a call and no others,
// each at most once and without escapes, its id a number or a string, and its parameters a list if there are any.
func splitRequest(body []byte) (r plainRequest, ok bool) {
	if !json.Valid(body) {
		return r, false
	}
	s := splitter{text: body}
	if s.next() != '{' {
		return r, false
	}
	var version []byte
	for s.i++; s.next() == '"'; s.pass(',') {
		key := s.value()
		s.pass(':')
		member := r.member(key, &version)
		if member == nil || *member != nil {
			return r, false
		}
		s.next()
		*member = s.value()
	}
	if string(version) != `"2.0"` || len(r.id) == 0 || bytes.IndexByte([]byte(`"-0123456789`), r.id[0]) < 0 ||
		len(r.method) == 0 || r.method[0] != '"' || bytes.IndexByte(r.method, '\\') >= 0 ||
		len(r.params) > 0 && r.params[0] != '[' {
		return r, false
	}
	r.method = r.method[1 : len(r.method)-1]
	return r, true
}

// member returns the field for the member of a quoted name, nil for one that no call has.
func (r *plainRequest) member(key []byte, version *[]byte) *[]byte {
	switch string(key) {
	case `"jsonrpc"`:
		return version
	case `"id"`:
		return &r.id
	case `"method"`:
		return &r.method
	case `"params"`:
		return &r.params
	}
	return nil
}

// eachElement gives the elements of a list, valid JSON or empty, one after another as long as give returns true, and
// returns whether it always did.
func eachElement(list []byte, give func(element []byte) bool) bool {
	if len(list) == 0 {
		return true
	}
	for s := (splitter{list, 1}); s.next() != ']'; s.pass(',') {
		if !give(s.value()) {
			return false
		}
	}
	return true
}

// splitter goes through valid JSON.
type splitter struct {
	text []byte
	i    int
}

// next goes to the next byte that is not white space and returns it.
func (s *splitter) next() byte {
	for {
		switch c := s.text[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
}

// pass goes behind a byte if it comes next.
func (s *splitter) pass(c byte) {
	if s.next() == c {
		s.i++
	}
}

// value goes behind the value that begins here and returns it.
func (s *splitter) value() []byte {
	begin := s.i
	switch s.text[s.i] {
	case '"':
		s.quoted()
	case '{', '[':
		s.nested()
	default:
		s.i += bytes.IndexAny(s.text[s.i:], ",]} \t\n\r") // what it stands in has an end
	}
	return s.text[begin:s.i]
}

// quoted goes behind a string.
func (s *splitter) quoted() {
	for s.i++; s.text[s.i] != '"'; s.i++ {
		if s.text[s.i] == '\\' {
			s.i++
		}
	}
	s.i++
}

// nested goes behind an object or a list.
func (s *splitter) nested() {
	for depth := 0; ; {
		switch s.text[s.i] {
		case '"':
			s.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if s.i++; depth == 0 {
			return
		}
	}
}
