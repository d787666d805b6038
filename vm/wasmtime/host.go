package wasmtime

import (
	"fmt"

	"hestia/ewasm"
	"hestia/frame"
)

// pageBytes is a wasm page.
const pageBytes = 64 << 10

// loan is what an instance lends to one host function: its operands, the particles it has left and its memory.
type loan struct {
	args   ewasm.Args
	gas    int64
	memory []byte
}

// serve runs a host function for a contract. What is then left of the gas is in c. A panic, which must not unwind wasm
// frames, becomes a fault.
func serve(c *ewasm.Context, row *ewasm.Function, l loan) (result uint64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &frame.FaultError{Err: fmt.Errorf("%s panicked: %v", row.Name, p)}
		}
	}()
	if c.Interrupt.Due() {
		return 0, errInterrupted
	}
	c.Gas.SetParticles(l.gas)
	c.Memory = l.memory
	c.PagesUsed = uint32(len(l.memory) / pageBytes)
	result, err = row.Call(c, l.args)
	c.Memory = nil
	return result, err
}
