// Package typeddata hashes what eth_signTypedData signs: structured data (https://eips.ethereum.org/EIPS/eip-712).
//
// Its time is linear in the data, up to a bound for types that name many others. It knows no keys. Start at Data.
package typeddata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// Data is the parameter of eth_signTypedData as clients send it. That is an object or, from ethers, viem and MetaMask,
// its JSON as a string. The type of the domain may be left out, and the message may have fields that its type does not
// name: they are not signed.
type Data struct{ apitypes.TypedData }

// domainName is the type of the domain.
const domainName = "EIP712Domain"

// UnmarshalJSON reads either form. Numbers keep all their digits.
func (d *Data) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		data = []byte(text)
	}
	if err := checkChainID(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &d.TypedData); err != nil {
		return shortened(err)
	}
	if d.Types == nil {
		return errors.New("types are missing")
	}
	if d.Types[domainName] == nil {
		d.Types[domainName] = domainType(d.Domain)
	}
	switch {
	case d.PrimaryType == "":
		return errors.New("primaryType is missing")
	case d.Types[d.PrimaryType] == nil:
		return fmt.Errorf("primaryType: there is no type %.80q", d.PrimaryType)
	}
	var exact struct{ Message map[string]any }
	digits := json.NewDecoder(bytes.NewReader(data))
	digits.UseNumber()
	if err := digits.Decode(&exact); err != nil {
		return err
	}
	message, err := d.typed(d.PrimaryType, exact.Message)
	d.Message, _ = message.(map[string]any)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	return nil
}

// shortened cuts a number of any length in the error of a decoder.
func shortened(err error) error {
	const most = 80
	if misfit := (*json.UnmarshalTypeError)(nil); errors.As(err, &misfit) && len(misfit.Value) > most {
		misfit.Value = misfit.Value[:most]
	}
	return err
}

// checkChainID refuses a chain id whose decoding would take long, before it is decoded.
func checkChainID(data []byte) error {
	var only struct {
		Domain struct{ ChainID shortNumber }
	}
	return json.Unmarshal(data, &only)
}

// shortNumber is a number of so few digits that decoding it takes no time.
type shortNumber struct{}

// UnmarshalJSON refuses a long number.
func (shortNumber) UnmarshalJSON(text []byte) error { return checkDigits(len(text)) }

// maxDigits is more than any number below 2^256 needs, with a sign and leading zeros.
const maxDigits = 256

// checkDigits refuses a number that is longer than any that fits.
func checkDigits(n int) error {
	if n > maxDigits {
		return fmt.Errorf("a number of %d digits, at most %d", n, maxDigits)
	}
	return nil
}

// Hash returns what is signed. A domain may be empty, and data whose primary type is the domain has no message.
func (d *Data) Hash() ([]byte, error) {
	domain, err := d.typed(domainName, map[string]any(d.Domain.Map()))
	if err != nil {
		return nil, err
	}
	filled := d.TypedData
	filled.Domain.Name = "any"                               // which the library asks for, and does not read below
	if _, err := filled.EncodeData("", nil, 0); err != nil { // which has no fields: it checks types and domain
		return nil, err
	}
	h := &hasher{data: &filled, types: make(map[string][]byte)}
	separator, err := h.structHash(domainName, domain)
	if err != nil {
		return nil, fmt.Errorf("domain: %w", err)
	}
	raw := append([]byte{0x19, 0x01}, separator...)
	if d.PrimaryType != domainName {
		message, err := h.structHash(d.PrimaryType, d.Message)
		if err != nil {
			return nil, fmt.Errorf("message: %w", err)
		}
		raw = append(raw, message...)
	}
	return crypto.Keccak256(raw), nil
}

// domainType is the type of a domain that has none: the fields that are set, in the order of EIP-712.
func domainType(domain apitypes.TypedDataDomain) []apitypes.Type {
	fields := []apitypes.Type{}
	add := func(set bool, name, kind string) {
		if set {
			fields = append(fields, apitypes.Type{Name: name, Type: kind})
		}
	}
	add(domain.Name != "", "name", "string")
	add(domain.Version != "", "version", "string")
	add(domain.ChainId != nil, "chainId", "uint256")
	add(domain.VerifyingContract != "", "verifyingContract", "address")
	add(domain.Salt != "", "salt", "bytes32")
	return fields
}

// typed returns a value as the library takes it, without the fields that its type does not name. It refuses lists of
// another length than their type's. It goes as deep as the value does, which its JSON bounds.
func (d *Data) typed(kind string, value any) (any, error) {
	switch v := value.(type) {
	case json.Number:
		return number(kind, v)
	case string:
		if isInteger(kind) {
			return v, checkDigits(len(v))
		}
	case []any:
		return d.typedList(kind, v)
	case map[string]any:
		fields, known := d.Types[kind]
		if !known {
			return v, nil
		}
		named := make(map[string]any, len(fields))
		for _, f := range fields {
			field, ok := v[f.Name]
			if !ok {
				continue
			}
			var err error
			if named[f.Name], err = d.typed(f.Type, field); err != nil {
				return nil, fmt.Errorf("%.80s: %w", f.Name, err)
			}
		}
		return named, nil
	}
	return value, nil
}

// typedList is typed for a list.
func (d *Data) typedList(kind string, list []any) (any, error) {
	element, length := kind, ""
	if end := strings.LastIndexByte(kind, '['); end >= 0 {
		element, length = kind[:end], strings.TrimSuffix(kind[end+1:], "]")
	}
	if length != "" && length != strconv.Itoa(len(list)) {
		return nil, fmt.Errorf("a list of %d for type %.80s", len(list), kind)
	}
	typed := make([]any, len(list))
	for i, value := range list {
		if value == nil {
			return nil, fmt.Errorf("[%d]: null in a list of type %.80s", i, kind)
		}
		var err error
		if typed[i], err = d.typed(element, value); err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return typed, nil
}

// isInteger reports whether a type is an integer's.
func isInteger(kind string) bool {
	return strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint")
}

// number returns a JSON number for a type: the digits of a whole one if it is an integer's, or else a float.
func number(kind string, n json.Number) (any, error) {
	whole := !strings.ContainsAny(n.String(), ".eE")
	if whole && isInteger(kind) {
		return n.String(), checkDigits(len(n))
	}
	return n.Float64()
}
