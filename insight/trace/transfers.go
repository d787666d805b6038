package trace

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
)

// What a transfer of ether looks like among the logs of a simulation (https://eips.ethereum.org/EIPS/eip-7528).
var (
	transferTopic = common.HexToHash("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
	etherAddress  = common.HexToAddress("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE")
)

// TransferLog gathers the logs of simulated calls and, if asked to, transfers of ether between them.
type TransferLog struct {
	Transfers bool
	Keep      func(*types.Log) error // pays for the memory of a log; an error drops it, and the call ends soon

	frames [][]*types.Log // of the frames that are open
	count  uint           // in the block, those that were dropped too
	header *types.Header
	tx     common.Hash
	index  uint
}

// Begin prepares for the next call of a block.
func (l *TransferLog) Begin(tx common.Hash, index int, header *types.Header) {
	l.frames, l.tx, l.index, l.header = [][]*types.Log{nil}, tx, uint(index), header
}

// Kept returns what the call logged.
func (l *TransferLog) Kept() []*types.Log {
	if l.frames[0] == nil {
		return []*types.Log{}
	}
	return l.frames[0]
}

// Hooks returns the hooks that gather one call's logs and transfers.
func (l *TransferLog) Hooks() *tracing.Hooks {
	return &tracing.Hooks{
		OnEnter: l.enter,
		OnExit:  l.exit,
		OnLog:   func(log *types.Log) { l.add(log.Address, log.Topics, log.Data) },
	}
}

// enter opens a frame and notes the ether that it moves.
func (l *TransferLog) enter(_ int, op byte, from, to common.Address, _ []byte, _ uint64, value *big.Int) {
	l.frames = append(l.frames, nil)
	borrows := gethvm.OpCode(op) == gethvm.DELEGATECALL || gethvm.OpCode(op) == gethvm.CALLCODE
	if l.Transfers && !borrows && value != nil && value.Sign() > 0 {
		topics := []common.Hash{transferTopic, common.BytesToHash(from.Bytes()), common.BytesToHash(to.Bytes())}
		l.add(etherAddress, topics, common.BigToHash(value).Bytes())
	}
}

// exit gives a frame's logs to the one above, or forgets them.
func (l *TransferLog) exit(_ int, _ []byte, _ uint64, _ error, reverted bool) {
	last := len(l.frames) - 1
	own := l.frames[last]
	l.frames = l.frames[:last]
	if !reverted { // the numbers of dropped logs are not given again, as in geth
		l.frames[last-1] = append(l.frames[last-1], own...)
	}
}

// add notes a log of the innermost frame, which is dropped if that frame reverts.
func (l *TransferLog) add(address common.Address, topics []common.Hash, data []byte) {
	last := len(l.frames) - 1
	log := &types.Log{
		Address: address, Topics: topics, Data: data, TxHash: l.tx, TxIndex: l.index, Index: l.count,
		BlockNumber: l.header.Number.Uint64(), BlockTimestamp: l.header.Time,
	}
	if l.Keep(log) != nil {
		return
	}
	l.frames[last] = append(l.frames[last], log)
	l.count++
}
