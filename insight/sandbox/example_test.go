package sandbox_test

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"hestia/contracts"
	"hestia/gas"
	"hestia/insight/sandbox"
	"hestia/vm/wasmtime"
)

// A contract is called once on an empty state.
func Example() {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		panic(err)
	}
	defer engine.Close()
	box, err := sandbox.Open(engine, contracts.Counter.Runtime, gas.Default())
	if err != nil {
		panic(err)
	}
	defer box.Close()
	increment := sandbox.Message(sandbox.Sender, &sandbox.Contract, nil, common.FromHex("0xd09de08a"), 1_000_000)
	called, err := box.Call(context.Background(), increment, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(called.Result.End, len(called.Logs), called.Storage[common.Hash{}])
	// Output: finished 1 01
}
