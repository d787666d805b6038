package ewasm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// Context is everything one running contract sees and touches: its frame, its transaction, its block, the state and its
// own linear memory. The frame machine makes one for each frame and an engine runs it; it is not safe for concurrent use.
type Context struct {
	Self     common.Address // whose storage and balance the frame acts on
	Caller   common.Address
	Value    *uint256.Int // below 2^128 is readable by the contract, above traps
	Input    []byte       // calldata
	Code     []byte       // the original bytes being run: what codeCopy reads
	CodeHash common.Hash  // keccak256 of Code
	Static   bool         // state may not change in this frame or below
	Depth    int          // 0 for the transaction's own frame

	Gas      gas.Tank
	Schedule *gas.Schedule
	Tx       *Transaction
	Block    *Block
	State    vm.StateDB
	Calls    Calls
	Debug    func(line string) // where the debug module prints; nil discards
	Trace    Tracer            // who watches the host functions; nil for nobody

	Interrupt *Interrupt // ends the frame where its request is given up; nil in a block, which only gas ends

	Memory     []byte // the contract's linear memory; the engine renews it before every host function
	ReturnData []byte // what the last call or create returned
	Output     []byte // what finish or revert was given
	PagesLeft  uint32 // linear memory this frame and its callees may still hold, in pages of 64 KiB
	PagesUsed  uint32 // linear memory this frame holds now; the engine renews it before every host function

	operands [3]uint256.Int // of the arithmetic being done
}

// Transaction is what every frame of one transaction shares.
type Transaction struct {
	Origin     common.Address
	GasPrice   *uint256.Int
	BlobHashes []common.Hash // versioned hashes of its blobs
}

// Block is what every frame of one block shares.
type Block struct {
	ChainID     uint64
	Coinbase    common.Address
	Number      uint64
	Time        uint64 // seconds since the epoch
	GasLimit    uint64
	BaseFee     uint256.Int                     // wei a gas; zero before London
	BlobBaseFee uint256.Int                     // wei a blob gas; zero before Cancun
	Difficulty  [32]byte                        // big-endian: difficulty, or prevrandao after the merge
	Hash        func(number uint64) common.Hash // asked only for the last 256 blocks; zero hash where unknown
}

// Calls is how a contract reaches the machine that runs it. Neither method returns an error: a frame's Result says it all.
type Calls interface {
	// Call runs another account's code in a frame below c. The gas was charged to c already.
	Call(c *Context, call Call) Result
	// Create runs creation data in a frame below c and returns the new account's address. The gas was charged to c already.
	Create(c *Context, creation Creation) (common.Address, Result)
}

// CallKind tells the four calls apart.
type CallKind uint8

// The calls, as the interface names them.
const (
	PlainCall    CallKind = iota // call: the target's code, storage and balance
	CallCode                     // the target's code on the caller's storage
	CallDelegate                 // as callCode, with the caller's own caller and value
	CallStatic                   // as call, without any change of state
)

// Call is a request to run an account's code.
type Call struct {
	Kind   CallKind
	Target common.Address
	Value  *uint256.Int
	Input  []byte
	Gas    gas.Tank
}

// Creation is a request to make a contract.
type Creation struct {
	Value *uint256.Int
	Code  []byte       // creation data
	Salt  *common.Hash // what the address follows from, with Code; nil = from the creator's nonce
	Gas   gas.Tank
}
