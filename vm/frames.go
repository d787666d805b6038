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
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/console"
)

// Call runs another account's code in a frame below above; it is frame.Calls. The value moves inside the frame, so
// that this is undone too unless the frame finishes.
func (m *Machine) Call(above *frame.Frame, call frame.Call) (result frame.Result) {
	c := m.calledFrame(above, call)
	m.enter(c, callOpcodes[call.Kind], above.Self, call.Target, call.Input)
	if call.Target == console.Address {
		m.log(call.Input)
	}
	defer func() { m.exit(c, call.Gas, result) }()

	if c.Depth > m.Schedule.Limits.CallDepth {
		return rejected(call.Gas, frame.ErrDepth)
	}
	moves := call.Kind == frame.PlainCall || call.Kind == frame.CallCode
	if moves && !call.Value.IsZero() && m.State.GetBalance(above.Self).Lt(call.Value) {
		return rejected(call.Gas, frame.ErrBalance)
	}
	snapshot := m.State.Snapshot()
	if !m.arrive(above.Self, call) {
		return frame.Result{Left: call.Gas}
	}
	result = m.execute(c, call.Target)
	if result.End != frame.Finished {
		m.State.RevertToSnapshot(snapshot)
	}
	return result
}

// log prints what a contract says by console.log, if the schedule lets contracts print.
func (m *Machine) log(input []byte) {
	if m.Debug == nil || !m.Schedule.Limits.Debug {
		return
	}
	for _, line := range console.Lines(input) {
		m.Debug(line)
	}
}

// calledFrame returns the callee's frame, by the kind of the call.
func (m *Machine) calledFrame(above *frame.Frame, call frame.Call) *ewasm.Context {
	c := m.frameBelow(above)
	c.Self, c.Caller, c.Value = call.Target, above.Self, call.Value
	c.Input, c.Gas, c.Static = call.Input, call.Gas, above.Static
	switch call.Kind {
	case frame.CallCode:
		c.Self = above.Self
	case frame.CallDelegate:
		c.Self, c.Caller, c.Value = above.Self, above.Caller, above.Value
	case frame.CallStatic:
		c.Static = true
	}
	return c
}

// frameBelow returns a frame with what all frames of a transaction share.
func (m *Machine) frameBelow(above *frame.Frame) *ewasm.Context {
	depth, number := above.Depth+1, above.Tx.Frames
	above.Tx.Frames++
	c := m.frameAt(depth)
	*c = ewasm.Context{Trace: m.trace, Frame: frame.Frame{
		Depth:     depth,
		Number:    number,
		Schedule:  m.Schedule,
		Tx:        above.Tx,
		Block:     m.Block,
		State:     m.State,
		Calls:     m,
		Debug:     m.Debug,
		Interrupt: m.Interrupt,
		PagesLeft: above.PagesLeft - above.PagesUsed,
	}}
	return c
}

// frameAt returns the frame of a depth. There is one at a time, and it is reused, unless a tracer may keep it.
func (m *Machine) frameAt(depth int) *ewasm.Context {
	if m.trace != nil {
		return new(ewasm.Context)
	}
	for depth >= len(m.frames) {
		m.frames = append(m.frames, new(ewasm.Context))
	}
	return m.frames[depth]
}

// arrive moves the value and touches the callee. It returns false if there is nothing to run: there is no such
// account, and no value to make one.
func (m *Machine) arrive(from common.Address, call frame.Call) bool {
	switch call.Kind {
	case frame.PlainCall:
		if !m.State.Exist(call.Target) {
			if m.precompiles[call.Target] == nil && m.Rules.IsEIP158 && call.Value.IsZero() {
				return false
			}
			m.State.CreateAccount(call.Target)
		}
		m.transfer(from, call.Target, call.Value)
	case frame.CallStatic:
		m.State.AddBalance(call.Target, new(uint256.Int), tracing.BalanceChangeTouchAccount)
	}
	return true
}

func (m *Machine) transfer(from, to common.Address, value *uint256.Int) {
	m.State.SubBalance(from, value, tracing.BalanceChangeTransfer)
	m.State.AddBalance(to, value, tracing.BalanceChangeTransfer)
}

// execute runs what an address has: a precompile, code of a known kind, or nothing.
func (m *Machine) execute(c *ewasm.Context, at common.Address) frame.Result {
	if p := m.precompiles[at]; p != nil {
		return m.runPrecompile(c, at, p)
	}
	c.Code = m.State.GetCode(at)
	if m.Rules.IsPrague {
		if target, ok := types.ParseDelegation(c.Code); ok {
			at = target // one level only (EIP-7702)
			c.Code = m.State.GetCode(at)
		}
	}
	c.CodeHash = m.State.GetCodeHash(at)
	if m.Seen != nil {
		m.Seen(c.CodeHash, c.Code)
	}
	return m.runCode(c)
}

// runCode runs code by its kind.
func (m *Machine) runCode(c *ewasm.Context) frame.Result {
	switch m.kindOf(c.Code) {
	case noCode:
		return frame.Result{Left: c.Gas}
	case wasmCode:
		return m.runWasm(c)
	case evmCode:
		return m.runEVM(c)
	default:
		return frame.Result{End: frame.Halted, Cause: ErrCodeKind}
	}
}

// runWasm runs a wasm contract, which gets no more gas than particles can count.
func (m *Machine) runWasm(c *ewasm.Context) frame.Result {
	aside := c.Gas.SetAside()
	result := m.Engine.Run(c)
	if result.End == frame.Finished || result.End == frame.Reverted {
		result.Left.Return(aside)
	}
	return result
}

func (m *Machine) runPrecompile(c *ewasm.Context, at common.Address, p gethvm.PrecompiledContract) frame.Result {
	budget := gethvm.NewGasBudget(c.Gas.Left(), 0)
	p = m.patient(p, c.Input)
	output, left, err := gethvm.RunPrecompiledContract(m.State, p, at, c.Input, budget, m.hooks, m.Rules, nil)
	if fault, ok := interrupted(err); ok {
		return fault
	}
	if err != nil {
		return frame.Result{End: frame.Halted, Cause: err}
	}
	return frame.Result{Output: output, Left: gas.NewTank(left.ExecutionGas)}
}

// Create runs creation data in a frame below above and stores the code that it makes in a new account; it is
// frame.Calls. The creator's nonce moves even if the creation then fails.
func (m *Machine) Create(above *frame.Frame, creation frame.Creation) (address common.Address, result frame.Result) {
	nonce := m.State.GetNonce(above.Self)
	c := m.frameBelow(above)
	c.Creates = true
	kind := gethvm.CREATE
	if address = crypto.CreateAddress(above.Self, nonce); creation.Salt != nil {
		hash := crypto.Keccak256(creation.Code)
		kind, address = gethvm.CREATE2, crypto.CreateAddress2(above.Self, *creation.Salt, hash)
	}
	c.Code, c.Self, c.Caller, c.Value, c.Gas = creation.Code, address, above.Self, creation.Value, creation.Gas
	m.enter(c, kind, above.Self, address, creation.Code)
	defer func() { m.exit(c, creation.Gas, result) }()

	switch {
	case c.Depth > m.Schedule.Limits.CallDepth:
		return address, rejected(creation.Gas, frame.ErrDepth)
	case m.State.GetBalance(above.Self).Lt(creation.Value):
		return address, rejected(creation.Gas, frame.ErrBalance)
	case nonce == math.MaxUint64:
		return address, rejected(creation.Gas, frame.ErrNonce)
	}
	m.State.SetNonce(above.Self, nonce+1, tracing.NonceChangeContractCreator)
	if m.Rules.IsEIP2929 {
		m.State.AddAddressToAccessList(address) // stays if the creation fails
	}
	if m.occupied(address) {
		return address, frame.Result{End: frame.Halted, Cause: gethvm.ErrContractAddressCollision}
	}
	snapshot := m.State.Snapshot()
	m.found(above.Self, address, creation.Value)
	result = m.construct(c)
	if result.End != frame.Finished {
		m.State.RevertToSnapshot(snapshot)
	}
	return address, result
}

// occupied reports whether there is a contract at address already, or storage (EIP-7610).
func (m *Machine) occupied(address common.Address) bool {
	hash := m.State.GetCodeHash(address)
	if m.State.GetNonce(address) != 0 || hash != (common.Hash{}) && hash != types.EmptyCodeHash {
		return true
	}
	if !m.Schedule.Limits.EVM || m.Storage == nil {
		return false
	}
	root := m.Storage(address)
	return root != (common.Hash{}) && root != types.EmptyRootHash
}

// found makes the account of a new contract. It keeps the balance of an account that was there before.
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

// construct runs the creation data and deploys what it makes. The data and the code may be of different kinds. A
// program is its own constructor, and what it deploys.
func (m *Machine) construct(c *ewasm.Context) frame.Result {
	if m.kindOf(c.Code) != wasmCode {
		result := m.runCode(c)
		if result.End != frame.Finished {
			return result
		}
		return m.deploy(c, result)
	}
	data := ewasm.SplitCreation(c.Code, m.Schedule)
	c.CodeHash = crypto.Keccak256Hash(data.Module)
	if data.Marker != "" {
		c.Module, c.Input = data.Module, data.Arguments
	}
	if err := ewasm.PayCompilation(&c.Gas, data.Module, m.Schedule); err != nil {
		return c.Conclude(data.Explain(err))
	}
	result := m.runCode(c)
	if result.End != frame.Finished {
		result.Cause = data.Explain(result.Cause)
		return result
	}
	switch {
	case data.Marker == ewasm.RuntimeSection:
		result.Output = data.Runtime
	case ewasm.DeploysItself(data.Module, m.Schedule): // it deploys itself
		result.Output = data.Module
	}
	return m.deploy(c, result)
}

// deploy checks the output of a constructor against the rules and stores it as the code of its account. What is
// compiled is paid for before.
func (m *Machine) deploy(c *ewasm.Context, result frame.Result) frame.Result {
	code := result.Output
	if err := m.checkDeployed(code); err != nil {
		return frame.Result{End: frame.Halted, Cause: err}
	}
	deposit := uint64(len(code)) * m.Schedule.State.CodeDeposit
	if !m.Rules.IsHomestead && result.Left.Left() < deposit {
		result.Output = nil // Frontier has a contract without code then
		return result
	}
	if err := result.Left.Charge(deposit); err != nil {
		return frame.Result{End: frame.Halted, Cause: gethvm.ErrCodeStoreOutOfGas}
	}
	if m.kindOf(code) == wasmCode {
		hash := crypto.Keccak256Hash(code)
		// A program that deploys itself has been compiled.
		if hash != c.CodeHash || !ewasm.DeploysItself(code, m.Schedule) {
			if err := ewasm.PayCompilation(&result.Left, code, m.Schedule); err != nil {
				return c.Conclude(err)
			}
		}
		if err := m.Engine.Prepare(code, hash, m.Schedule, c.Interrupt); err != nil {
			return c.Conclude(err)
		}
	}
	if len(code) > 0 {
		m.State.SetCode(c.Self, code, tracing.CodeChangeContractCreation)
	}
	return result
}

// checkDeployed checks the size and the first byte of code before it is deployed.
func (m *Machine) checkDeployed(code []byte) error {
	if limit := m.codeLimit(code); len(code) > limit {
		return sizeError{len(code), limit}
	}
	if len(code) > 0 && code[0] == 0xEF && m.Rules.IsLondon {
		return gethvm.ErrInvalidCode // EIP-3541
	}
	return nil
}

func rejected(left gas.Tank, cause error) frame.Result {
	return frame.Result{End: frame.Rejected, Left: left, Cause: cause}
}
