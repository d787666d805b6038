package wasmtime

import (
	"fmt"

	"hestia/ewasm"
	"hestia/frame"
)

// pageBytes is a wasm page.
const pageBytes = 64 << 10

// loan is what an instance passes to a host function: the operands, the particles left and its memory.
type loan struct {
	args   ewasm.Args
	gas    int64
	memory []byte
}

// serve runs a host function for a contract. The gas left is then in c. A panic becomes a fault, because it must not
// unwind wasm frames.
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
