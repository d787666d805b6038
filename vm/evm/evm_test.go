package evm

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"

	"hestia/frame"
)

// geth's loop for tracers is three times as slow: hooks that look at frames do without it.
func TestOnlyHooksForInstructionsSlowTheLoopDown(t *testing.T) {
	for name, test := range map[string]struct {
		hooks *tracing.Hooks
		slow  bool
	}{
		"none": {nil, false},
		"frames": {&tracing.Hooks{
			OnEnter: func(int, byte, common.Address, common.Address, []byte, uint64, *big.Int) {},
			OnExit:  func(int, []byte, uint64, error, bool) {},
		}, false},
		"opcodes": {&tracing.Hooks{
			OnOpcode: func(uint64, byte, uint64, uint64, tracing.OpContext, []byte, int, error) {},
		}, true},
		"faults": {&tracing.Hooks{
			OnFault: func(uint64, byte, uint64, uint64, tracing.OpContext, int, error) {},
		}, true},
		"gas": {&tracing.Hooks{OnGasChange: func(uint64, uint64, tracing.GasChangeReason) {}}, true},
	} {
		if r := New(Environment{Block: &frame.Block{}, Hooks: test.hooks}); (r.tracer != nil) != test.slow {
			t.Errorf("%s: slow is %v", name, r.tracer != nil)
		}
	}
}

func TestTheKindOfCreationDataIsReadBeforeMemoryGrows(t *testing.T) {
	memory := []byte("0123456789abcdef")
	for _, test := range []struct {
		offset, size uint64
		want         string
	}{
		{0, 100, "0123"},
		{0, 2, "01"},
		{0, 0, ""},
		{14, 9, "ef\x00\x00"},
		{16, 9, "\x00\x00\x00\x00"},
		{1 << 60, 3, "\x00\x00\x00"},
	} {
		if have := string(beginning(memory, test.offset, test.size)); have != test.want {
			t.Errorf("%+v: %q", test, have)
		}
	}
}
