package abi

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// maxDecoded bounds what decoding one call, log or error may take, in words of 32 bytes. Encoded lists may share
// their elements, so a few hundred bytes can stand for gigabytes.
const maxDecoded = 1 << 20

// What is wrong with encoded arguments.
var (
	ErrAmplified = fmt.Errorf("the arguments may take more than %d words", maxDecoded)
	ErrNoTopic   = errors.New("the log has no topic")
)

// Named is a call, an event or an error with its arguments.
type Named struct {
	Name      string // as declared, without types
	Arguments []Argument
}

// maxArgument bounds what one argument takes in Named.String, in bytes.
const maxArgument = 256

// String writes a call, an event or an error with its arguments and their names: transfer(to=0x.., amount=25). A
// contract chose the text: it is valid UTF-8, and of each argument at most 256 bytes.
func (n Named) String() string {
	words := make([]string, len(n.Arguments))
	for i, argument := range n.Arguments {
		text := argument.Text()
		words[i] = strings.ToValidUTF8(text[:min(len(text), maxArgument)], "\uFFFD")
		if argument.Name != "" {
			words[i] = argument.Name + "=" + words[i]
		}
	}
	return n.Name + "(" + strings.Join(words, ", ") + ")"
}

// Argument is a decoded argument. Value is of the Go type that geth's abi package decodes to.
type Argument struct {
	Name  string // empty if the interface gives none
	Value any

	kind gethabi.Type // a byte string and a list of uint8 have one type in Go
}

// Text writes the value as people read it: text quoted, bytes in hex, addresses with their checksum, lists in brackets,
// tuples in parentheses with the names of their fields. It may hold any character that a contract chose outside quotes
// too, and is as long as the value.
func (a Argument) Text() string {
	switch v := a.Value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case common.Hash: // of an indexed argument longer than a word
		return v.Hex()
	}
	return text(a.kind, reflect.ValueOf(a.Value))
}

// text writes a value of a type.
func text(t gethabi.Type, v reflect.Value) string {
	var parts []string
	switch t.T {
	case gethabi.StringTy:
		return fmt.Sprintf("%q", v.String())
	case gethabi.BytesTy, gethabi.FixedBytesTy, gethabi.FunctionTy:
		return fmt.Sprintf("0x%x", v.Interface())
	case gethabi.SliceTy, gethabi.ArrayTy:
		for i := range v.Len() {
			parts = append(parts, text(*t.Elem, v.Index(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case gethabi.TupleTy:
		for i, elem := range t.TupleElems {
			part := text(*elem, v.Field(i))
			if t.TupleRawNames[i] != "" {
				part = t.TupleRawNames[i] + "=" + part
			}
			parts = append(parts, part)
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return fmt.Sprint(v.Interface())
}

// named decodes data as the arguments of what is called name.
func named(name string, inputs gethabi.Arguments, data []byte) (Named, bool) {
	values, err := unpack(inputs, data)
	if err != nil {
		return Named{}, false
	}
	return join(name, inputs, values), true
}

func join(name string, inputs gethabi.Arguments, values []any) Named {
	n := Named{name, make([]Argument, len(values))}
	for i, value := range values {
		n.Arguments[i] = Argument{inputs[i].Name, value, inputs[i].Type}
	}
	return n
}

// unpack decodes data, if the result is bounded.
func unpack(inputs gethabi.Arguments, data []byte) ([]any, error) {
	total := 0
	for _, input := range inputs {
		if total += most(input.Type, len(data)/32+1); total > maxDecoded {
			return nil, ErrAmplified
		}
	}
	return inputs.Unpack(data)
}

// most returns the most words that a value of a type can take if it is decoded from data of so many, maxDecoded+1 for
// any more.
func most(t gethabi.Type, data int) int {
	total := 1
	switch t.T {
	case gethabi.StringTy, gethabi.BytesTy:
		total = data
	case gethabi.SliceTy:
		total = times(data, most(*t.Elem, data))
	case gethabi.ArrayTy:
		total = times(t.Size, most(*t.Elem, data))
	case gethabi.TupleTy:
		for _, elem := range t.TupleElems {
			total = min(total+most(*elem, data), maxDecoded+1)
		}
	}
	return min(total, maxDecoded+1)
}

// times multiplies without overflow, for factors of at most maxDecoded+1.
func times(a, b int) int {
	return int(min(uint64(min(a, maxDecoded+1))*uint64(b), maxDecoded+1))
}

// EventValues decodes the arguments of a log in their order. Of an indexed argument longer than a word the log has
// only the hash. What is decoded has no bound: the log is to be the caller's own.
func EventValues(event gethabi.Event, log *types.Log) ([]any, error) {
	return eventValues(event, log, gethabi.Arguments.Unpack)
}

// eventValues is EventValues with the decoder of the data.
func eventValues(
	event gethabi.Event, log *types.Log, unpack func(gethabi.Arguments, []byte) ([]any, error),
) ([]any, error) {
	if len(log.Topics) == 0 {
		return nil, ErrNoTopic
	}
	var indexed, plain gethabi.Arguments
	for i, input := range event.Inputs {
		if !input.Indexed {
			plain = append(plain, input)
			continue
		}
		input.Name = fmt.Sprint(i) // an interface may leave names out or repeat them
		indexed = append(indexed, input)
	}
	topics := make(map[string]any)
	if err := gethabi.ParseTopicsIntoMap(topics, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	data, err := unpack(plain, log.Data)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, len(event.Inputs))
	for i, input := range event.Inputs {
		if input.Indexed {
			values = append(values, topics[fmt.Sprint(i)])
			continue
		}
		values, data = append(values, data[0]), data[1:]
	}
	return values, nil
}
