package report

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/ewasm"
	"hestia/internal/terminal"
)

// The kinds of code that a report is on.
const (
	wasmKind = "wasm"
	evmKind  = "evm"
)

// isEVM reports whether the node runs code as EVM code.
func (c *Checker) isEVM(code []byte) bool {
	return c.Rules.Limits.EVM && !c.Wasm && len(code) > 0 && !ewasm.IsWasm(code)
}

// checkEVM fills in the report on EVM code, to which none of the rules for modules applies.
func (c *Checker) checkEVM(ctx context.Context, r *Report, code []byte) error {
	r.Kind = evmKind
	limits := &c.Rules.Limits
	use, most := "bytes of EVM code", limits.EVMCode
	if c.Creation {
		use, most = "bytes of creation data for the EVM", limits.EVMInitcode
	}
	r.Limits = append(r.Limits, Limit{Name: use, Used: uint64(len(code)), Allowed: uint64(most)})
	if op := gethvm.OpCode(code[0]); strings.Contains(op.String(), "not defined") {
		r.Warning = fmt.Sprintf("the EVM has no instruction %#x, with which it begins: every call of it fails", code[0])
	}
	if r.Error = c.evmBroken(code, most); r.Error != nil {
		return nil
	}
	r.Valid = true
	if !c.Creation {
		r.Deployment.Code = uint64(len(code)) * c.Rules.State.CodeDeposit
	}
	return c.deploy(ctx, r, code)
}

// evmBroken returns why the node does not deploy EVM code, or does not run it as creation data; nil if it does.
func (c *Checker) evmBroken(code []byte, most int) *Broken {
	const reserved = 0xEF // EIP-3541
	limits := &c.Rules.Limits
	switch {
	case len(code) > most:
		return &Broken{Rule: ewasm.ErrLimit.Error(), Place: "code", What: fmt.Sprintf(
			"%d bytes; EVM code may have %d at most (creation data %d)", len(code), limits.EVMCode, limits.EVMInitcode,
		)}
	case code[0] == reserved && !c.Creation:
		return &Broken{
			Rule: gethvm.ErrInvalidCode.Error(), Place: "byte 0", What: "no code may begin with 0xef",
		}
	}
	return nil
}

// finishing returns creation data of the EVM that deploys code.
func finishing(code []byte) []byte {
	const size = 13 // of the constructor
	push4 := func(n int) []byte { return binary.BigEndian.AppendUint32([]byte{byte(gethvm.PUSH4)}, uint32(n)) }
	data := push4(len(code))
	data = append(data, byte(gethvm.DUP1), byte(gethvm.PUSH1), size, byte(gethvm.PUSH0), byte(gethvm.CODECOPY))
	data = append(data, byte(gethvm.PUSH0), byte(gethvm.RETURN), byte(gethvm.STOP))
	return append(data, code...)
}

// printEVM writes a report on EVM code.
func (r *Report) printEVM(p *terminal.Printer, name string) {
	if r.Valid {
		p.Line("%s: EVM code under schedule %s", name, r.Schedule)
	} else {
		p.Line("%s: EVM code that is refused under schedule %s", name, r.Schedule)
		p.Line("rule       %s", r.Error.Rule)
		p.Line("place      %s", r.Error.Place)
		p.Line("reason     %s", r.Error.What)
	}
	p.Line("size       %d bytes, code hash %s", r.Bytes, r.CodeHash)
	if r.Warning != "" {
		p.Line("warning    %s", r.Warning)
	}
	r.printLimits(p)
	if r.Valid {
		r.printDeployment(p)
	}
}
