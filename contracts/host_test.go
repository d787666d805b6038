package contracts_test

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// host is a world of one contract for these tests: storage and logs, no gas, and only the part of the interface that
// the samples import.
type host struct {
	t       *testing.T
	storage map[common.Hash]common.Hash
	logs    []event
}

type event struct {
	Topics []common.Hash
	Data   []byte
}

// call is one run of main. value is a little-endian u128.
type call struct {
	caller common.Address
	value  [16]byte
	input  []byte
}

// ending is how a call ended.
type ending int

const (
	trapped ending = iota
	returned
	finished
	reverted
)

var errEnded = errors.New("the contract ended its call")

var engine = sync.OnceValue(wasmtime.NewEngine)

var (
	modulesLock sync.Mutex
	modules     = map[[32]byte]*wasmtime.Module{}
)

func compile(t *testing.T, code []byte) *wasmtime.Module {
	t.Helper()
	modulesLock.Lock()
	defer modulesLock.Unlock()
	key := sha256.Sum256(code)
	if m, ok := modules[key]; ok {
		return m
	}
	m, err := wasmtime.NewModule(engine(), code)
	if err != nil {
		t.Fatalf("module does not validate: %v", err)
	}
	modules[key] = m
	return m
}

func newHost(t *testing.T) *host {
	return &host{t: t, storage: map[common.Hash]common.Hash{}}
}

// run executes main of code and returns how it ended, with its data. A revert or a trap undoes what it did to storage
// and logs.
func (h *host) run(code []byte, c call) (ending, []byte) {
	h.t.Helper()
	store := wasmtime.NewStore(engine())
	defer store.Close()
	linker := wasmtime.NewLinker(engine())
	defer linker.Close()

	frame := &frame{host: h, call: c, end: returned, storage: map[common.Hash]common.Hash{}}
	frame.define(linker)
	instance, err := linker.Instantiate(store, compile(h.t, code))
	if err != nil {
		h.t.Fatalf("instantiate: %v", err)
	}
	if _, err := instance.GetFunc(store, "main").Call(store); err != nil && frame.end == returned {
		h.t.Logf("trap: %v", err)
		frame.end = trapped
	}
	if frame.end == finished || frame.end == returned {
		for key, value := range frame.storage {
			h.storage[key] = value
		}
		h.logs = append(h.logs, frame.logs...)
	}
	return frame.end, frame.output
}

// deploy runs the constructor of creation data and returns how it ended, with the code to deploy if it succeeded.
func (h *host) deploy(creation []byte, c call) (ending, []byte) {
	h.t.Helper()
	module, runtime := constructor(h.t, creation)
	end, output := h.run(module, c)
	if end == finished || end == returned {
		return finished, runtime
	}
	return end, output
}

// frame is one call under way; its writes reach the host only on success.
type frame struct {
	host    *host
	call    call
	storage map[common.Hash]common.Hash
	logs    []event
	end     ending
	output  []byte
}

// memory is the part of the caller's memory from ptr, length bytes long; an access outside of it panics, which
// wasmtime-go carries up to the test.
func memory(caller *wasmtime.Caller, ptr, length int32) []byte {
	data := caller.GetExport("memory").Memory().UnsafeData(caller)
	return data[uint32(ptr) : uint64(uint32(ptr))+uint64(uint32(length))]
}

func (f *frame) define(linker *wasmtime.Linker) {
	functions := map[string]any{
		"getCaller":       func(c *wasmtime.Caller, result int32) { copy(memory(c, result, 20), f.call.caller[:]) },
		"getCallValue":    func(c *wasmtime.Caller, result int32) { copy(memory(c, result, 16), f.call.value[:]) },
		"getCallDataSize": func() int32 { return int32(len(f.call.input)) },
		"callDataCopy": func(c *wasmtime.Caller, result, offset, length int32) {
			copy(memory(c, result, length), f.call.input[offset:offset+length])
		},
		"keccak256": func(c *wasmtime.Caller, data, length, result int32) {
			copy(memory(c, result, 32), crypto.Keccak256(memory(c, data, length)))
		},
		"storageLoad":  f.storageLoad,
		"storageStore": f.storageStore,
		"log":          f.log,
		"finish":       f.ender(finished),
		"revert":       f.ender(reverted),
	}
	for name, function := range functions {
		if err := linker.FuncWrap("ethereum", name, function); err != nil {
			f.host.t.Fatalf("define %s: %v", name, err)
		}
	}
}

func (f *frame) storageLoad(c *wasmtime.Caller, key, result int32) {
	k := common.Hash(memory(c, key, 32))
	value, ok := f.storage[k]
	if !ok {
		value = f.host.storage[k]
	}
	copy(memory(c, result, 32), value[:])
}

func (f *frame) storageStore(c *wasmtime.Caller, key, value int32) {
	f.storage[common.Hash(memory(c, key, 32))] = common.Hash(memory(c, value, 32))
}

func (f *frame) log(c *wasmtime.Caller, data, length, topics, t1, t2, t3, t4 int32) {
	e := event{Data: append([]byte{}, memory(c, data, length)...)}
	for _, topic := range []int32{t1, t2, t3, t4}[:topics] {
		e.Topics = append(e.Topics, common.Hash(memory(c, topic, 32)))
	}
	f.logs = append(f.logs, e)
}

func (f *frame) ender(end ending) any {
	return func(c *wasmtime.Caller, data, length int32) *wasmtime.Trap {
		f.end = end
		f.output = append([]byte{}, memory(c, data, length)...)
		return wasmtime.NewTrap(errEnded.Error())
	}
}
