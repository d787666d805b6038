package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/chain"
	"hestia/contracts"
	"hestia/ewasm"
	"hestia/gas"
	"hestia/gas/admit"
	"hestia/internal/wasm"
	"hestia/transition"
	"hestia/vm/wasmtime"
)

// report is all that check says of a module. Fields that need a decoded module are zero where it is malformed.
type report struct {
	File       string      `json:"file,omitempty"`
	Place      string      `json:"place,omitempty"` // of a nested module
	Schedule   string      `json:"schedule"`
	Valid      bool        `json:"valid"`
	Error      *ruleReport `json:"error,omitempty"`
	Bytes      int         `json:"bytes"`
	CodeHash   common.Hash `json:"codeHash"`
	Imports    []string    `json:"imports"`
	Exports    []string    `json:"exports"`
	Memory     memoryPages `json:"memory"`
	Limits     []used      `json:"limits"`
	Compile    compiling   `json:"compile"`
	Deployment deployment  `json:"deployment"`
	Nested     []*report   `json:"nested"`
}

// ruleReport says which rule a module breaks.
type ruleReport struct {
	Rule  string `json:"rule"`
	Place string `json:"place,omitempty"`
	What  string `json:"what,omitempty"`
}

// memoryPages are pages of 64 KiB.
type memoryPages struct {
	Initial uint32  `json:"initial"`
	Maximum *uint32 `json:"maximum,omitempty"`
}

// used is how much of a limit a module uses.
type used struct {
	Name    string `json:"name"`
	Used    uint64 `json:"used"`
	Allowed uint64 `json:"allowed"`
}

// compiling is what compiling a module takes.
type compiling struct {
	EstimatedMicroseconds uint64 `json:"estimatedMicroseconds"` // what is paid for
	MeasuredMicroseconds  uint64 `json:"measuredMicroseconds"`  // on this machine, now
	Gas                   uint64 `json:"gas"`
}

// deployment is what deploying a module costs, in gas.
type deployment struct {
	Code        uint64 `json:"code"`        // as code: deposit and compiling, paid by the constructor
	Creation    uint64 `json:"creation"`    // as creation data: what a transaction costs before main runs
	Transaction uint64 `json:"transaction"` // a whole one, whose constructor only deploys the module
	Error       string `json:"error,omitempty"`
}

// sound tells whether the module and all inside it are contracts.
func (r *report) sound() bool {
	ok := r.Valid
	for _, inner := range r.Nested {
		ok = ok && inner.sound()
	}
	return ok
}

// checkSender deploys what is checked; it owns nothing, as gas is free where it does.
var checkSender = common.HexToAddress("0xde00000000000000000000000000000000000000")

// maxNested bounds how deep modules are looked for within modules: a deployer of deployers.
const maxNested = 3

// checker makes reports under one schedule.
type checker struct {
	engine *wasmtime.Engine
	rules  *gas.Schedule
}

// report checks one module, and those inside it depth levels down. The error is the engine's own failure.
func (k *checker) report(code []byte, depth int) (*report, error) {
	r := &report{
		Schedule: k.rules.Name, Bytes: len(code), CodeHash: crypto.Keccak256Hash(code),
		Imports: []string{}, Exports: []string{}, Limits: []used{}, Nested: []*report{},
	}
	_, err := ewasm.Check(code, k.rules)
	if err == nil {
		start := time.Now()
		err = k.engine.Prepare(code, r.CodeHash, k.rules, nil)
		r.Compile.MeasuredMicroseconds = uint64(time.Since(start).Microseconds())
	}
	var broken *ewasm.RuleError
	switch {
	case errors.As(err, &broken):
		r.Error = &ruleReport{broken.Rule.Error(), broken.Place, broken.What}
	case err != nil:
		return nil, err
	}
	r.Valid = err == nil
	module, err := wasm.Decode(code)
	if err != nil {
		return r, nil // said above
	}
	k.describe(r, module)
	if r.Valid {
		if err := k.price(r, code); err != nil {
			return nil, err
		}
	}
	for _, inner := range nested(module) {
		if depth == 0 {
			break
		}
		nestedReport, err := k.report(inner.code, depth-1)
		if err != nil {
			return nil, err
		}
		nestedReport.Place = inner.place
		r.Nested = append(r.Nested, nestedReport)
	}
	return r, nil
}

// describe fills in what the decoded module shows.
func (k *checker) describe(r *report, m *wasm.Module) {
	for _, item := range m.Imports {
		r.Imports = append(r.Imports, item.Module+"."+item.Name)
	}
	for _, item := range m.Exports {
		r.Exports = append(r.Exports, item.Name)
	}
	if len(m.Memories) > 0 {
		r.Memory.Initial = m.Memories[0].Min
		if m.Memories[0].HasMax {
			r.Memory.Maximum = &m.Memories[0].Max
		}
	}
	var locals, instructions, entries, targets uint64
	for i := range m.Codes {
		declared := uint64(0)
		for _, run := range m.Codes[i].Locals {
			declared += uint64(run.Count)
		}
		locals, instructions = max(locals, declared), max(instructions, uint64(len(m.Codes[i].Body)))
		for j := range m.Codes[i].Body {
			targets += uint64(len(m.Codes[i].Body[j].Targets))
		}
	}
	for _, table := range m.Tables {
		entries += uint64(table.Limits.Min)
	}
	all, shape := &k.rules.Limits, &k.rules.Limits.Module
	r.Limits = append(r.Limits,
		used{"bytes of code", uint64(r.Bytes), uint64(all.Code)},
		used{"bytes of creation data", uint64(r.Bytes), uint64(all.Initcode)},
		used{"initial pages", uint64(r.Memory.Initial), uint64(all.Pages)},
		used{"table entries", entries, uint64(all.TableEntries)},
		used{"types", uint64(len(m.Types)), shape.Types},
		used{"imports", uint64(len(m.Imports)), shape.Imports},
		used{"functions", uint64(len(m.Codes)), shape.Functions},
		used{"globals", uint64(len(m.Globals)), shape.Globals},
		used{"exports", uint64(len(m.Exports)), shape.Exports},
		used{"element segments", uint64(len(m.Elements)), shape.Elements},
		used{"data segments", uint64(len(m.Data)), shape.Data},
		used{"locals of one function", locals, shape.Locals},
		used{"instructions of one function", instructions, shape.Instructions},
		used{"br_table targets", targets, shape.TargetsTotal},
	)
}

// price fills in what compiling and deploying a contract costs.
func (k *checker) price(r *report, code []byte) error {
	if _, counts, err := admit.Module(code, k.rules); err == nil {
		r.Compile.EstimatedMicroseconds = (k.rules.Compile.Estimate(counts) + 999) / 1000
	}
	tank := gas.NewTank(gas.Max)
	if err := ewasm.PayCompilation(&tank, code, k.rules); err != nil {
		return err
	}
	r.Compile.Gas = gas.Max - tank.Left()
	r.Deployment.Code = uint64(len(code))*k.rules.State.CodeDeposit + r.Compile.Gas
	return k.deploy(r, code)
}

// deploy tries deploying out, on an empty chain.
func (k *checker) deploy(r *report, code []byte) error {
	opened, store, err := openRun(k.engine, code, k.rules)
	if err != nil {
		return err
	}
	defer store.Close()
	header := opened.PendingHeader(chain.Template{})
	message := transition.Message{
		Message: core.Message{
			From: checkSender, Value: new(uint256.Int), Data: contracts.Deploy(code), GasLimit: gas.Max / 2,
			GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int),
		},
		NoBaseFee: true, SkipGasCap: true,
	}
	creation := message
	creation.Data = code
	r.Deployment.Creation = intrinsic(opened, header, &creation) + r.Compile.Gas
	outcome, err := opened.Apply(context.Background(), chain.CallRequest{Header: header, Message: message})
	switch {
	case err != nil:
		r.Deployment.Error = err.Error()
	case outcome.Failed():
		r.Deployment.Error = outcome.Result.Cause.Error()
	default:
		r.Deployment.Transaction = outcome.UsedGas
	}
	if most := k.rules.Limits.TransactionGas; most != 0 && r.Deployment.Transaction > most {
		r.Deployment.Error = fmt.Sprintf("a transaction may use %d gas at most", most)
	}
	return nil
}

// nestedModule is a module found inside another.
type nestedModule struct {
	place string
	code  []byte
}

// nested finds modules in data segments and custom sections: where one begins, and as far as its sections go.
func nested(m *wasm.Module) (list []nestedModule) {
	for i := range m.Data {
		list = append(list, modulesIn(fmt.Sprintf("data segment %d", i), m.Data[i].Init)...)
	}
	for _, custom := range m.Customs {
		list = append(list, modulesIn(fmt.Sprintf("custom section %q", custom.Name), custom.Data)...)
	}
	return list
}

func modulesIn(place string, data []byte) (list []nestedModule) {
	for from := 0; ; {
		at := bytes.Index(data[from:], []byte(wasmHeader))
		if at < 0 {
			return list
		}
		from += at
		length := moduleLength(data[from:])
		list = append(list, nestedModule{fmt.Sprintf("%s, offset 0x%x", place, from), data[from : from+length]})
		from += length
	}
}

// wasmHeader begins every module of version 1.
const wasmHeader = "\x00asm\x01\x00\x00\x00"

// moduleLength is how far well-formed sections follow the header.
func moduleLength(data []byte) int {
	const lastSection = 12
	end, last := len(wasmHeader), 0
	for end < len(data) && data[end] <= lastSection {
		id := int(data[end])
		size, width := binary.Uvarint(data[end+1:])
		if width <= 0 || size == 0 || size > uint64(len(data)-end-1-width) || id != 0 && sectionOrder[id] <= last {
			break
		}
		if id != 0 {
			last = sectionOrder[id]
		}
		end += 1 + width + int(size)
	}
	return end
}

// sectionOrder is where the section of an identifier stands in a module.
var sectionOrder = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 12: 10, 10: 11, 11: 12}
