package rpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/lru"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/ewasm"
	"hestia/internal/wasm"
)

// What interfaces may cost: clients and contracts write them.
const (
	maxABI       = 256 << 10 // bytes of one interface
	maxABIErrors = 4096      // errors known at once; of more the oldest is forgotten
	maxArgument  = 256       // bytes that one argument of an error takes in a message
)

// abiSection is the custom section in which a module may carry its interface as JSON.
const abiSection = "abi"

// abiBook knows contracts' errors by their selector.
type abiBook struct {
	read   *lru.Cache[common.Hash, struct{}] // code whose section was looked at
	mu     sync.Mutex
	errors lru.BasicLRU[[4]byte, abi.Error]
}

func newABIBook() *abiBook {
	return &abiBook{read: lru.NewCache[common.Hash, struct{}](maxABIErrors), errors: lru.NewBasicLRU[[4]byte, abi.Error](maxABIErrors)}
}

// add learns the errors of an interface and says how many it names.
func (b *abiBook) add(text []byte) (int, error) {
	if len(text) > maxABI {
		return 0, fmt.Errorf("longer than %d bytes", maxABI)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || text[0] != '[' {
		return 0, errNoABI
	}
	parsed, err := abi.JSON(bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range parsed.Errors {
		b.errors.Add([4]byte(e.ID[:4]), e)
	}
	return len(parsed.Errors), nil
}

// learn adds what the custom section of an account's code says, if it has one that can be read.
func (b *abiBook) learn(db *gstate.StateDB, account common.Address) {
	if target, delegated := types.ParseDelegation(db.GetCode(account)); delegated {
		account = target
	}
	hash := db.GetCodeHash(account)
	if b.read.Contains(hash) {
		return
	}
	b.read.Add(hash, struct{}{})
	code := db.GetCode(account)
	if !ewasm.IsWasm(code) || !bytes.Contains(code, []byte(abiSection)) {
		return
	}
	module, err := wasm.Decode(code)
	if err != nil {
		return
	}
	for _, section := range module.Customs {
		if section.Name == abiSection {
			_, _ = b.add(section.Data) // a contract may carry any nonsense
		}
	}
}

// describe returns the error that output encodes as its declaration with values, false if it is not known.
func (b *abiBook) describe(output []byte) (string, bool) {
	if len(output) < 4 {
		return "", false
	}
	b.mu.Lock()
	known, found := b.errors.Get([4]byte(output[:4]))
	b.mu.Unlock()
	if !found {
		return "", false
	}
	values, err := known.Inputs.Unpack(output[4:])
	if err != nil {
		return "", false
	}
	words := make([]string, len(values))
	for i, value := range values {
		word := describeValue(value)
		if name := known.Inputs[i].Name; name != "" {
			word = name + "=" + word
		}
		words[i] = word
	}
	return known.Name + "(" + strings.Join(words, ", ") + ")", true
}

func describeValue(value any) string {
	text := fmt.Sprint(value)
	switch v := reflect.ValueOf(value); {
	case v.Kind() == reflect.String:
		text = fmt.Sprintf("%q", value)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		text = hexutil.Encode(v.Bytes())
	case v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8 && v.Type().Name() == "":
		text = fmt.Sprintf("0x%x", value)
	}
	return strings.ToValidUTF8(text[:min(len(text), maxArgument)], "\uFFFD")
}

// hestiaAPI is hestia: what only this node has.
type hestiaAPI struct{ *service }

// AddABI teaches the node a contract's interface, a list as compilers write it or that list as a string, so that errors are
// told by name. It returns how many errors the interface declares.
func (a *hestiaAPI) AddABI(contract json.RawMessage) (int, error) {
	text := []byte(contract)
	var quoted string
	if json.Unmarshal(contract, &quoted) == nil {
		text = []byte(quoted)
	}
	n, err := a.abis.add(text)
	if err != nil {
		return 0, invalidParams("invalid abi: %w", err)
	}
	return n, nil
}
