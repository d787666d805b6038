package wasm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"hestia/internal/wat"
)

// oracle is an engine that accepts just the features of this package, and extended constant expressions: it cannot
// refuse them, and the grammar does not forbid them.
func oracle() *wasmtime.Engine {
	c := wasmtime.NewConfig()
	c.SetWasmRelaxedSIMD(false)
	c.SetWasmSIMD(false)
	c.SetWasmThreads(false)
	c.SetWasmMultiMemory(false)
	c.SetWasmMemory64(false)
	c.SetWasmTailCall(false)
	c.SetWasmGC(false)
	c.SetWasmFunctionReferences(false)
	c.SetWasmWideArithmetic(false)
	return wasmtime.NewEngineWithConfig(c)
}

// textModules are the modules of testdata, by file.
func textModules(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.wat")
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules in testdata: %v", err)
	}
	modules := make(map[string][]byte)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		modules[strings.TrimSuffix(filepath.Base(file), ".wat")] = wat.Assemble(t, string(text))
	}
	return modules
}
