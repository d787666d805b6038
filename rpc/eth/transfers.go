package eth

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/rpc/query"
)

// What a transfer of ether looks like among the logs of a simulation (https://eips.ethereum.org/EIPS/eip-7528).
var (
	transferTopic = common.HexToHash("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
	etherAddress  = common.HexToAddress("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE")
)

// transferLog gathers the logs of simulated calls and, if asked to, transfers of ether between them.
type transferLog struct {
	transfers bool
	keep      func(bytes int) error
	frames    [][]*types.Log // of the frames that are open
	count     uint           // in the block, those that were dropped too
	header    *types.Header
	tx        common.Hash
	index     uint
}

// begin prepares for the next call of a block.
func (l *transferLog) begin(tx common.Hash, index int, header *types.Header) {
	l.frames, l.tx, l.index, l.header = [][]*types.Log{nil}, tx, uint(index), header
}

// kept returns what the call logged.
func (l *transferLog) kept() []*types.Log {
	if l.frames[0] == nil {
		return []*types.Log{}
	}
	return l.frames[0]
}

// hooks returns the hooks that gather one call's logs and transfers.
func (l *transferLog) hooks() *tracing.Hooks {
	return &tracing.Hooks{
		OnEnter: l.enter,
		OnExit:  l.exit,
		OnLog:   func(log *types.Log) { l.add(log.Address, log.Topics, log.Data) },
	}
}

// enter opens a frame and notes the ether that it moves.
func (l *transferLog) enter(_ int, op byte, from, to common.Address, _ []byte, _ uint64, value *big.Int) {
	l.frames = append(l.frames, nil)
	borrows := gethvm.OpCode(op) == gethvm.DELEGATECALL || gethvm.OpCode(op) == gethvm.CALLCODE
	if l.transfers && !borrows && value != nil && value.Sign() > 0 {
		topics := []common.Hash{transferTopic, common.BytesToHash(from.Bytes()), common.BytesToHash(to.Bytes())}
		l.add(etherAddress, topics, common.BigToHash(value).Bytes())
	}
}

// exit gives a frame's logs to the one above, or forgets them.
func (l *transferLog) exit(_ int, _ []byte, _ uint64, _ error, reverted bool) {
	last := len(l.frames) - 1
	own := l.frames[last]
	l.frames = l.frames[:last]
	if !reverted { // the numbers of dropped logs are not given again, as in geth
		l.frames[last-1] = append(l.frames[last-1], own...)
	}
}

// add notes a log of the innermost frame, which is dropped if that frame reverts.
func (l *transferLog) add(address common.Address, topics []common.Hash, data []byte) {
	last := len(l.frames) - 1
	log := &types.Log{
		Address: address, Topics: topics, Data: data, TxHash: l.tx, TxIndex: l.index, Index: l.count,
		BlockNumber: l.header.Number.Uint64(), BlockTimestamp: l.header.Time,
	}
	if l.keep(query.ShownLog(log)) != nil {
		return // the call ends soon
	}
	l.frames[last] = append(l.frames[last], log)
	l.count++
}
