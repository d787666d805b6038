package rpc

import (
	"encoding/json"
	"errors"
)

// message is any of JSON-RPC, with the fields and tags of geth's.
type message struct {
	Version string          `json:"jsonrpc,omitempty"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// append adds the message's text, with the name of a parameter that it complains of.
func (m message) append(text []byte, c *conversation) []byte {
	text = append(text, `{"jsonrpc":"2.0"`...)
	if m.ID != nil {
		text = append(append(text, `,"id":`...), m.ID...)
	}
	if m.Method != "" {
		method, _ := json.Marshal(m.Method) // a string has a JSON
		text = append(append(text, `,"method":`...), method...)
	}
	if m.Params != nil {
		text = append(append(text, `,"params":`...), m.Params...)
	}
	if m.Error != nil {
		text = append(append(text, `,"error":`...), withNames(m.Error, c.paramsOf(m.ID))...)
	}
	if m.Result != nil {
		text = append(append(text, `,"result":`...), m.Result...)
	}
	return append(text, '}')
}

// oneOrMore decodes one message or a batch; what is none is left empty. It fails on what is not JSON.
func oneOrMore[M any](text []byte) (list []M, err error) {
	if isBatch(text) {
		err = json.Unmarshal(text, &list)
	} else {
		list = make([]M, 1)
		err = json.Unmarshal(text, &list[0])
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, syntax
	}
	return list, nil
}

// isBatch tells an array from anything else.
func isBatch(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			return c == '['
		}
	}
	return false
}
