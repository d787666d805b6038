package report_test

import (
	"context"
	"fmt"

	"hestia/contracts"
	"hestia/gas"
	"hestia/insight/report"
	"hestia/vm/wasmtime"
)

// A build tool checks a module before it costs anything to deploy.
func ExampleChecker_Check() {
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		panic(err)
	}
	defer engine.Close()
	checker := report.Checker{Engine: engine, Rules: gas.Default()}
	for _, module := range [][]byte{contracts.Counter.Runtime, []byte("\x00asm\x01\x00\x00\x00")} {
		r, err := checker.Check(context.Background(), module)
		if err != nil {
			panic(err) // the engine failed
		}
		if r.Sound() {
			fmt.Println("a contract that calls", r.Imports[0])
		} else {
			fmt.Println(r.Error.Rule)
		}
	}
	// Output:
	// a contract that calls ethereum.getCallValue
	// no main
}
