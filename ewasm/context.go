package ewasm

import (
	"github.com/holiman/uint256"

	"hestia/frame"
)

// Context is everything one running contract sees and touches: its frame and its own linear memory. The frame machine makes
// one for each frame and an engine runs it. It is not safe for concurrent use.
type Context struct {
	frame.Frame
	Trace Tracer // is told of the host functions; nil if none watches

	Memory     []byte // the contract's linear memory; the engine renews it before every host function
	ReturnData []byte // what the last call or create returned
	Output     []byte // what finish or revert was given

	operands [3]uint256.Int // of the arithmetic being done
}
