package vm

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/frame"
)

// Tracers made for the EVM learn what a contract touches from its instructions and their stack. A host function that does
// what an instruction does is shown to them as that instruction, with the stack it would have had.

// operandKind says how an operand of a host function becomes a word of the EVM's stack.
type operandKind uint8

const (
	plain     operandKind = iota // the number, or for data its place in memory
	addressAt                    // 20 bytes in memory
	wordAt                       // 32 bytes in memory, big-endian
	amountAt                     // 16 bytes in memory, little-endian
	nothing                      // a word the host function has no operand for
)

// operand is one word of the stack: which operand of the host function it comes from, and how.
type operand struct {
	index int
	kind  operandKind
}

// instruction is the instruction that a host function stands for, and its stack from the top.
type instruction struct {
	op    gethvm.OpCode
	stack []operand
}

var (
	account   = []operand{{0, addressAt}}
	slot      = []operand{{0, wordAt}}
	slotValue = []operand{{0, wordAt}, {1, wordAt}}
	output    = []operand{{0, plain}, {1, plain}}
	copying   = []operand{{0, plain}, {1, plain}, {2, plain}}
	withValue = []operand{{0, plain}, {1, addressAt}, {2, amountAt}, {3, plain}, {4, plain}, {0, nothing}, {0, nothing}}
	unvalued  = []operand{{0, plain}, {1, addressAt}, {2, plain}, {3, plain}, {0, nothing}, {0, nothing}}
)

// equivalents lists the host functions of module ethereum that do what an instruction does.
var equivalents = map[string]instruction{
	"getGasLeft":          {gethvm.GAS, nil},
	"getAddress":          {gethvm.ADDRESS, nil},
	"getExternalBalance":  {gethvm.BALANCE, account},
	"getBlockHash":        {gethvm.BLOCKHASH, []operand{{0, plain}}},
	"call":                {gethvm.CALL, withValue},
	"callDataCopy":        {gethvm.CALLDATACOPY, copying},
	"getCallDataSize":     {gethvm.CALLDATASIZE, nil},
	"callCode":            {gethvm.CALLCODE, withValue},
	"callDelegate":        {gethvm.DELEGATECALL, unvalued},
	"callStatic":          {gethvm.STATICCALL, unvalued},
	"storageStore":        {gethvm.SSTORE, slotValue},
	"storageLoad":         {gethvm.SLOAD, slot},
	"getCaller":           {gethvm.CALLER, nil},
	"getCallValue":        {gethvm.CALLVALUE, nil},
	"codeCopy":            {gethvm.CODECOPY, copying},
	"getCodeSize":         {gethvm.CODESIZE, nil},
	"getBlockCoinbase":    {gethvm.COINBASE, nil},
	"create":              {gethvm.CREATE, []operand{{0, amountAt}, {1, plain}, {2, plain}}},
	"create2":             {gethvm.CREATE2, []operand{{0, amountAt}, {1, plain}, {2, plain}, {3, wordAt}}},
	"getBlockDifficulty":  {gethvm.DIFFICULTY, nil},
	"getPrevRandao":       {gethvm.DIFFICULTY, nil},
	"externalCodeCopy":    {gethvm.EXTCODECOPY, []operand{{0, addressAt}, {1, plain}, {2, plain}, {3, plain}}},
	"getExternalCodeSize": {gethvm.EXTCODESIZE, account},
	"getExternalCodeHash": {gethvm.EXTCODEHASH, account},
	"getBlockGasLimit":    {gethvm.GASLIMIT, nil},
	"getTxGasPrice":       {gethvm.GASPRICE, nil},
	"getBlockNumber":      {gethvm.NUMBER, nil},
	"getTxOrigin":         {gethvm.ORIGIN, nil},
	"finish":              {gethvm.RETURN, output},
	"revert":              {gethvm.REVERT, output},
	"getReturnDataSize":   {gethvm.RETURNDATASIZE, nil},
	"returnDataCopy":      {gethvm.RETURNDATACOPY, copying},
	"selfDestruct":        {gethvm.SELFDESTRUCT, account},
	"getBlockTimestamp":   {gethvm.TIMESTAMP, nil},
	"getChainId":          {gethvm.CHAINID, nil},
	"getSelfBalance":      {gethvm.SELFBALANCE, nil},
	"getBaseFee":          {gethvm.BASEFEE, nil},
	"getBlobHash":         {gethvm.BLOBHASH, []operand{{0, plain}}},
	"getBlobBaseFee":      {gethvm.BLOBBASEFEE, nil},
	"transientLoad":       {gethvm.TLOAD, slot},
	"transientStore":      {gethvm.TSTORE, slotValue},
	"keccak256":           {gethvm.KECCAK256, output},
}

// Instruction returns the EVM's instruction that does what a host function does, false if none does.
func Instruction(f *ewasm.Function) (gethvm.OpCode, bool) {
	e, found := equivalents[f.Name]
	if !found && f.Name == "log" {
		return gethvm.LOG0, true
	}
	return e.op, found && f.Module == "ethereum"
}

// instructions tells the hooks of host functions that stand for instructions.
type instructions struct {
	hooks *tracing.Hooks
	steps uint64
}

func (t *instructions) Before(c *ewasm.Context, f *ewasm.Function, a ewasm.Args) {
	e, found := equivalents[f.Name]
	switch {
	case f.Module != "ethereum":
		return
	case f.Name == "log":
		topics := min(uint64(uint32(a[2])), 4)
		e = instruction{gethvm.LOG0 + gethvm.OpCode(topics), []operand{{0, plain}, {1, plain}, {3, wordAt}, {4, wordAt}, {5, wordAt}, {6, wordAt}}[:2+topics]}
	case !found:
		return
	}
	scope := &scope{c, stackOf(c, e.stack, a)}
	t.hooks.EmitOpcode(t.steps, byte(e.op), tracing.Gas{Execution: c.Gas.Left()}, tracing.Gas{}, scope, c.ReturnData, c.Depth+1, nil)
	t.steps++
}

func (t *instructions) After(c *ewasm.Context, f *ewasm.Function, a ewasm.Args, _ uint64, err error) {
	op, found := Instruction(f)
	if err == nil || err == frame.ErrReverted || !found || !t.hooks.HasFaultHook() {
		return
	}
	t.hooks.EmitFault(t.steps-1, byte(op), tracing.Gas{Execution: c.Gas.Left()}, tracing.Gas{}, &scope{c, stackOf(c, equivalents[f.Name].stack, a)}, c.Depth+1, err)
}

// stackOf returns the words of a stack, its top last; none where an operand points outside memory, as nothing happens then.
func stackOf(c *ewasm.Context, operands []operand, a ewasm.Args) []uint256.Int {
	stack := make([]uint256.Int, len(operands))
	for i, o := range operands {
		word := &stack[len(operands)-1-i]
		width := [...]uint64{addressAt: 20, wordAt: 32, amountAt: 16, nothing: 0}[o.kind]
		from := uint64(uint32(a[o.index]))
		switch {
		case o.kind == plain:
			word.SetUint64(a[o.index])
			continue
		case o.kind == nothing:
			continue
		case from+width > uint64(len(c.Memory)):
			return nil
		}
		window := slices.Clone(c.Memory[from : from+width])
		if o.kind == amountAt {
			slices.Reverse(window)
		}
		word.SetBytes(window)
	}
	return stack
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
