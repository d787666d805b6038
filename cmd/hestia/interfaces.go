package main

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
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/contracts"
	"hestia/internal/wasm"
)

// wellKnown are methods that many contracts have.
var wellKnown = []string{
	"transfer(address,uint256)", "approve(address,uint256)", "transferFrom(address,address,uint256)", "mint(address,uint256)",
	"burn(uint256)", "safeTransferFrom(address,address,uint256)", "setApprovalForAll(address,bool)",
	"transferOwnership(address)", "renounceOwnership()", "deposit()", "withdraw(uint256)", "withdraw()", "initialize()",
	"increment()", "add(uint256)", "multicall(bytes[])", "set(uint256)", "store(uint256)", "setGreeting(string)",
}

// maxInterface bounds what a contract may say of itself, and maxText what one argument takes in a line, in bytes.
const (
	maxInterface = 256 << 10
	maxText      = 80
)

// interfaces knows methods by their selector and events by their topic. It is safe for concurrent use.
type interfaces struct {
	mu      sync.Mutex
	methods map[[4]byte]abi.Method
	events  map[common.Hash][]abi.Event // which may differ in what is indexed
	read    map[common.Hash]bool        // code that was asked for its interface
}

func newInterfaces() *interfaces {
	k := &interfaces{methods: make(map[[4]byte]abi.Method), events: make(map[common.Hash][]abi.Event), read: make(map[common.Hash]bool)}
	for _, signature := range wellKnown {
		selector, err := abi.ParseSelector(signature)
		if err == nil {
			var text []byte
			if text, err = json.Marshal([]abi.SelectorMarshaling{selector}); err == nil {
				err = k.add(text)
			}
		}
		if err != nil {
			panic(err) // the list above is wrong
		}
	}
	for _, sample := range contracts.All() {
		if err := k.add([]byte(sample.ABI)); err != nil {
			panic(err) // ours
		}
	}
	return k
}

// add learns an interface in Solidity's JSON, alone or as the abi of an object, as compilers write it.
func (k *interfaces) add(text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		var artifact struct {
			ABI json.RawMessage `json:"abi"`
		}
		if err := json.Unmarshal(text, &artifact); err != nil {
			return err
		}
		text = artifact.ABI
	}
	parsed, err := abi.JSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range parsed.Methods {
		k.methods[[4]byte(m.ID)] = m
	}
	for _, e := range parsed.Events {
		k.events[e.ID] = append(k.events[e.ID], e)
	}
	return nil
}

// learn takes the interface from the custom section abi of a contract's code, if there is one.
func (k *interfaces) learn(hash common.Hash, code []byte) {
	k.mu.Lock()
	done := k.read[hash]
	k.read[hash] = true
	k.mu.Unlock()
	if done || !bytes.Contains(code, []byte("abi")) {
		return
	}
	module, err := wasm.Decode(code)
	if err != nil {
		return
	}
	for _, section := range module.Customs {
		if section.Name == "abi" && len(section.Data) <= maxInterface {
			_ = k.add(section.Data) // a contract may say any nonsense
		}
	}
}

// decoded is a call or an event in words.
type decoded struct {
	Name string   `json:"name"` // a selector or topic where it is not known
	Args []string `json:"args"` // nil where it is not known
}

// String writes it as a call, with addresses shortened.
func (d decoded) String() string {
	if d.Args == nil {
		return d.Name
	}
	args := make([]string, len(d.Args))
	for i, arg := range d.Args {
		if args[i] = arg; len(arg) == 42 && common.IsHexAddress(arg) {
			args[i] = short(common.HexToAddress(arg))
		}
	}
	return d.Name + "(" + strings.Join(args, ", ") + ")"
}

// call says what calldata asks for; nil if it is too short to ask anything.
func (k *interfaces) call(input []byte) *decoded {
	if len(input) < 4 {
		return nil
	}
	k.mu.Lock()
	method, known := k.methods[[4]byte(input)]
	k.mu.Unlock()
	if known {
		if values, err := method.Inputs.Unpack(input[4:]); err == nil {
			return &decoded{method.RawName, words(values)}
		}
	}
	return &decoded{Name: hexutil.Encode(input[:4])}
}

// event says what a log tells.
func (k *interfaces) event(log *types.Log) decoded {
	if len(log.Topics) == 0 {
		return decoded{Name: fmt.Sprintf("log of %d bytes", len(log.Data))}
	}
	k.mu.Lock()
	candidates := k.events[log.Topics[0]]
	k.mu.Unlock()
	for _, event := range candidates {
		if values, err := eventValues(event, log); err == nil {
			return decoded{event.RawName, words(values)}
		}
	}
	return decoded{Name: log.Topics[0].Hex()[:10]}
}

// eventValues decodes the arguments in their order. Of indexed ones longer than a word, the log has only the hash.
func eventValues(event abi.Event, log *types.Log) ([]any, error) {
	var indexed abi.Arguments
	for i, input := range event.Inputs {
		if input.Indexed {
			input.Name = fmt.Sprint(i)
			indexed = append(indexed, input)
		}
	}
	topics := make(map[string]any)
	if err := abi.ParseTopicsIntoMap(topics, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	data, err := event.Inputs.NonIndexed().Unpack(log.Data)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, len(event.Inputs))
	for i, input := range event.Inputs {
		if input.Indexed {
			values = append(values, topics[fmt.Sprint(i)])
		} else {
			values, data = append(values, data[0]), data[1:]
		}
	}
	return values, nil
}

// words writes decoded values so that nothing in them can move a cursor.
func words(values []any) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = word(v)
	}
	return texts
}

func word(v any) string {
	text := ""
	switch v := v.(type) {
	case common.Address:
		return v.Hex()
	case string:
		text = fmt.Sprintf("%q", v)
	case []byte:
		text = hexutil.Encode(v)
	default:
		if r := reflect.ValueOf(v); r.Kind() == reflect.Array && r.Type().Elem().Kind() == reflect.Uint8 {
			text = fmt.Sprintf("0x%x", v)
		} else {
			text = fmt.Sprint(v)
		}
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + ".."
	}
	return printable(text)
}
