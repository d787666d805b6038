package trace

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/vm"
)

// StepConfig selects the content of a step log. The options are those of geth's struct logger.
type StepConfig struct {
	EnableMemory     bool `json:"enableMemory"`
	DisableStack     bool `json:"disableStack"`
	DisableStorage   bool `json:"disableStorage"`
	EnableReturnData bool `json:"enableReturnData"`
	Limit            int  `json:"limit"` // most steps to record; 0 = as many as fit into the size limit
}

// stepJSON is one instruction of an EVM frame as geth shows it, or one host call of a wasm frame in the same shape. The
// stack of a host call holds its raw operands, the last on top.
type stepJSON struct {
	PC         uint64                      `json:"pc"` // of a host call: the index of the step in the transaction
	Op         string                      `json:"op"` // the instruction or host function
	Gas        uint64                      `json:"gas"`
	GasCost    uint64                      `json:"gasCost"` // with what a callee gets or, of wasm, has used
	Depth      int                         `json:"depth"`   // 1 for the transaction's own frame
	Error      string                      `json:"error,omitempty"`
	Stack      *[]string                   `json:"stack,omitempty"`
	Memory     *[]string                   `json:"memory,omitempty"`
	ReturnData hexutil.Bytes               `json:"returnData,omitempty"`
	Storage    map[common.Hash]common.Hash `json:"storage,omitempty"` // a host call's slot, or all up to an instruction
	Refund     uint64                      `json:"refund,omitempty"`
}

// stepLog records instructions and host calls as steps.
type stepLog struct {
	config StepConfig
	state  tracing.StateDB
	slots  map[common.Address]map[common.Hash]common.Hash // that EVM frames have read or written
	logs   []*stepJSON
	open   []*stepJSON // the host calls that have not returned, the innermost last; nil for a step that is not recorded
	count  int         // steps so far, recorded or not
	keep   Keep
	output []byte // of the transaction's own frame
	failed bool   // that frame did not finish
	used   uint64 // gas, from the receipt
	reason atomic.Pointer[error]
}

// NewStepLog returns the default tracer: it records each instruction of EVM frames and each host call of wasm frames as
// a step, in the shape of geth's struct logs. keep counts what it keeps.
func NewStepLog(config StepConfig, keep Keep) *Recording {
	l := &stepLog{
		config: config, slots: make(map[common.Address]map[common.Hash]common.Hash), logs: []*stepJSON{}, keep: keep,
	}
	hooks := &tracing.Hooks{
		OnOpcode:  l.opcode,
		OnTxStart: func(vm *tracing.VMContext, _ *types.Transaction, _ common.Address) { l.state = vm.StateDB },
		OnExit: func(depth int, output []byte, _ uint64, _ error, reverted bool) {
			if depth == 0 && l.weigh(2*len(output)) {
				l.output, l.failed = common.CopyBytes(output), reverted
			}
		},
		OnTxEnd: func(receipt *types.Receipt, err error) {
			if err == nil {
				l.used = receipt.GasUsed
			}
		},
	}
	stop := func(err error) { l.reason.CompareAndSwap(nil, &err) }
	return &Recording{vm.Tracing{Hooks: hooks, Host: l}, l.result, stop}
}

// Before records the step that a host call begins.
func (l *stepLog) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	step := l.step(c.Memory, c.ReturnData)
	l.open = append(l.open, step)
	if step == nil {
		return
	}
	step.PC, step.Op, step.Gas = uint64(l.count-1), f.Name, c.Gas.Left()
	step.Depth, step.Refund = c.Depth+1, c.State.GetRefund()
	if !l.config.DisableStack {
		stack := make([]string, len(a))
		for i, v := range a {
			stack[i] = fmt.Sprintf("0x%x", v)
		}
		step.Stack = &stack
	}
	if l.config.EnableMemory {
		step.Memory = words(c.Memory)
	}
}

// step returns a new step with the return data, or nil if it is not to be recorded. Memory is counted only.
func (l *stepLog) step(memory, returned []byte) *stepJSON {
	l.count++
	if l.reason.Load() != nil || l.config.Limit > 0 && len(l.logs) >= l.config.Limit {
		return nil
	}
	size := stepBytes
	if l.config.EnableMemory {
		size += memoryCost * len(memory)
	}
	if l.config.EnableReturnData {
		size += 2 * len(returned)
	}
	if !l.weigh(size) {
		return nil
	}
	step := new(stepJSON)
	if l.config.EnableReturnData {
		step.ReturnData = common.CopyBytes(returned)
	}
	l.logs = append(l.logs, step)
	return step
}

// memoryCost is the bytes that a step keeps for each of memory: words in hex, each a string.
const memoryCost = 3

// weigh counts bytes, and stops the recording at the limit. It reports whether they may be kept.
func (l *stepLog) weigh(bytes int) bool {
	if err := l.keep(bytes); err != nil {
		l.reason.CompareAndSwap(nil, &err)
	}
	return l.reason.Load() == nil
}

// After completes the step that Before began, with its cost, its error and the slot it used.
func (l *stepLog) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, _ uint64, err error) {
	step := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	if step == nil {
		return
	}
	step.GasCost = step.Gas - min(step.Gas, c.Gas.Left())
	if err != nil && err != frame.ErrReverted {
		step.Error = err.Error()
	}
	if err == nil && !l.config.DisableStorage && (f.Name == "storageLoad" || f.Name == "storageStore") {
		key, value := window(c, a[0], common.HashLength), window(c, a[1], common.HashLength)
		step.Storage = map[common.Hash]common.Hash{common.BytesToHash(key): common.BytesToHash(value)}
	}
}

func (l *stepLog) result() (json.RawMessage, error) {
	if err := l.reason.Load(); err != nil {
		return nil, *err
	}
	return json.Marshal(struct {
		Gas         uint64        `json:"gas"`
		Failed      bool          `json:"failed"`
		ReturnValue hexutil.Bytes `json:"returnValue"`
		StructLogs  []*stepJSON   `json:"structLogs"`
	}{l.used, l.failed, l.output, l.logs})
}

// words returns memory as a list of 32-byte words in hexadecimal.
func words(memory []byte) *[]string {
	list := make([]string, 0, len(memory)/common.HashLength)
	for ; len(memory) >= common.HashLength; memory = memory[common.HashLength:] {
		list = append(list, "0x"+hex.EncodeToString(memory[:common.HashLength]))
	}
	return &list
}

// window returns length bytes of a contract's memory from pointer on, or nil if they do not all lie inside it.
func window(c *ewasm.Context, pointer, length uint64) []byte {
	from, to := uint64(uint32(pointer)), uint64(uint32(pointer))+uint64(uint32(length))
	if to > uint64(len(c.Memory)) {
		return nil
	}
	return c.Memory[from:to]
}
