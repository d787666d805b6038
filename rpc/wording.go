package rpc

import (
	"fmt"
	"regexp"
	"strings"
)

// Decoders say what does not fit in the words of Go: its types, and the structs that fields are in. Clients are told
// the field, what they gave and what is wanted.

var (
	// misfit is the error of a JSON decoder, from its beginning to the end of the line.
	misfit = regexp.MustCompile(
		`json: cannot unmarshal (.+?) into Go (?:value|struct field ([^\s.]*)\.(\S+)) of type ([^\n]+)`,
	)

	// misshaped is what geth's decoders say of hex of another length than the type has: alone, or as the value above.
	misshaped = regexp.MustCompile(`hex string has length (\d+), want (\d+) for [^\s:,]+`)
)

// wanted says what a client must give for a Go type.
var wanted = map[string]string{
	"bool":                   "true or false",
	"string":                 "a string",
	"common.Address":         "20 bytes in hex",
	"common.Hash":            "32 bytes in hex",
	"hexutil.Big":            "a number in hex",
	"hexutil.Bytes":          "bytes in hex",
	"hexutil.U256":           "a number in hex",
	"hexutil.Uint":           "a number in hex",
	"hexutil.Uint64":         "a number in hex",
	"uint256.Int":            "a number, in hex or decimal",
	"rpc.BlockNumber":        "a block's number in hex or tag",
	"rpc.BlockNumberOrHash":  "a block's number in hex, tag or hash",
	"query.plain":            "an object",
	"query.OverrideAccount":  "an object of an account's fields",
	"types.AccessList":       "a list",
	"types.AccessTuple":      "an object of address and storageKeys",
	"apitypes.TypedData":     "an object of EIP-712",
	"apitypes.TypedDataType": "an object of name and type",
}

// wantedOf says what a client must give for a Go type; it is empty for what has no words.
func wantedOf(goType string) string {
	goType = strings.TrimLeft(goType, "*")
	switch words, known := wanted[goType]; {
	case known:
		return words
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["), strings.HasPrefix(goType, "struct {"):
		return "an object"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"), strings.HasPrefix(goType, "float"):
		return "a number"
	}
	return ""
}

// inWords returns a complaint without what only readers of Go understand.
func inWords(text string) string {
	text = misfit.ReplaceAllStringFunc(text, func(found string) string {
		part := misfit.FindStringSubmatch(found)
		have, field, want := "have "+part[1], part[3], wantedOf(part[4])
		if misshaped.MatchString(have) {
			have, want = part[1], "" // it says what is wanted
		}
		if field == "" { // of the parameter itself, its name's kind has been said
			return have
		}
		if want != "" {
			want = ", want " + want
		}
		return fmt.Sprintf("%s: %s%s", field, have, want)
	})
	return misshaped.ReplaceAllString(text, "have $1 digits of hex, want $2")
}
