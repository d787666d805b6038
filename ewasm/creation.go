package ewasm

import (
	"errors"

	"hestia/gas"
	"hestia/internal/wasm"
)

// The custom sections that end the module of creation data. What follows either is the constructor's calldata.
const (
	ArgumentsSection = "args"    // its content means nothing
	RuntimeSection   = "runtime" // its content is the code that is deployed
)

// Creation is creation data, taken apart.
type Creation struct {
	Module    []byte // what runs: all before the section that ends the module
	Arguments []byte // the constructor's calldata: all behind that section
	Runtime   []byte // what is deployed if the marker is RuntimeSection
	Marker    string // the name of the section that ends the module; empty if none does

	schedule *gas.Schedule
}

// SplitCreation takes creation data apart. The module ends at the first custom section named ArgumentsSection or
// RuntimeSection that is found reading section by section from the start; what follows that section is never read as
// sections. Without such a section, or under a schedule without markers, all of the data is the module. The parts share
// the memory of data.
func SplitCreation(data []byte, schedule *gas.Schedule) Creation {
	if !schedule.Limits.Markers || !IsWasm(data) {
		return Creation{Module: data, schedule: schedule}
	}
	marker, found := wasm.FindCustom(data, []string{ArgumentsSection, RuntimeSection})
	if !found {
		return Creation{Module: data, schedule: schedule}
	}
	c := Creation{
		Module: data[:marker.Start:marker.Start], Arguments: data[marker.End:], Marker: marker.Name, schedule: schedule,
	}
	if marker.Name == RuntimeSection {
		c.Runtime = marker.Data
	}
	return c
}

// Explain adds to the error of a malformed module how creation data is read. It leaves any other error as it is.
func (c *Creation) Explain(err error) error {
	var rule *RuleError
	if !c.schedule.Limits.Markers || !errors.As(err, &rule) || rule.Rule != ErrMalformed {
		return err
	}
	hint := `; if a constructor's arguments follow the module, end it by a custom section "` + ArgumentsSection + `"`
	if c.Marker != "" {
		hint = `; the module of creation data ends before its first custom section "` + c.Marker + `"`
	}
	return &RuleError{Rule: rule.Rule, Place: rule.Place, What: rule.What + hint}
}
