package ewasm

import (
	"github.com/holiman/uint256"

	"hestia/frame"
)

// Context is all that one running contract sees and touches: its frame and its own linear memory. The frame machine
// makes one for each frame, and an engine runs it. It is not safe for concurrent use.
type Context struct {
	frame.Frame
	Trace Tracer // called for every host function; nil if there is none

	Memory     []byte // the contract's linear memory; the engine sets it before every host function
	ReturnData []byte // what the last call or create returned
	Output     []byte // of finish or revert

	called called // the host function under way, for tracers

	operands [3]uint256.Int // of module bignum
	program  *program       // nil until a function of WASI is called
}
