package watch

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
	"hestia/vm"
)

// What Otterscan may ask for at once. There is no index by account: a search executes blocks again.
const (
	maxOtterPage    = 1000
	maxSearchBlocks = 10_000 // that hold transactions
	otterAPILevel   = 8
)

// otterscanAPI is ots: what the explorer Otterscan asks beside eth (https://docs.otterscan.io/api-docs/ots-api).
type otterscanAPI struct{ q replayer }

// GetApiLevel returns the version of this namespace.
func (a *otterscanAPI) GetApiLevel() uint8 { return otterAPILevel }

// HasCode reports whether an account is a contract.
func (a *otterscanAPI) HasCode(address common.Address, ref *query.BlockRef) (bool, error) {
	db, _, err := a.q.StateAt(query.OrLatest((*gethrpc.BlockNumberOrHash)(ref)))
	if err != nil {
		return false, err
	}
	return db.GetCodeSize(address) > 0, db.Error()
}

// enteredFrame is one frame of a transaction, in the order in which they opened.
type enteredFrame struct {
	op       gethvm.OpCode
	depth    int
	from, to common.Address
	value    *big.Int
	input    []byte
	output   []byte
	failed   bool // it or a frame above it
	parent   int  // -1 for the outermost
}

// frameList gathers the frames of a transaction.
type frameList struct {
	keep   func(bytes int) error
	frames []enteredFrame
	open   []int
}

// hooks returns the hooks that fill the list. A frame below one that failed has failed too.
func (l *frameList) hooks() *tracing.Hooks {
	return &tracing.Hooks{
		OnEnter: func(depth int, op byte, from, to common.Address, input []byte, _ uint64, value *big.Int) {
			parent := -1
			if len(l.open) > 0 {
				parent = l.open[len(l.open)-1]
			}
			l.open = append(l.open, len(l.frames))
			input = l.kept(input)
			l.frames = append(l.frames, enteredFrame{
				op: gethvm.OpCode(op), depth: depth, from: from, to: to, value: value, input: input, parent: parent,
			})
		},
		OnExit: func(_ int, output []byte, _ uint64, _ error, reverted bool) {
			last := l.open[len(l.open)-1]
			l.open = l.open[:len(l.open)-1]
			l.frames[last].output, l.frames[last].failed = l.kept(output), reverted
		},
		OnTxEnd: func(*types.Receipt, error) {
			for i := range l.frames {
				if p := l.frames[i].parent; p >= 0 && l.frames[p].failed {
					l.frames[i].failed = true
				}
			}
		},
	}
}

// kept returns a copy of what a frame was given or gave back, nil once that is too much.
func (l *frameList) kept(data []byte) []byte {
	const around = 300 // half of a frame beside its data
	if l.keep(around+query.Shown(data)) != nil {
		return nil
	}
	return common.CopyBytes(data)
}

// frames executes transactions of a block again and returns the frames of those in the span.
func (s replayer) frames(ctx context.Context, block *types.Block, which span) ([]*frameList, error) {
	kept, ctx, end := s.Keeping(ctx)
	defer end()
	ctx, cancel := s.Limited(ctx)
	defer cancel()
	release, err := s.Enter(ctx)
	if err != nil {
		return nil, query.GaveUp(ctx, err)
	}
	defer release()
	var lists []*frameList
	_, err = s.Chain.Replay(ctx, block, which.to, func(i int) (vm.Tracing, error) {
		if i < which.from {
			return vm.Tracing{}, nil
		}
		list := &frameList{keep: kept.Keep}
		lists = append(lists, list)
		return vm.Tracing{Hooks: list.hooks()}, nil
	})
	if err == nil {
		err = kept.Failed()
	}
	return lists, query.GaveUp(ctx, err)
}

// framesOf returns the frames of a mined transaction.
func (s replayer) framesOf(ctx context.Context, hash common.Hash) ([]enteredFrame, error) {
	_, at, found := s.Chain.Transaction(hash)
	if !found {
		return nil, query.ErrNotFound
	}
	lists, err := s.frames(ctx, s.Chain.Block(at.BlockHash), span{at.Index, at.Index + 1})
	if err != nil {
		return nil, err
	}
	return lists[0].frames, nil
}

// operationJSON is ether that moved inside a transaction, or a contract made or destroyed there.
type operationJSON struct {
	Type  int            `json:"type"` // 0 transfer, 1 self-destruction, 2 create, 3 create2
	From  common.Address `json:"from"`
	To    common.Address `json:"to"`    // the account that got the ether or was made
	Value *hexutil.Big   `json:"value"` // wei
}

// GetInternalOperations lists what a transaction moved and made below its own frame.
func (a *otterscanAPI) GetInternalOperations(ctx context.Context, hash common.Hash) ([]operationJSON, error) {
	frames, err := a.q.framesOf(ctx, hash)
	if err != nil {
		return nil, err
	}
	result := []operationJSON{}
	for _, f := range frames {
		kind := 0
		switch {
		case f.depth == 0 || f.failed || f.value == nil:
			continue
		case f.op == gethvm.SELFDESTRUCT:
			kind = 1
		case f.op == gethvm.CREATE:
			kind = 2
		case f.op == gethvm.CREATE2:
			kind = 3
		case f.op != gethvm.CALL || f.value.Sign() == 0:
			continue
		}
		result = append(result, operationJSON{kind, f.from, f.to, (*hexutil.Big)(f.value)})
	}
	return result, nil
}

// GetTransactionError returns what a failed transaction gave to revert, nothing for one that did not fail.
func (a *otterscanAPI) GetTransactionError(ctx context.Context, hash common.Hash) (hexutil.Bytes, error) {
	frames, err := a.q.framesOf(ctx, hash)
	if err != nil {
		return nil, err
	}
	if len(frames) == 0 || !frames[0].failed {
		return hexutil.Bytes{}, nil
	}
	return frames[0].output, nil
}

// otterFrameJSON is one frame as Otterscan shows traces.
type otterFrameJSON struct {
	Type   string         `json:"type"`  // the instruction that opened it
	Depth  int            `json:"depth"` // 0 for the transaction's own frame
	From   common.Address `json:"from"`
	To     common.Address `json:"to"`
	Value  *hexutil.Big   `json:"value"` // wei, null for static and delegate calls
	Input  hexutil.Bytes  `json:"input"`
	Output hexutil.Bytes  `json:"output"`
}

// TraceTransaction lists the frames of a transaction.
func (a *otterscanAPI) TraceTransaction(ctx context.Context, hash common.Hash) ([]otterFrameJSON, error) {
	frames, err := a.q.framesOf(ctx, hash)
	if err != nil {
		return nil, err
	}
	result := make([]otterFrameJSON, len(frames))
	for i, f := range frames {
		result[i] = otterFrameJSON{f.op.String(), f.depth, f.from, f.to, (*hexutil.Big)(f.value), f.input, f.output}
	}
	return result, nil
}

// otterBlockJSON is a block without what a list of blocks does not show.
type otterBlockJSON struct {
	Block     map[string]any `json:"block"`
	Issuance  map[string]any `json:"issuance"`  // rewards, all zero: blocks issue no ether
	TotalFees *hexutil.Big   `json:"totalFees"` // wei that its senders paid
}

// GetBlockDetails describes a block, its transactions by number only.
func (a *otterscanAPI) GetBlockDetails(number query.BlockNumber) (*otterBlockJSON, error) {
	return a.details(a.q.BlockByNumber(gethrpc.BlockNumber(number)))
}

// GetBlockDetailsByHash is the same with the block's hash.
func (a *otterscanAPI) GetBlockDetailsByHash(hash common.Hash) (*otterBlockJSON, error) {
	return a.details(a.q.Chain.Block(hash))
}

// details describes a block without its transactions, nil if there is none.
func (a *otterscanAPI) details(block *types.Block) (*otterBlockJSON, error) {
	if block == nil {
		return nil, nil
	}
	shown, err := query.AsMap(query.NewBlockJSON(block, false))
	if err != nil {
		return nil, err
	}
	delete(shown, "transactions")
	shown["logsBloom"] = nil
	shown["transactionCount"] = len(block.Transactions())
	fees := new(big.Int)
	for _, receipt := range a.q.Chain.Receipts(block.Hash()) {
		fees.Add(fees, new(big.Int).Mul(receipt.EffectiveGasPrice, new(big.Int).SetUint64(receipt.GasUsed)))
	}
	zero := hexutil.Uint(0)
	return &otterBlockJSON{
		shown, map[string]any{"blockReward": zero, "uncleReward": zero, "issuance": zero}, (*hexutil.Big)(fees),
	}, nil
}

// GetBlockTransactions returns one page of a block's transactions, the last first, with receipts; pages count from 0.
func (a *otterscanAPI) GetBlockTransactions(number query.BlockNumber, page, size uint64) (map[string]any, error) {
	block, receipts := a.q.BlockAndReceipts(gethrpc.BlockNumberOrHashWithNumber(gethrpc.BlockNumber(number)))
	if block == nil {
		return nil, nil
	}
	txs := block.Transactions()
	all := uint64(len(txs))
	end := all - min(min(page, all)*min(size, all), all)
	start := int(end - min(size, end))
	shown, err := query.AsMap(query.NewBlockJSON(block, false))
	if err != nil {
		return nil, err
	}
	full, slim := []*query.TransactionJSON{}, []map[string]any{}
	for i := start; i < int(end); i++ {
		tx := query.NewMinedJSON(block, uint64(i))
		tx.Input = tx.Input[:min(len(tx.Input), 4)] // the explorer shows the selector
		receipt, err := query.AsMap(query.NewReceiptJSON(receipts[i], txs[i], ""))
		if err != nil {
			return nil, err
		}
		receipt["logs"], receipt["logsBloom"] = nil, nil
		full, slim = append(full, tx), append(slim, receipt)
	}
	shown["transactions"], shown["transactionCount"], shown["logsBloom"] = full, len(txs), nil
	return map[string]any{"fullblock": shown, "receipts": slim}, nil
}

// GetTransactionBySenderAndNonce returns the hash of the mined transaction that used a nonce, null if there is none.
func (a *otterscanAPI) GetTransactionBySenderAndNonce(
	ctx context.Context, sender common.Address, nonce uint64,
) (*common.Hash, error) {
	block, index, err := a.q.BySenderAndNonce(ctx, sender, nonce)
	if err != nil || block == nil {
		return nil, err
	}
	hash := block.Transactions()[index].Hash()
	return &hash, nil
}

// erigonAPI is erigon: the one method under this name that Otterscan asks for.
type erigonAPI struct{ q *query.Service }

// GetHeaderByNumber returns the header of a mined block, null if there is none.
func (a *erigonAPI) GetHeaderByNumber(number query.BlockNumber) *query.HeaderJSON {
	return a.q.ShowHeaderByNumber(gethrpc.BlockNumber(number))
}

// GetHeaderByHash is the same by hash.
func (a *erigonAPI) GetHeaderByHash(hash common.Hash) *query.HeaderJSON {
	return a.q.ShowHeader(hash)
}
