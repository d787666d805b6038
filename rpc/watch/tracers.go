package watch

import (
	"encoding/json"
	"slices"

	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/eth/tracers"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native" // registers geth's tracers

	"hestia/insight/trace"
	"hestia/rpc/budget"
	"hestia/rpc/query"
	"hestia/vm"
)

// gethTracers are the tracers that geth brings and that make sense of our frames. Its directory would take any other
// name for a JavaScript program.
var gethTracers = []string{
	"4byteTracer", "callTracer", "flatCallTracer", "keccak256PreimageTracer", "muxTracer", "noopTracer",
	"prestateTracer",
}

// hestiaTracer is the name of our own: frames and host calls as one tree.
const hestiaTracer = "hestiaTracer"

// newRecording returns a recording by the tracer that the config names. ctx is the place of the transaction, for the
// tracer; keep counts what it keeps.
func (s replayer) newRecording(
	config *traceConfig, ctx *tracers.Context, keep trace.Keep,
) (*trace.Recording, error) {
	switch {
	case config == nil:
		return trace.NewStepLog(trace.StepConfig{}, keep), nil
	case config.Tracer == nil || *config.Tracer == "":
		return trace.NewStepLog(config.StepConfig, keep), nil
	case *config.Tracer == hestiaTracer:
		return trace.NewFrameTree(s.Abis, keep), nil
	}
	count := 0
	if err := checkTracer(*config.Tracer, config.TracerConfig, &count); err != nil {
		return nil, err
	}
	tracer, err := tracers.DefaultDirectory.New(*config.Tracer, ctx, config.TracerConfig, s.Chain.ChainConfig())
	if err != nil {
		return nil, query.InvalidParams("tracerConfig: %w", err)
	}
	if !watchesInstructions(*config.Tracer, config.TracerConfig) {
		tracer.Hooks = framesOnly(tracer.Hooks)
	}
	return trace.Bound(&trace.Recording{
		Tracing: vm.Tracing{Hooks: tracer.Hooks}, Result: tracer.GetResult, Stop: tracer.Stop,
	}, count, keep), nil
}

// watchesInstructions reports whether a tracer of geth's does something with instructions.
func watchesInstructions(name string, config json.RawMessage) bool {
	switch name {
	case "keccak256PreimageTracer", "prestateTracer":
		return true
	case "muxTracer":
		var inner map[string]json.RawMessage
		_ = json.Unmarshal(config, &inner) // which checkTracer has done
		for name, config := range inner {
			if watchesInstructions(name, config) {
				return true
			}
		}
	}
	return false
}

// framesOnly returns hooks without those for instructions, with which EVM code runs three times as long.
func framesOnly(hooks *tracing.Hooks) *tracing.Hooks {
	h := *hooks
	h.OnOpcode, h.OnOpcodeV2, h.OnFault, h.OnFaultV2, h.OnGasChange, h.OnGasChangeV2 = nil, nil, nil, nil, nil, nil
	return &h
}

// checkTracer makes sure that geth knows the tracer, and those that its config names if it runs several. It counts
// them.
func checkTracer(name string, config json.RawMessage, count *int) error {
	if !slices.Contains(gethTracers, name) {
		return query.InvalidParams("tracer %.64q is not known: want %s or one of %v", name, hestiaTracer, gethTracers)
	}
	if *count++; *count > budget.Tracers {
		return query.InvalidParams("tracerConfig: more than %d tracers", budget.Tracers)
	}
	if name != "muxTracer" || len(config) == 0 {
		return nil
	}
	var inner map[string]json.RawMessage
	if err := json.Unmarshal(config, &inner); err != nil {
		return query.InvalidParams("tracerConfig: %w", err)
	}
	for name, config := range inner {
		if err := checkTracer(name, config, count); err != nil {
			return err
		}
	}
	return nil
}
