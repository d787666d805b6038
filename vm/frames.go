package vm

import (
	"math"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm"
	"hestia/gas"
)

// Call runs another account's code in a frame below c; it is ewasm.Calls. The value moves inside the frame: whatever ends
// it but success undoes that too.
func (m *Machine) Call(c *ewasm.Context, call ewasm.Call) (result ewasm.Result) {
	frame := m.calledFrame(c, call)
	m.enter(frame, callOpcodes[call.Kind], c.Self, call.Target, call.Input)
	defer func() { m.exit(frame, call.Gas, result) }()

	if frame.Depth > m.Schedule.Limits.CallDepth {
		return rejected(call.Gas, ewasm.ErrDepth)
	}
	moves := call.Kind == ewasm.PlainCall || call.Kind == ewasm.CallCode
	if moves && m.State.GetBalance(c.Self).Lt(call.Value) {
		return rejected(call.Gas, ewasm.ErrBalance)
	}
	snapshot := m.State.Snapshot()
	if !m.arrive(c.Self, call) {
		return ewasm.Result{Left: call.Gas}
	}
	result = m.execute(frame, call.Target)
	if result.End != ewasm.Finished {
		m.State.RevertToSnapshot(snapshot)
	}
	return result
}

// calledFrame is what the callee sees, by the kind of the call.
func (m *Machine) calledFrame(c *ewasm.Context, call ewasm.Call) *ewasm.Context {
	frame := m.frameBelow(c)
	frame.Self, frame.Caller, frame.Value = call.Target, c.Self, call.Value
	frame.Input, frame.Gas, frame.Static = call.Input, call.Gas, c.Static
	switch call.Kind {
	case ewasm.CallCode:
		frame.Self = c.Self
	case ewasm.CallDelegate:
		frame.Self, frame.Caller, frame.Value = c.Self, c.Caller, c.Value
	case ewasm.CallStatic:
		frame.Static = true
	}
	return frame
}

// frameBelow carries over what every frame of a transaction shares.
func (m *Machine) frameBelow(c *ewasm.Context) *ewasm.Context {
	depth := c.Depth + 1
	frame := m.frameAt(depth)
	*frame = ewasm.Context{
		Depth:     depth,
		Schedule:  m.Schedule,
		Tx:        c.Tx,
		Block:     m.Block,
		State:     m.State,
		Calls:     m,
		Debug:     m.Debug,
		Trace:     m.trace,
		Interrupt: m.Interrupt,
		PagesLeft: c.PagesLeft - c.PagesUsed,
	}
	return frame
}

// frameAt returns the frame of a depth, of which there is one at a time. Who watches may keep it; if nobody does it is used again.
func (m *Machine) frameAt(depth int) *ewasm.Context {
	if m.trace != nil {
		return new(ewasm.Context)
	}
	for depth >= len(m.frames) {
		m.frames = append(m.frames, new(ewasm.Context))
	}
	return m.frames[depth]
}

// arrive moves the value and touches the callee. It answers false where there is nothing to run: no such account and no
// value to make one with.
func (m *Machine) arrive(from common.Address, call ewasm.Call) bool {
	switch call.Kind {
	case ewasm.PlainCall:
		if !m.State.Exist(call.Target) {
			if m.precompiles[call.Target] == nil && m.Rules.IsEIP158 && call.Value.IsZero() {
				return false
			}
			m.State.CreateAccount(call.Target)
		}
		m.transfer(from, call.Target, call.Value)
	case ewasm.CallStatic:
		m.State.AddBalance(call.Target, new(uint256.Int), tracing.BalanceChangeTouchAccount)
	}
	return true
}

func (m *Machine) transfer(from, to common.Address, value *uint256.Int) {
	m.State.SubBalance(from, value, tracing.BalanceChangeTransfer)
	m.State.AddBalance(to, value, tracing.BalanceChangeTransfer)
}

// execute runs what stands at an address: a precompile, code of a known kind, or nothing.
func (m *Machine) execute(frame *ewasm.Context, at common.Address) ewasm.Result {
	if p := m.precompiles[at]; p != nil {
		return m.runPrecompile(frame, at, p)
	}
	frame.Code = m.State.GetCode(at)
	if m.Rules.IsPrague {
		if target, ok := types.ParseDelegation(frame.Code); ok {
			at = target // one level only (EIP-7702)
			frame.Code = m.State.GetCode(at)
		}
	}
	frame.CodeHash = m.State.GetCodeHash(at)
	return m.runCode(frame)
}

// runCode tells kinds of code apart by their first bytes.
func (m *Machine) runCode(frame *ewasm.Context) ewasm.Result {
	switch {
	case len(frame.Code) == 0:
		return ewasm.Result{Left: frame.Gas}
	case ewasm.IsWasm(frame.Code):
		return m.Engine.Run(frame)
	default:
		return ewasm.Result{End: ewasm.Halted, Cause: ErrCodeKind}
	}
}

func (m *Machine) runPrecompile(frame *ewasm.Context, at common.Address, p gethvm.PrecompiledContract) ewasm.Result {
	budget := gethvm.NewGasBudget(frame.Gas.Left(), 0)
	output, left, err := gethvm.RunPrecompiledContract(m.State, p, at, frame.Input, budget, m.Hooks, m.Rules, nil)
	if err != nil {
		return ewasm.Result{End: ewasm.Halted, Cause: err}
	}
	return ewasm.Result{Output: output, Left: gas.NewTank(left.ExecutionGas)}
}

// Create runs creation data in a frame below c and stores what it finishes with as the code of a new account; it is
// ewasm.Calls. The creator's nonce moves even where the creation then fails.
func (m *Machine) Create(c *ewasm.Context, creation ewasm.Creation) (address common.Address, result ewasm.Result) {
	nonce := m.State.GetNonce(c.Self)
	frame := m.frameBelow(c)
	frame.Code, frame.CodeHash = creation.Code, crypto.Keccak256Hash(creation.Code)
	kind := gethvm.CREATE
	if address = crypto.CreateAddress(c.Self, nonce); creation.Salt != nil {
		kind, address = gethvm.CREATE2, crypto.CreateAddress2(c.Self, *creation.Salt, frame.CodeHash[:])
	}
	frame.Self, frame.Caller, frame.Value, frame.Gas = address, c.Self, creation.Value, creation.Gas
	m.enter(frame, kind, c.Self, address, creation.Code)
	defer func() { m.exit(frame, creation.Gas, result) }()

	switch {
	case frame.Depth > m.Schedule.Limits.CallDepth:
		return address, rejected(creation.Gas, ewasm.ErrDepth)
	case m.State.GetBalance(c.Self).Lt(creation.Value):
		return address, rejected(creation.Gas, ewasm.ErrBalance)
	case nonce == math.MaxUint64:
		return address, rejected(creation.Gas, ewasm.ErrNonce)
	}
	m.State.SetNonce(c.Self, nonce+1, tracing.NonceChangeContractCreator)
	if m.Rules.IsEIP2929 {
		m.State.AddAddressToAccessList(address) // stays though the creation fail
	}
	if m.occupied(address) {
		return address, ewasm.Result{End: ewasm.Halted, Cause: gethvm.ErrContractAddressCollision}
	}
	snapshot := m.State.Snapshot()
	m.found(c.Self, address, creation.Value)
	result = m.construct(frame)
	if result.End != ewasm.Finished {
		m.State.RevertToSnapshot(snapshot)
	}
	return address, result
}

// occupied tells whether a contract stands at address already.
func (m *Machine) occupied(address common.Address) bool {
	hash := m.State.GetCodeHash(address)
	return m.State.GetNonce(address) != 0 || hash != (common.Hash{}) && hash != types.EmptyCodeHash
}

// found makes the account of a new contract, keeping what was sent there before.
func (m *Machine) found(creator, address common.Address, value *uint256.Int) {
	if !m.State.Exist(address) {
		m.State.CreateAccount(address)
	}
	m.State.CreateContract(address)
	if m.Rules.IsEIP158 {
		m.State.SetNonce(address, 1, tracing.NonceChangeNewContract)
	}
	m.transfer(creator, address, value)
}

// construct runs the creation data, holds the code it gives against the rules, and stores it. Both are paid for before
// they are compiled.
func (m *Machine) construct(frame *ewasm.Context) ewasm.Result {
	if err := ewasm.PayCompilation(&frame.Gas, frame.Code, m.Schedule); err != nil {
		return frame.Conclude(err)
	}
	result := m.runCode(frame)
	if result.End != ewasm.Finished {
		return result
	}
	if err := m.checkDeployed(result.Output); err != nil {
		return ewasm.Result{End: ewasm.Halted, Cause: err}
	}
	if err := result.Left.Charge(uint64(len(result.Output)) * m.Schedule.State.CodeDeposit); err != nil {
		return ewasm.Result{End: ewasm.Halted, Cause: gethvm.ErrCodeStoreOutOfGas}
	}
	if err := ewasm.PayCompilation(&result.Left, result.Output, m.Schedule); err != nil {
		return frame.Conclude(err)
	}
	if ewasm.IsWasm(result.Output) {
		hash := crypto.Keccak256Hash(result.Output)
		if err := m.Engine.Prepare(result.Output, hash, m.Schedule, frame.Interrupt); err != nil {
			return frame.Conclude(err)
		}
	}
	m.State.SetCode(frame.Self, result.Output, tracing.CodeChangeContractCreation)
	return result
}

// checkDeployed holds the size and first byte of code about to be deployed against the rules.
func (m *Machine) checkDeployed(code []byte) error {
	if limit := m.Schedule.Limits.Code; len(code) > limit {
		return sizeError{len(code), limit}
	}
	if len(code) > 0 && code[0] == 0xEF && m.Rules.IsLondon {
		return gethvm.ErrInvalidCode // EIP-3541
	}
	return nil
}

func rejected(left gas.Tank, cause error) ewasm.Result {
	return ewasm.Result{End: ewasm.Rejected, Left: left, Cause: cause}
}
