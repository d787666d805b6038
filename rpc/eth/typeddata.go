package eth

import (
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// typedData is the parameter of eth_signTypedData: structured data (https://eips.ethereum.org/EIPS/eip-712) as clients
// send it. That is an object or, from ethers, viem and MetaMask, its JSON as a string. The type of the domain may be
// left out, and the message may have fields that its type does not name: they are not signed.
type typedData struct{ apitypes.TypedData }

// UnmarshalJSON reads either form.
func (d *typedData) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		data = []byte(text)
	}
	if err := json.Unmarshal(data, &d.TypedData); err != nil {
		return err
	}
	if d.Types == nil {
		return fmt.Errorf("types are missing")
	}
	if d.Types["EIP712Domain"] == nil {
		d.Types["EIP712Domain"] = domainType(d.Domain)
	}
	d.Message, _ = d.typed(d.PrimaryType, map[string]any(d.Message)).(map[string]any)
	return nil
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

// typed returns a value without the fields that its type does not name. It goes as deep as the value does, which its
// JSON bounds.
func (d *typedData) typed(kind string, value any) any {
	switch v := value.(type) {
	case []any:
		element := kind
		if end := lastBracket(kind); end >= 0 {
			element = kind[:end]
		}
		list := make([]any, len(v))
		for i := range v {
			list[i] = d.typed(element, v[i])
		}
		return list
	case map[string]any:
		fields, known := d.Types[kind]
		if !known {
			return v
		}
		named := make(map[string]any, len(fields))
		for _, f := range fields {
			if field, ok := v[f.Name]; ok {
				named[f.Name] = d.typed(f.Type, field)
			}
		}
		return named
	}
	return value
}

// lastBracket returns the index of the last bracket that opens in a type, -1 if it is no list.
func lastBracket(kind string) int {
	for i := len(kind) - 1; i >= 0; i-- {
		if kind[i] == '[' {
			return i
		}
	}
	return -1
}
