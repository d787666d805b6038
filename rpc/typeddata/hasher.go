package typeddata

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"github.com/holiman/uint256"

	"hestia/rpc/budget"
)

// hasher hashes values of types that have been checked. It hashes each type once: geth's library does so for each
// value, after it has looked for all that the type names in time of a power of its length.
type hasher struct {
	data  *apitypes.TypedData
	types map[string][]byte // their hashes
	work  int               // bytes of types so far, with what each names
}

// structHash returns the hash of a value of a type that has fields.
func (h *hasher) structHash(kind string, value any) ([]byte, error) {
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, mismatch(kind, value)
	}
	typeHash, err := h.typeHash(kind)
	if err != nil {
		return nil, err
	}
	encoded := slices.Clone(typeHash)
	for _, f := range h.data.Types[kind] {
		value, given := fields[f.Name]
		if !given {
			return nil, fmt.Errorf("%.80s is missing", f.Name)
		}
		word, err := h.word(f.Type, value)
		if err != nil {
			return nil, fmt.Errorf("%.80s: %w", f.Name, err)
		}
		encoded = append(encoded, word...)
	}
	return crypto.Keccak256(encoded), nil
}

// word returns the 32 bytes of a value.
func (h *hasher) word(kind string, value any) ([]byte, error) {
	switch {
	case strings.HasSuffix(kind, "]"):
		return h.listHash(kind, value)
	case h.data.Types[kind] != nil:
		if _, ok := value.(map[string]any); !ok {
			return nil, mismatch(kind, value)
		}
		return h.structHash(kind, value)
	}
	if value == "" && isInteger(kind) {
		return nil, mismatch(kind, value)
	}
	word, err := h.data.EncodePrimitiveValue(kind, value, 0)
	if bits, ok := strings.CutPrefix(kind, "int"); ok && err == nil && !fits(word, bits) {
		return nil, mismatch(kind, value)
	}
	return word, err
}

// fits reports whether a word is a signed number of so many bits, in decimal. The library looks at its size only.
func fits(word []byte, bits string) bool {
	n, err := strconv.Atoi(bits)
	if err != nil || n < 1 || n > 256 {
		return bits == "" // is 256
	}
	x := new(uint256.Int).SetBytes(word)
	high := x.SRsh(x, uint(n-1)) // the sign, so many times as there is room
	return high.IsZero() || high.Eq(new(uint256.Int).SetAllOne())
}

// listHash returns the hash of a list of elements of a type, which may be lists.
func (h *hasher) listHash(kind string, value any) ([]byte, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, mismatch(kind, value)
	}
	open := strings.LastIndexByte(kind, '[')
	if open < 0 {
		return nil, mismatch(kind, value)
	}
	var encoded []byte
	for i, element := range list {
		word, err := h.word(kind[:open], element)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		encoded = append(encoded, word...)
	}
	return crypto.Keccak256(encoded), nil
}

// typeHash returns the hash of a type: it, then all types that it names, in order.
func (h *hasher) typeHash(kind string) ([]byte, error) {
	if hash := h.types[kind]; hash != nil {
		return hash, nil
	}
	found := map[string]bool{kind: true}
	var named []string
	for next := []string{kind}; len(next) > 0; {
		at := next[len(next)-1]
		next = next[:len(next)-1]
		for _, f := range h.data.Types[at] {
			name, _, _ := strings.Cut(f.Type, "[")
			if h.work += len(f.Type) + len(f.Name) + 2; h.work > budget.TypedDataWork {
				return nil, fmt.Errorf("types that name too many others: at most %d bytes in all", budget.TypedDataWork)
			}
			if !found[name] && h.data.Types[name] != nil {
				found[name] = true
				named, next = append(named, name), append(next, name)
			}
		}
	}
	slices.Sort(named)
	var text strings.Builder
	for _, name := range append([]string{kind}, named...) {
		text.WriteString(name + "(")
		for i, f := range h.data.Types[name] {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(f.Type + " " + f.Name)
		}
		text.WriteByte(')')
	}
	h.types[kind] = crypto.Keccak256([]byte(text.String()))
	return h.types[kind], nil
}

// mismatch reports a value that is none of its type, in the words of geth.
func mismatch(kind string, value any) error {
	return fmt.Errorf("provided data '%.80v' doesn't match type '%.80s'", value, kind)
}
