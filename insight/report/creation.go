package report

import (
	"context"
	"fmt"

	"hestia/ewasm"
)

// Constructor is how creation data is made up if a custom section ends its module.
type Constructor struct {
	Marker    string `json:"marker"`            // the name of that section: args or runtime
	Module    int    `json:"module"`            // bytes that run, before the section
	Runtime   int    `json:"runtime,omitempty"` // bytes of the code that the section deploys
	Arguments int    `json:"arguments"`         // bytes behind the section: the calldata
	Warning   string `json:"warning,omitempty"` // what the node takes but can hardly be meant
}

// runtimePlace is the place of the code that creation data deploys.
const runtimePlace = `custom section "` + ewasm.RuntimeSection + `", offset 0x0`

// split takes creation data apart and fills in how it is made up. Deployed code has no marker that means anything.
func (c *Checker) split(r *Report, code []byte) ewasm.Creation {
	if c.deployed {
		return ewasm.Creation{Module: code}
	}
	data := ewasm.SplitCreation(code, c.Rules)
	if data.Marker != "" {
		r.Constructor = &Constructor{
			Marker: data.Marker, Module: len(data.Module), Runtime: len(data.Runtime), Arguments: len(data.Arguments),
		}
	}
	return data
}

// runtime reports on the code that creation data deploys, as the node holds it: a module must be a contract, and other
// bytes are EVM code or, if the schedule runs none, deployed as they are. Of those there is a report only if the node
// refuses them.
func (c *Checker) runtime(ctx context.Context, r *Report, code []byte, depth int) error {
	asDeployed := &Checker{Engine: c.Engine, Rules: c.Rules, deployed: true}
	inner, err := asDeployed.check(ctx, code, depth)
	if err != nil {
		return err
	}
	inner.Place = runtimePlace
	isCode := ewasm.IsWasm(code) || c.isEVM(code)
	if !isCode {
		inner.Error = asDeployed.bare(code)
	}
	if inner.Error != nil && r.Valid { // the constructor can only fail
		r.Valid, r.Error = false, &Broken{inner.Error.Rule, runtimePlace, inner.Error.What}
	}
	if isCode || inner.Error != nil {
		r.Nested = append(r.Nested, inner)
		return nil
	}
	r.Constructor.Warning = fmt.Sprintf(
		"the section %q has no module: its %d bytes are deployed as they are, and calls of them fail",
		ewasm.RuntimeSection, len(code),
	)
	if len(code) == 0 {
		r.Constructor.Warning = fmt.Sprintf("the section %q is empty: the contract has no code", ewasm.RuntimeSection)
	}
	return nil
}

// bare returns why the node does not deploy bytes that are no module, or nil if it does.
func (c *Checker) bare(code []byte) *Broken {
	const reserved = 0xEF // EIP-3541
	if len(code) > 0 && code[0] == reserved {
		return &Broken{Rule: ewasm.ErrNotWasm.Error(), Place: "byte 0", What: "no code may begin with 0xef"}
	}
	return c.size(len(code))
}
