package wasmtime

import "testing"

func TestNew(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
}
