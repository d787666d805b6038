package trace

import (
	"encoding/json"
	"errors"
	"math/big"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm"
	"hestia/frame"
	"hestia/iface/abi"
	"hestia/vm"
)

// maxWindow bounds the bytes that a tree shows of one window of memory. The length operand gives the full length.
const maxWindow = 1024

// frameJSON is one frame of a hestiaTracer's tree.
type frameJSON struct {
	Type    string          `json:"type"`
	From    common.Address  `json:"from"`
	To      common.Address  `json:"to"`
	Value   *hexutil.Big    `json:"value,omitempty"`
	Gas     hexutil.Uint64  `json:"gas"`
	GasUsed hexutil.Uint64  `json:"gasUsed"`
	Call    string          `json:"call,omitempty"` // the method and its arguments, if its interface is known
	Input   hexutil.Bytes   `json:"input"`
	Output  hexutil.Bytes   `json:"output,omitempty"`
	Error   string          `json:"error,omitempty"`
	Reason  string          `json:"revertReason,omitempty"`
	Steps   []*hostCallJSON `json:"steps,omitempty"`

	last *hostCallJSON // the step under way, or the last one
	told *instruction  // whose result the next instruction of the frame shows; nil for none
}

// hostCallJSON is one call of a host function, or one instruction of EVM code that reaches out of its frame. Windows of
// memory are shown as bytes: a window that is read as it was before the call, a window that is written as it is after.
type hostCallJSON struct {
	Name   string                   `json:"name"`
	Args   map[string]hexutil.Bytes `json:"args,omitempty"`    // windows of memory, by operand
	Nums   map[string]int64         `json:"numbers,omitempty"` // other operands
	Gas    hexutil.Uint64           `json:"gas"`               // before the call
	Left   hexutil.Uint64           `json:"left"`              // gas after the call
	Result *hexutil.Uint64          `json:"result,omitempty"`
	Event  string                   `json:"event,omitempty"` // that it logs, if its interface is known
	Error  string                   `json:"error,omitempty"`
	Frame  *frameJSON               `json:"frame,omitempty"` // the frame that the call opened
}

// frameTree records frames, and in each its host calls or its instructions that reach out of it, in order.
type frameTree struct {
	book   *abi.Book
	root   *frameJSON
	frames []*frameJSON    // those that have not ended, the innermost last
	calls  []*hostCallJSON // of host functions that have not returned, the innermost last
	keep   Keep
	reason atomic.Pointer[error]
}

// NewFrameTree returns Hestia's own tracer: it records frames, and in each its host calls, as one tree. In frames of
// EVM code the instructions that reach out of the frame stand in the place of host calls. The book names calls, events
// and errors; it knows those of the code that it has been shown before the tracer asks. keep counts what it keeps.
func NewFrameTree(book *abi.Book, keep Keep) *Recording {
	t := &frameTree{book: book, keep: keep}
	hooks := &tracing.Hooks{
		OnEnter: t.enter, OnExit: t.exit, OnOpcode: t.opcode, OnFault: t.fault,
		OnTxEnd: func(receipt *types.Receipt, err error) {
			if err == nil && t.root != nil {
				t.root.GasUsed = hexutil.Uint64(receipt.GasUsed)
			}
		},
	}
	stop := func(err error) { t.reason.CompareAndSwap(nil, &err) }
	return &Recording{vm.Tracing{Hooks: hooks, Host: t}, t.result, stop}
}

// enter opens a frame below the step that is under way. A self-destruct's hook runs after its host call has returned.
func (t *frameTree) enter(_ int, op byte, from, to common.Address, input []byte, gas uint64, value *big.Int) {
	frame := &frameJSON{
		Type: gethvm.OpCode(op).String(), From: from, To: to, Value: (*hexutil.Big)(value), Gas: hexutil.Uint64(gas),
		Input: t.cut(input),
	}
	if creates(frame) && t.reason.Load() == nil {
		t.book.Meet(crypto.Keccak256Hash(input), frame.Input)
	}
	if len(t.frames) == 0 {
		t.root = frame
	} else if step := t.frames[len(t.frames)-1].last; step != nil {
		step.Frame = frame
	}
	t.frames = append(t.frames, frame)
	t.weigh(frameBytes)
}

// exit completes the innermost frame. It decodes the reason of a revert if that is a Solidity error string.
func (t *frameTree) exit(_ int, output []byte, used uint64, err error, reverted bool) {
	frame := t.frames[len(t.frames)-1]
	t.frames = t.frames[:len(t.frames)-1]
	frame.GasUsed, frame.Output = hexutil.Uint64(used), t.cut(output)
	if err != nil && reverted {
		frame.Error = err.Error()
		if errors.Is(err, gethvm.ErrExecutionReverted) {
			frame.Reason = t.why(output)
		}
	}
	// Only now: a call is entered before its code has been seen.
	if known, ok := t.book.Call(frame.Input); ok && !creates(frame) {
		frame.Call = known.String()
	}
	t.weigh(len(frame.Reason) + len(frame.Call))
}

// creates reports whether a frame runs creation data.
func creates(f *frameJSON) bool { return f.Type == "CREATE" || f.Type == "CREATE2" }

// why reads what a contract gave to revert: a reason of Solidity, or an error of a known interface. It is empty for
// anything else.
func (t *frameTree) why(output []byte) string {
	if reason, ok := abi.Reason(output); ok {
		return reason
	}
	if known, ok := t.book.Error(output); ok {
		return known.String()
	}
	return ""
}

// event names what a call of log is about to log, with its arguments unless they are cut short. It is empty if no
// interface declares it.
func (t *frameTree) event(call *hostCallJSON) string {
	log := &types.Log{Data: call.Args["data"]}
	for _, operand := range []string{"topic1", "topic2", "topic3", "topic4"} {
		if topic, ok := call.Args[operand]; ok {
			log.Topics = append(log.Topics, common.BytesToHash(topic))
		}
	}
	if len(log.Topics) == 0 {
		return ""
	}
	if known, ok := t.book.Event(log); ok {
		return known.String()
	}
	name, _ := t.book.EventName(log.Topics[0])
	return name
}

// weigh counts n bytes, and stops the recording at the limit.
func (t *frameTree) weigh(n int) {
	if err := t.keep(n); err != nil {
		t.reason.CompareAndSwap(nil, &err)
	}
}

// cut returns what a frame was given or gave back, counted; once the recording has stopped, nothing of it.
func (t *frameTree) cut(data []byte) []byte {
	if t.weigh(2 * len(data)); t.reason.Load() != nil {
		return nil
	}
	return common.CopyBytes(data)
}

// Before records a host call and the windows of memory it reads.
func (t *frameTree) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	call, frame := &hostCallJSON{Name: f.Name, Gas: hexutil.Uint64(c.Gas.Left())}, t.frames[len(t.frames)-1]
	if t.reason.Load() == nil {
		if f.Module != "ethereum" {
			call.Name = f.Module + "." + f.Name
		}
		t.show(call, c, f, a, ewasm.Reads)
		if f.Module == "ethereum" && f.Name == "log" {
			call.Event = t.event(call)
			t.weigh(len(call.Event))
		}
		frame.Steps = append(frame.Steps, call)
		t.weigh(stepBytes)
	}
	frame.last = call
	t.calls = append(t.calls, call)
}

// After completes the host call that Before began, with its result and the windows of memory it wrote.
func (t *frameTree) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, result uint64, err error) {
	call := t.calls[len(t.calls)-1]
	t.calls = t.calls[:len(t.calls)-1]
	call.Left = hexutil.Uint64(c.Gas.Left())
	switch {
	case err != nil && err != frame.ErrReverted:
		call.Error = err.Error()
		return
	case len(f.Results) > 0:
		call.Result = (*hexutil.Uint64)(&result)
	}
	if t.reason.Load() == nil {
		t.show(call, c, f, a, ewasm.Writes)
	}
}

// show adds the operands of the given use to call. With the windows that are read it adds the plain numbers too.
func (t *frameTree) show(call *hostCallJSON, c *ewasm.Context, f *ewasm.Function, a ewasm.Args, use ewasm.Use) {
	for i, operand := range f.Operands {
		switch {
		case !f.Has(i, a): // a topic that is not there
		case operand.Use == ewasm.Number && use == ewasm.Reads:
			if call.Nums == nil {
				call.Nums = make(map[string]int64)
			}
			call.Nums[operand.Name] = int64(a[i])
		case operand.Use == use && use != ewasm.Number:
			if call.Args == nil {
				call.Args = make(map[string]hexutil.Bytes)
			}
			data := window(c, a[i], min(f.Window(i, a), maxWindow))
			call.Args[operand.Name] = common.CopyBytes(data)
			t.weigh(2 * len(data))
		}
	}
}

func (t *frameTree) result() (json.RawMessage, error) {
	if err := t.reason.Load(); err != nil {
		return nil, *err
	}
	return json.Marshal(t.root)
}
