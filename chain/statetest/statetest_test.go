package statetest_test

import (
	"os"
	"testing"

	"hestia/chain/statetest"
	"hestia/vm/wasmtime"
)

// vectors is where the published Ewasm tests lie beside a checkout.
const vectors = "../../../shared/vectors/ewasm"

func TestPublishedEwasmTestsPass(t *testing.T) {
	if _, err := os.Stat(vectors); err != nil {
		t.Skipf("the published tests are not beside this checkout: %v", err)
	}
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	sum, err := statetest.Run(engine, vectors, func(r statetest.Result) {
		if r.Err != nil {
			t.Error(r)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Passed == 0 {
		t.Error("no test was run")
	}
	t.Logf("%+v", sum)
}
