package sandbox

import (
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"

	"hestia/contracts"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm/wasmtime"
)

func TestACallRunsOnAnEmptyStateEveryTime(t *testing.T) {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	box, err := Open(engine, contracts.Counter.Runtime, gas.Development())
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	increment := Message(Sender, &Contract, nil, common.FromHex("0xd09de08a"), 1_000_000)
	for range 2 {
		called, err := box.Call(t.Context(), increment, nil)
		if err != nil || called.Result.End != frame.Finished || len(called.Logs) != 1 {
			t.Fatalf("%v, %+v", err, called)
		}
		if len(called.Storage) != 1 || called.Storage[common.Hash{}] != "01" {
			t.Errorf("storage %v", called.Storage)
		}
		if cost := box.Intrinsic(&increment); cost != 21_064 || called.UsedGas <= cost {
			t.Errorf("%d gas, of which the transaction itself %d", called.UsedGas, cost)
		}
	}
	poor := Message(Sender, &Contract, nil, nil, 1)
	if _, err := box.Call(t.Context(), poor, nil); !errors.Is(err, core.ErrIntrinsicGas) {
		t.Errorf("a call with one gas: %v", err)
	}
	if outcome, err := box.Apply(t.Context(), increment); err != nil || outcome.Failed() {
		t.Errorf("%v, %+v", err, outcome)
	}
}
