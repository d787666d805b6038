package vm

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
)

// Tracers made for the EVM learn what a contract touches from its instructions and their stack. They see a host
// function that does what an instruction does as that instruction, with the stack that it would have had.

// instructions calls the opcode hooks for host functions that stand for instructions: once a function has passed its
// checks and paid, or with its error if it did not.
type instructions struct {
	hooks *tracing.Hooks
	steps uint64
	open  []step // functions under way, the innermost last
}

// step is a host function under way as an instruction.
type step struct {
	stack []uint256.Int
	left  uint64 // gas before it
	pc    uint64
	told  bool // the hooks know
}

// Before reads the stack, before the function writes its results.
func (t *instructions) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	if f.Instruction != 0 {
		t.open = append(t.open, step{stack: stackOf(c, f, a), left: c.Gas.Left()})
	}
}

// Paid calls OnOpcode before the function does what tracers look at.
func (t *instructions) Paid(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	if f.Instruction != 0 {
		t.tell(c, &t.open[len(t.open)-1], opcodeOf(f, a), nil)
	}
}

// After calls OnOpcode for a function that does none of that or fails before, and OnFault if it trapped later.
func (t *instructions) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, _ uint64, err error) {
	if f.Instruction == 0 {
		return
	}
	s := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	if err == frame.ErrReverted {
		err = nil
	}
	switch {
	case !s.told:
		t.tell(c, &s, opcodeOf(f, a), err)
	case err != nil && t.hooks.HasFaultHook():
		left := tracing.Gas{Execution: s.left}
		t.hooks.EmitFault(s.pc, opcodeOf(f, a), left, tracing.Gas{}, &scope{c, s.stack}, c.Depth+1, err)
	}
}

// BeforeSlot calls OnOpcode for a slot of a program's file, as for one that a contract reads or writes.
func (t *instructions) BeforeSlot(c *ewasm.Context, f *ewasm.Function, key, value common.Hash) {
	stack := []uint256.Int{*new(uint256.Int).SetBytes32(key[:])}
	if f.Writes {
		stack = slices.Insert(stack, 0, *new(uint256.Int).SetBytes32(value[:]))
	}
	t.tell(c, &step{stack: stack, left: c.Gas.Left()}, byte(f.Instruction), nil)
}

// tell calls OnOpcode. It says nothing of the cost, which is Hestia's.
func (t *instructions) tell(c *ewasm.Context, s *step, op byte, err error) {
	s.told, s.pc = true, t.steps
	t.steps++
	left := tracing.Gas{Execution: s.left}
	t.hooks.EmitOpcode(s.pc, op, left, tracing.Gas{}, &scope{c, s.stack}, c.ReturnData, c.Depth+1, err)
}

// opcodeOf returns the instruction of a call. A log's depends on its topics.
func opcodeOf(f *ewasm.Function, a ewasm.Args) byte { return byte(f.Instruction) + byte(f.Counts(a)) }

// stackOf returns the words of the instruction's stack, its top last. They follow from the operands of the row: a
// number, and the place of a window whose length is an operand, stand for themselves; a window of fixed width stands
// for its content. The EVM has no operand for a result and none that counts topics. The stack is empty if an operand
// points outside memory, because the call then does nothing.
func stackOf(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) []uint256.Int {
	stack := make([]uint256.Int, 0, len(f.Operands)+f.Unused)
	for i := range f.Operands {
		o := &f.Operands[i]
		switch {
		case o.Use == ewasm.Writes && o.Width > 0, f.IsCounter(i), !f.Has(i, a):
		case o.Width > 0:
			content, ok := contentOf(c, o, a[i])
			if !ok {
				return nil
			}
			stack = append(stack, content)
		default:
			stack = append(stack, *uint256.NewInt(a[i]))
		}
	}
	stack = append(stack, make([]uint256.Int, f.Unused)...)
	slices.Reverse(stack)
	return stack
}

// contentOf reads the number in the window of an operand: big-endian, but for amounts.
func contentOf(c *ewasm.Context, o *ewasm.Operand, pointer uint64) (word uint256.Int, ok bool) {
	const amountBytes = 16
	from, to := uint64(uint32(pointer)), uint64(uint32(pointer))+uint64(o.Width)
	if to > uint64(len(c.Memory)) {
		return word, false
	}
	window := slices.Clone(c.Memory[from:to])
	if o.Width == amountBytes {
		slices.Reverse(window)
	}
	word.SetBytes(window)
	return word, true
}

// scope is a frame as tracers look into it.
type scope struct {
	c     *ewasm.Context
	stack []uint256.Int
}

func (s *scope) MemoryData() []byte       { return s.c.Memory }
func (s *scope) StackData() []uint256.Int { return s.stack }
func (s *scope) Caller() common.Address   { return s.c.Caller }
func (s *scope) Address() common.Address  { return s.c.Self }
func (s *scope) CallValue() *uint256.Int  { return s.c.Value }
func (s *scope) CallInput() []byte        { return s.c.Input }
func (s *scope) ContractCode() []byte     { return s.c.Code }
