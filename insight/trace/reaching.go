package trace

import (
	"errors"
	"fmt"
	"math"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"
)

// instruction is an instruction of EVM code that reaches out of its frame, as a tree shows it.
type instruction struct {
	operands []evmOperand // from the top of the stack; a tree shows no others
	result   operandKind  // of what it pushes
}

// evmOperand is a word of an instruction's stack, by the name that a host function gives the same.
type evmOperand struct {
	name string
	kind operandKind
}

// operandKind is how a word is shown.
type operandKind uint8

const (
	hidden     operandKind = iota // not at all
	plain                         // its 32 bytes
	account                       // the address in it
	number                        // a number, or its 32 bytes if it is over 2^63-1
	memoryAt                      // as the window of memory that begins there; the next word is its length
	answerOnly                    // as the answer of a host function
)

var (
	keyWord   = evmOperand{"key", plain}
	valueWord = evmOperand{"value", plain}
	address   = evmOperand{"address", account}
	gasNumber = evmOperand{"gas", number}
	dataAt    = evmOperand{"data", memoryAt}
	length    = evmOperand{"length", number}
	unshown   = evmOperand{}
)

// reaching holds the instructions that reach out of their frame: to state, logs and other frames, and to its end.
var reaching = map[gethvm.OpCode]*instruction{
	gethvm.SLOAD:        {operands: []evmOperand{keyWord}, result: plain},
	gethvm.SSTORE:       {operands: []evmOperand{keyWord, valueWord}},
	gethvm.TLOAD:        {operands: []evmOperand{keyWord}, result: plain},
	gethvm.TSTORE:       {operands: []evmOperand{keyWord, valueWord}},
	gethvm.BALANCE:      {operands: []evmOperand{address}, result: plain},
	gethvm.EXTCODESIZE:  {operands: []evmOperand{address}, result: answerOnly},
	gethvm.EXTCODEHASH:  {operands: []evmOperand{address}, result: plain},
	gethvm.EXTCODECOPY:  {operands: []evmOperand{address, unshown, {"offset", number}, length}},
	gethvm.BLOCKHASH:    {operands: []evmOperand{{"number", number}}, result: plain},
	gethvm.KECCAK256:    {operands: []evmOperand{dataAt, length}, result: plain},
	gethvm.LOG0:         {operands: []evmOperand{dataAt, length}},
	gethvm.LOG1:         {operands: logOperands(1)},
	gethvm.LOG2:         {operands: logOperands(2)},
	gethvm.LOG3:         {operands: logOperands(3)},
	gethvm.LOG4:         {operands: logOperands(4)},
	gethvm.CALL:         {operands: []evmOperand{gasNumber, address, valueWord, dataAt, length}, result: answerOnly},
	gethvm.CALLCODE:     {operands: []evmOperand{gasNumber, address, valueWord, dataAt, length}, result: answerOnly},
	gethvm.DELEGATECALL: {operands: []evmOperand{gasNumber, address, dataAt, length}, result: answerOnly},
	gethvm.STATICCALL:   {operands: []evmOperand{gasNumber, address, dataAt, length}, result: answerOnly},
	gethvm.CREATE:       {operands: []evmOperand{valueWord, dataAt, length}, result: account},
	gethvm.CREATE2:      {operands: []evmOperand{valueWord, dataAt, length, {"salt", plain}}, result: account},
	gethvm.SELFDESTRUCT: {operands: []evmOperand{address}},
	gethvm.RETURN:       {operands: []evmOperand{dataAt, length}},
	gethvm.REVERT:       {operands: []evmOperand{dataAt, length}},
}

func logOperands(topics int) []evmOperand {
	operands := []evmOperand{dataAt, length}
	for i := range topics {
		operands = append(operands, evmOperand{fmt.Sprintf("topic%d", i+1), plain})
	}
	return operands
}

// opcode records an instruction of an EVM frame if it reaches out of it, and completes the one before.
func (t *frameTree) opcode(
	_ uint64, op byte, gas, cost uint64, scope tracing.OpContext, _ []byte, _ int, err error,
) {
	if !inEVM(scope) {
		return
	}
	frame, stack := t.frames[len(t.frames)-1], scope.StackData()
	if frame.told != nil {
		frame.last.Left = hexutil.Uint64(gas)
		if len(stack) > 0 {
			t.showWord(frame.last, evmOperand{"result", frame.told.result}, &stack[len(stack)-1])
		}
		frame.told = nil
	}
	row := reaching[gethvm.OpCode(op)]
	if row == nil {
		return
	}
	step := &hostCallJSON{
		Name: gethvm.OpCode(op).String(), Gas: hexutil.Uint64(gas), Left: hexutil.Uint64(gas - min(gas, cost)),
	}
	frame.last = step
	if t.reason.Load() != nil {
		return
	}
	if err != nil {
		step.Error = err.Error()
	}
	if len(stack) >= len(row.operands) {
		t.showOperands(step, row, scope)
	}
	if gethvm.LOG0 <= gethvm.OpCode(op) && gethvm.OpCode(op) <= gethvm.LOG4 {
		step.Event = t.event(step)
	}
	frame.Steps, frame.told = append(frame.Steps, step), row
	t.weigh(stepBytes + len(step.Event))
}

// fault gives the instruction under way its error.
func (t *frameTree) fault(_ uint64, _ byte, _, _ uint64, scope tracing.OpContext, _ int, err error) {
	frame := t.frames[len(t.frames)-1]
	if inEVM(scope) && frame.told != nil && !errors.Is(err, gethvm.ErrExecutionReverted) {
		frame.last.Error = err.Error()
	}
}

// showOperands adds the operands of an instruction to its step.
func (t *frameTree) showOperands(step *hostCallJSON, row *instruction, scope tracing.OpContext) {
	stack := scope.StackData()
	for i, operand := range row.operands {
		word := &stack[len(stack)-1-i]
		if operand.kind == memoryAt {
			window := part(scope.MemoryData(), word, &stack[len(stack)-2-i])
			t.showBytes(step, operand.name, window)
			continue
		}
		t.showWord(step, operand, word)
	}
}

// showWord adds a word to a step, as its kind says.
func (t *frameTree) showWord(step *hostCallJSON, operand evmOperand, word *uint256.Int) {
	bytes := word.Bytes32()
	switch {
	case operand.kind == hidden:
	case operand.kind == account:
		t.showBytes(step, operand.name, bytes[common.HashLength-common.AddressLength:])
	case operand.kind == answerOnly:
		answer := hexutil.Uint64(word.Uint64())
		step.Result = &answer
	case operand.kind == number && !word.GtUint64(math.MaxInt64):
		if step.Nums == nil {
			step.Nums = make(map[string]int64)
		}
		step.Nums[operand.name] = int64(word.Uint64())
	default:
		t.showBytes(step, operand.name, bytes[:])
	}
}

// showBytes adds bytes to a step, counted.
func (t *frameTree) showBytes(step *hostCallJSON, name string, data []byte) {
	if step.Args == nil {
		step.Args = make(map[string]hexutil.Bytes)
	}
	step.Args[name] = data
	t.weigh(2 * len(data))
}
