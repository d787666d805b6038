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

// StepConfig says what a step log holds, by the names that geth's struct logger has for it.
type StepConfig struct {
	EnableMemory     bool `json:"enableMemory"`
	DisableStack     bool `json:"disableStack"`
	DisableStorage   bool `json:"disableStorage"`
	EnableReturnData bool `json:"enableReturnData"`
	Limit            int  `json:"limit"` // steps; 0 = no limit but that of the size
}

// stepJSON is one host call, in the shape of one instruction of the EVM: its stack is the raw operands, the last on top.
type stepJSON struct {
	PC         int                         `json:"pc"` // counts the steps of the transaction
	Op         string                      `json:"op"`
	Gas        uint64                      `json:"gas"`
	GasCost    uint64                      `json:"gasCost"` // with what a call did not give back
	Depth      int                         `json:"depth"`
	Error      string                      `json:"error,omitempty"`
	Stack      *[]string                   `json:"stack,omitempty"`
	Memory     *[]string                   `json:"memory,omitempty"`
	ReturnData hexutil.Bytes               `json:"returnData,omitempty"`
	Storage    map[common.Hash]common.Hash `json:"storage,omitempty"` // the slot that the step read or wrote
	Refund     uint64                      `json:"refund,omitempty"`
}

// stepLog gathers host calls as steps.
type stepLog struct {
	config StepConfig
	logs   []*stepJSON
	open   []*stepJSON // the calls under way, the innermost last; nil where the limit keeps a step out
	count  int
	size   int
	output []byte
	failed bool
	used   uint64
	reason atomic.Pointer[error]
}

// NewStepLog returns the tracer that runs if none is named: host calls in the shape of geth's struct logs.
func NewStepLog(config StepConfig) *Recording {
	l := &stepLog{config: config, logs: []*stepJSON{}}
	hooks := &tracing.Hooks{
		OnExit: func(depth int, output []byte, _ uint64, _ error, reverted bool) {
			if depth == 0 {
				l.output, l.failed = common.CopyBytes(output), reverted
			}
		},
		OnTxEnd: func(receipt *types.Receipt, err error) {
			if err == nil {
				l.used = receipt.GasUsed
			}
		},
	}
	return &Recording{vm.Tracing{Hooks: hooks, Host: l}, l.result, func(err error) { l.reason.CompareAndSwap(nil, &err) }}
}

// Before begins a step.
func (l *stepLog) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	l.count++
	if l.reason.Load() != nil || l.config.Limit > 0 && len(l.logs) >= l.config.Limit {
		l.open = append(l.open, nil)
		return
	}
	step := &stepJSON{PC: l.count - 1, Op: f.Name, Gas: c.Gas.Left(), Depth: c.Depth + 1, Refund: c.State.GetRefund()}
	if !l.config.DisableStack {
		stack := make([]string, len(a))
		for i, v := range a {
			stack[i] = fmt.Sprintf("0x%x", v)
		}
		step.Stack = &stack
	}
	if l.config.EnableMemory {
		step.Memory = words(c.Memory)
		l.size += 2 * len(c.Memory)
	}
	if l.config.EnableReturnData {
		step.ReturnData = common.CopyBytes(c.ReturnData)
		l.size += 2 * len(c.ReturnData)
	}
	if l.size += 256; l.size > maxBytes {
		l.reason.CompareAndSwap(nil, &ErrSize)
	}
	l.logs, l.open = append(l.logs, step), append(l.open, step)
}

// After ends the step that Before began.
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

// words cuts memory into pieces of 32 bytes.
func words(memory []byte) *[]string {
	list := make([]string, 0, len(memory)/common.HashLength)
	for ; len(memory) >= common.HashLength; memory = memory[common.HashLength:] {
		list = append(list, "0x"+hex.EncodeToString(memory[:common.HashLength]))
	}
	return &list
}

// window returns bytes of a contract's memory, none where they are not all in it.
func window(c *ewasm.Context, pointer, length uint64) []byte {
	from, to := uint64(uint32(pointer)), uint64(uint32(pointer))+uint64(uint32(length))
	if to > uint64(len(c.Memory)) {
		return nil
	}
	return c.Memory[from:to]
}
