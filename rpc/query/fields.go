package query

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/core/types"
)

// Decode is json.Unmarshal with the place of what does not fit, such as accessList[0].address, in its error.
func Decode(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	place, cause := misplaced(data, reflect.TypeOf(into).Elem())
	if place == "" || cause == nil {
		return err
	}
	return Within(place, cause)
}

// Within adds a place to an error. That of a JSON decoder keeps its kind, for its types to be told in words, and that
// with a code of JSON-RPC its code.
func Within(place string, err error) error {
	var misfit *json.UnmarshalTypeError
	if errors.As(err, &misfit) {
		at := *misfit
		if at.Struct = "object"; at.Field != "" {
			place += "." + at.Field
		}
		at.Field = place
		return &at
	}
	within := fmt.Errorf("%s: %w", place, err)
	if coded, ok := err.(interface{ ErrorCode() int }); ok {
		return WithCode(within, coded.ErrorCode())
	}
	return within
}

// misplaced looks for the innermost value that does not fit its part of a type, and returns where it is and what is
// wrong. The place is empty if it is the whole.
func misplaced(data []byte, t reflect.Type) (place string, err error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if err = json.Unmarshal(data, reflect.New(t).Interface()); err == nil {
		return "", nil
	}
	decodes := reflect.PointerTo(t)
	if t == reflect.TypeFor[types.AccessTuple]() { // its decoder reads its fields as they are
		decodes = t
	}
	if decodes.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		decodes.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && t.Kind() != reflect.Struct {
		return "", err
	}
	for _, p := range partsOf(data, t) {
		if inner, cause := misplaced(p.data, p.as); cause != nil {
			if inner != "" && inner[0] != '[' {
				inner = "." + inner
			}
			return p.place + inner, cause
		}
	}
	return "", err
}

// part is a field or an element of a value, with the type that it is to have.
type part struct {
	place string
	data  json.RawMessage
	as    reflect.Type
}

// partsOf returns the parts of a value that have a type to fit.
func partsOf(data []byte, t reflect.Type) (parts []part) {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		var list []json.RawMessage
		_ = json.Unmarshal(data, &list) // what is no list has no parts
		for i, element := range list {
			parts = append(parts, part{fmt.Sprintf("[%d]", i), element, t.Elem()})
		}
	case reflect.Struct, reflect.Map:
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(data, &fields) // nor has what is no object
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if t.Kind() == reflect.Map {
				key, _ := json.Marshal(name) // a string can always be
				parts = append(parts, part{fmt.Sprintf("%.80s", name), key, t.Key()})
			}
			if as := fieldType(t, name); as != nil {
				parts = append(parts, part{fmt.Sprintf("%.80s", name), fields[name], as})
			}
		}
	}
	return parts
}

// fieldType returns the type of the value under a name, or nil if the name means nothing.
func fieldType(t reflect.Type, name string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && (strings.EqualFold(tag, name) || tag == "" && strings.EqualFold(f.Name, name)) {
			return f.Type
		}
	}
	return nil
}
