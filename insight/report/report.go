// Package report says of a module all that a deployer wants to know: whether it is a contract under a gas schedule,
// or which rule it breaks and where; how much of each limit it uses; what compiling and deploying it costs; and the
// same of the modules inside it. Of EVM code, to which the rules for modules do not apply, it says the size and the
// costs.
//
// A Report is plain data with names in JSON, and WriteText writes it for people. The package reads no file and no
// flag. Start at Checker.
package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/contracts"
	"hestia/ewasm"
	"hestia/gas"
	"hestia/gas/admit"
	"hestia/insight/sandbox"
	"hestia/internal/wasm"
	"hestia/vm"
)

// Report is what there is to know of a module, or of EVM code. Fields that need a decoded module are zero if it is
// malformed.
type Report struct {
	File       string      `json:"file,omitempty"`  // the file it was read from; the caller fills it in
	Place      string      `json:"place,omitempty"` // of a module inside another
	Kind       string      `json:"kind"`            // wasm or evm
	Schedule   string      `json:"schedule"`
	Valid      bool        `json:"valid"` // it is a contract, and small enough for its use
	Error      *Broken     `json:"error,omitempty"`
	Bytes      int         `json:"bytes"`
	CodeHash   common.Hash `json:"codeHash"` // keccak256 of its bytes
	Imports    []string    `json:"imports"`  // module.name
	Exports    []string    `json:"exports"`
	Warning    string      `json:"warning,omitempty"` // what the node takes but can hardly be meant
	Memory     Pages       `json:"memory"`
	Limits     []Limit     `json:"limits"`
	Compile    Compile     `json:"compile"`
	Deployment Deployment  `json:"deployment"`
	Nested     []*Report   `json:"nested"`

	Constructor *Constructor `json:"constructor,omitempty"` // nil if no section marks the bytes as creation data
}

// Broken is the first rule that a module breaks.
type Broken struct {
	Rule  string `json:"rule"`
	Place string `json:"place,omitempty"` // the item and its offset
	What  string `json:"what,omitempty"`  // what is wrong, and what would be right
}

// String says all of it on one line.
func (b *Broken) String() string {
	parts := slices.DeleteFunc([]string{b.Rule, b.Place, b.What}, func(part string) bool { return part == "" })
	return strings.Join(parts, ": ")
}

// Pages are sizes of a memory, in pages of 64 KiB.
type Pages struct {
	Initial uint32  `json:"initial"`
	Maximum *uint32 `json:"maximum,omitempty"` // nil if the module sets none
}

// Limit is how much of one limit a module uses.
type Limit struct {
	Name    string `json:"name"` // with the unit
	Used    uint64 `json:"used"`
	Allowed uint64 `json:"allowed"`
}

// Compile is what compiling a module takes.
type Compile struct {
	EstimatedMicroseconds uint64 `json:"estimatedMicroseconds"` // what is paid for
	MeasuredMicroseconds  uint64 `json:"measuredMicroseconds"`  // on this machine, now
	Gas                   uint64 `json:"gas"`
}

// Deployment is what deploying a module costs, in gas.
type Deployment struct {
	Code        uint64 `json:"code"`        // deposit and compiling, paid by the constructor; 0 of creation data
	Creation    uint64 `json:"creation"`    // as creation data: what a transaction costs before main runs
	Transaction uint64 `json:"transaction"` // all of a transaction that only deploys the module; 0 of creation data
	Error       string `json:"error,omitempty"`
}

// Sound reports whether the module and all modules inside it are contracts.
func (r *Report) Sound() bool {
	ok := r.Valid
	for _, inner := range r.Nested {
		ok = ok && inner.Sound()
	}
	return ok
}

// deployer sends the transaction that is tried out. It owns nothing, as gas is free in a sandbox.
var deployer = common.HexToAddress("0xde00000000000000000000000000000000000000")

// maxNested bounds how deep modules are looked for within modules: a deployer of deployers of deployers.
const maxNested = 3

// Checker makes reports under one schedule.
type Checker struct {
	Engine   vm.Engine
	Rules    *gas.Schedule
	Creation bool // the module is to be creation data, not code that is deployed; modules inside it are code
	Wasm     bool // the code is to be a module, although the schedule runs EVM code too

	deployed bool // the module is code of an account, of which no section means that it is creation data
}

// Check reports on a module and on the modules inside it, or on EVM code if the schedule runs such. A module that is no
// contract is a report. The error is the engine's own failure.
func (c *Checker) Check(ctx context.Context, code []byte) (*Report, error) {
	return c.check(ctx, code, maxNested)
}

// check reports on a module, and on those inside it depth levels down, which are code. Bytes that a custom section
// marks as creation data are held to be that.
func (c *Checker) check(ctx context.Context, code []byte, depth int) (*Report, error) {
	r := &Report{
		Kind: wasmKind, Schedule: c.Rules.Name, Bytes: len(code), CodeHash: crypto.Keccak256Hash(code),
		Imports: []string{}, Exports: []string{}, Limits: []Limit{}, Nested: []*Report{},
	}
	if c.isEVM(code) {
		return r, c.checkEVM(ctx, r, code)
	}
	data := c.split(r, code)
	if r.Constructor != nil {
		c = &Checker{Engine: c.Engine, Rules: c.Rules, Creation: true}
	}
	if err := c.judge(r, &data); err != nil {
		return nil, err
	}
	if module, err := wasm.Decode(data.Module); err == nil { // else judge said why not
		r.describe(module)
		r.measure(module, &c.Rules.Limits, c.Creation)
		if err := c.inside(ctx, r, module, depth); err != nil {
			return nil, err
		}
	}
	if data.Marker == ewasm.RuntimeSection {
		if err := c.runtime(ctx, r, data.Runtime, depth-1); err != nil {
			return nil, err
		}
	}
	if !r.Valid {
		return r, nil
	}
	return r, c.price(ctx, r, code, data.Module)
}

// inside adds reports on the modules in a module, down to a depth.
func (c *Checker) inside(ctx context.Context, r *Report, module *wasm.Module, depth int) error {
	if depth <= 0 {
		return nil
	}
	asCode := &Checker{Engine: c.Engine, Rules: c.Rules}
	for _, inner := range nested(module) {
		nestedReport, err := asCode.check(ctx, inner.code, depth-1)
		if err != nil {
			return err
		}
		nestedReport.Place = inner.place
		r.Nested = append(r.Nested, nestedReport)
	}
	return nil
}

// judge fills in whether the module is a contract, and times its compilation if it is. It says what the node says.
func (c *Checker) judge(r *Report, data *ewasm.Creation) error {
	_, err := ewasm.Check(data.Module, c.Rules)
	if err == nil {
		start := time.Now()
		err = c.Engine.Prepare(data.Module, crypto.Keccak256Hash(data.Module), c.Rules, nil)
		r.Compile.MeasuredMicroseconds = uint64(time.Since(start).Microseconds())
	}
	var broken *ewasm.RuleError
	if err != nil && !c.deployed {
		err = data.Explain(err)
	}
	switch {
	case errors.As(err, &broken):
		r.Error = &Broken{broken.Rule.Error(), broken.Place, broken.What}
		return nil
	case err == nil:
		r.Error = c.size(r.Bytes)
		r.Valid = r.Error == nil
	}
	return err
}

// size returns what is wrong with the size of a module in its use, nil if nothing is.
func (c *Checker) size(bytes int) *Broken {
	limits := &c.Rules.Limits
	what := ""
	switch {
	case bytes > limits.Initcode:
		what = fmt.Sprintf(
			"%d bytes; creation data may have %d at most, and code %d", bytes, limits.Initcode, limits.Code,
		)
	case bytes > limits.Code && !c.Creation:
		what = fmt.Sprintf("%d bytes; code may have %d at most (creation data %d)", bytes, limits.Code, limits.Initcode)
	default:
		return nil
	}
	return &Broken{Rule: ewasm.ErrLimit.Error(), Place: "module", What: what}
}

// price fills in what compiling and deploying a contract costs. Of creation data, only the module is compiled.
func (c *Checker) price(ctx context.Context, r *Report, code, module []byte) error {
	if _, counts, err := admit.Module(module, c.Rules); err == nil {
		r.Compile.EstimatedMicroseconds = (c.Rules.Compile.Estimate(counts) + 999) / 1000 // from nanoseconds
	}
	tank := gas.NewTank(gas.Max)
	if err := ewasm.PayCompilation(&tank, module, c.Rules); err != nil {
		return err
	}
	r.Compile.Gas = gas.Max - tank.Left()
	if !c.Creation {
		r.Deployment.Code = uint64(len(code))*c.Rules.State.CodeDeposit + r.Compile.Gas
	}
	return c.deploy(ctx, r, code)
}

// deploy tries the deployment out. What creation data deploys is not known without its arguments.
func (c *Checker) deploy(ctx context.Context, r *Report, code []byte) (err error) {
	box, err := sandbox.Open(c.Engine, code, c.Rules)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	creation := sandbox.Message(deployer, nil, nil, code, gas.Max/2)
	r.Deployment.Creation = box.Intrinsic(&creation) + r.Compile.Gas
	if c.Creation {
		return nil
	}
	wrap := contracts.Finishing
	switch {
	case r.Kind == evmKind:
		wrap = finishing
	case c.Rules.Limits.Markers:
		wrap = contracts.Deploy
	}
	message := sandbox.Message(deployer, nil, nil, wrap(code), gas.Max/2)
	message.SkipGasCap = true // so that a deployment over the cap is reported with what it uses
	outcome, err := box.Apply(ctx, message)
	switch {
	case err != nil:
		r.Deployment.Error = err.Error()
	case outcome.Failed():
		r.Deployment.Error = outcome.Result.Cause.Error()
	default:
		r.Deployment.Transaction = outcome.UsedGas
	}
	if most := c.Rules.Limits.TransactionGas; most != 0 && r.Deployment.Transaction > most {
		r.Deployment.Error = fmt.Sprintf("a transaction may use %d gas at most", most)
	}
	return nil
}
