package wasmtime

import (
	"sync"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/frame"
)

// The plain binding ends runs by wasmtime's epochs: compiled code compares a number of its engine with the deadline of
// its store. wasmtime-go can only move that number, which ends all that runs in the engine. So what can be interrupted
// runs in an engine of its own, with all frames of its request.

// soloists are the engines for requests that can be interrupted.
type soloists struct {
	mu   sync.Mutex
	busy map[*frame.Interrupt]*soloist
	idle []*wasmtime.Engine
}

// maxIdle bounds the engines that are kept for the next request.
const maxIdle = 8

// soloist is an engine that only one request uses.
type soloist struct {
	engine  *wasmtime.Engine
	frames  int // that use it
	modules map[key]*wasmtime.Module
}

// enter returns the engine of a request for a frame, which leaves it when it has ended.
func (s *soloists) enter(request *frame.Interrupt) *soloist {
	s.mu.Lock()
	defer s.mu.Unlock()
	solo := s.busy[request]
	if solo == nil {
		solo = &soloist{modules: make(map[key]*wasmtime.Module)}
		if last := len(s.idle) - 1; last >= 0 {
			solo.engine, s.idle = s.idle[last], s.idle[:last]
		} else {
			solo.engine = wasmtime.NewEngineWithConfig(interruptible())
		}
		if s.busy == nil {
			s.busy = make(map[*frame.Interrupt]*soloist)
		}
		s.busy[request] = solo
	}
	solo.frames++
	return solo
}

// leave is called when a frame has ended. The last one of a request frees what its engine has.
func (s *soloists) leave(request *frame.Interrupt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	solo := s.busy[request]
	if solo.frames--; solo.frames > 0 {
		return
	}
	delete(s.busy, request)
	for _, module := range solo.modules {
		module.Close()
	}
	if len(s.idle) < maxIdle {
		s.idle = append(s.idle, solo.engine)
	} else {
		solo.engine.Close()
	}
}

// module returns a contract's machine code for the engine. Frames of one request run one at a time.
func (s *soloist) module(art *artefact) (*wasmtime.Module, error) {
	if known := s.modules[art.entry.key]; known != nil {
		return known, nil
	}
	img, err := art.image()
	if err != nil {
		return nil, err
	}
	module, err := wasmtime.NewModuleDeserialize(s.engine, img.code)
	if err == nil {
		s.modules[art.entry.key] = module
	}
	return module, err
}

// close frees the idle engines.
func (s *soloists) close() {
	for _, engine := range s.idle {
		engine.Close()
	}
	s.idle = nil
}

// interruptible is features with the means to end a run.
func interruptible() *wasmtime.Config {
	c := features()
	c.SetEpochInterruption(true)
	return c
}
