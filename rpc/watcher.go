package rpc

import (
	"context"
	"encoding/json"
	"slices"

	"hestia/vm"

	"github.com/ethereum/go-ethereum/eth/tracers"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native" // registers geth's tracers
)

// gethTracers are the tracers that geth brings and that make sense of our frames. Its directory would take any other name for
// a JavaScript program.
var gethTracers = []string{
	"4byteTracer", "callTracer", "flatCallTracer", "keccak256PreimageTracer", "muxTracer", "noopTracer", "prestateTracer",
}

// hestiaTracer is the name of our own: frames and host calls as one tree.
const hestiaTracer = "hestiaTracer"

// maxTrace bounds what one trace gathers, in bytes.
const maxTrace = 64 << 20

// watcher watches one transaction and tells what it saw.
type watcher struct {
	tracing vm.Tracing
	result  func() (json.RawMessage, error)
	stop    func(error) // may be called from another goroutine
}

// newWatcher returns who the config names. What they are told of the transaction's place is in ctx.
func (s *service) newWatcher(config *traceConfig, ctx *tracers.Context) (*watcher, error) {
	switch {
	case config == nil:
		return newStepLog(stepConfig{}).watcher(), nil
	case config.Tracer == nil || *config.Tracer == "":
		return newStepLog(config.stepConfig).watcher(), nil
	case *config.Tracer == hestiaTracer:
		return newFrameTree().watcher(), nil
	}
	if err := checkTracer(*config.Tracer, config.TracerConfig); err != nil {
		return nil, err
	}
	tracer, err := tracers.DefaultDirectory.New(*config.Tracer, ctx, config.TracerConfig, s.Chain.ChainConfig())
	if err != nil {
		return nil, invalidParams("tracerConfig: %w", err)
	}
	return &watcher{vm.Tracing{Hooks: tracer.Hooks}, tracer.GetResult, tracer.Stop}, nil
}

// checkTracer makes sure that geth knows the tracer, and those that its config names if it runs several.
func checkTracer(name string, config json.RawMessage) error {
	if !slices.Contains(gethTracers, name) {
		return invalidParams("tracer %.64q is not known: want %s or one of %v", name, hestiaTracer, gethTracers)
	}
	if name != "muxTracer" || len(config) == 0 {
		return nil
	}
	var inner map[string]json.RawMessage
	if err := json.Unmarshal(config, &inner); err != nil {
		return invalidParams("tracerConfig: %w", err)
	}
	for name, config := range inner {
		if err := checkTracer(name, config); err != nil {
			return err
		}
	}
	return nil
}

// stopAfter makes the watcher look away, and fail, when the time of ctx is up; gas ends what it looked at.
func (w *watcher) stopAfter(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		if ctx.Err() == context.DeadlineExceeded {
			w.stop(errTraceTimeout)
		}
	})
}
