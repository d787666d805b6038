package watch

import (
	"context"
	"errors"
	"slices"
	"sort"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
)

// creatorJSON is the account that made a contract, and the transaction.
type creatorJSON struct {
	Hash    common.Hash    `json:"hash"` // of the transaction
	Creator common.Address `json:"creator"`
}

// GetContractCreator returns the account that made a contract, null if there is none or it was there from the start.
func (a *otterscanAPI) GetContractCreator(ctx context.Context, address common.Address) (*creatorJSON, error) {
	var failed error
	start, head := a.q.Chain.First().Number.Uint64(), a.q.Chain.Head().Number.Uint64()
	later := sort.Search(int(head-start)+1, func(n int) bool {
		has, err := a.HasCode(address, (*query.BlockRef)(numbered(start+uint64(n))))
		failed = errors.Join(failed, err)
		return has
	})
	block := a.q.Chain.BlockByNumber(start + uint64(later))
	if failed != nil || block == nil || later == 0 {
		return nil, failed
	}
	lists, err := a.q.frames(ctx, block, all)
	if err != nil {
		return nil, err
	}
	for i, list := range lists {
		for _, f := range list.frames {
			if (f.op == gethvm.CREATE || f.op == gethvm.CREATE2) && !f.failed && f.to == address {
				return &creatorJSON{block.Transactions()[i].Hash(), f.from}, nil
			}
		}
	}
	return nil, nil
}

// numbered returns the block parameter of a number.
func numbered(n uint64) *gethrpc.BlockNumberOrHash {
	ref := gethrpc.BlockNumberOrHashWithNumber(gethrpc.BlockNumber(n))
	return &ref
}

// pageJSON is one page of an account's history, the newest first.
type pageJSON struct {
	Txs      []*query.TransactionJSON `json:"txs"`
	Receipts []*otterReceipt          `json:"receipts"`
	First    bool                     `json:"firstPage"` // nothing is newer
	Last     bool                     `json:"lastPage"`  // nothing is older
}

// otterReceipt is a receipt with its block's time.
type otterReceipt struct {
	*query.ReceiptJSON
	Timestamp hexutil.Uint64 `json:"timestamp"` // of the block, seconds since the epoch
}

// SearchTransactionsBefore returns a page of transactions that an account took part in, in blocks before one; 0 is the
// end.
func (a *otterscanAPI) SearchTransactionsBefore(
	ctx context.Context, address common.Address, number uint64, size int,
) (*pageJSON, error) {
	start, head := a.q.Chain.First().Number.Uint64(), a.q.Chain.Head().Number.Uint64()
	page := &pageJSON{First: number == 0 || number > head}
	if page.First {
		number = head + 1
	}
	if err := checkPage(size); err != nil {
		return nil, err
	}
	searched := 0
	for n := number; n > start+1 && len(page.Txs) < size; {
		n--
		found, err := a.search(ctx, n, address, &searched)
		if err != nil {
			return nil, err
		}
		slices.Reverse(found)
		a.appendPage(page, n, found)
		page.Last = n == start+1
	}
	page.Last = page.Last || number <= start+1
	return page.complete(), nil
}

// SearchTransactionsAfter is the same for blocks after one.
func (a *otterscanAPI) SearchTransactionsAfter(
	ctx context.Context, address common.Address, number uint64, size int,
) (*pageJSON, error) {
	head := a.q.Chain.Head().Number.Uint64()
	page := &pageJSON{Last: number == 0, First: number >= head}
	if err := checkPage(size); err != nil {
		return nil, err
	}
	searched := 0
	for n := number + 1; n <= head && len(page.Txs) < size; n++ {
		found, err := a.search(ctx, n, address, &searched)
		if err != nil {
			return nil, err
		}
		a.appendPage(page, n, found)
		page.First = n == head
	}
	slices.Reverse(page.Txs)
	slices.Reverse(page.Receipts)
	return page.complete(), nil
}

// checkPage refuses a page that is empty or too large.
func checkPage(size int) error {
	if size < 1 || size > maxOtterPage {
		return query.InvalidParams("size: %d, want 1 to %d", size, maxOtterPage)
	}
	return nil
}

// complete shows empty lists as such.
func (p *pageJSON) complete() *pageJSON {
	if p.Txs == nil {
		p.Txs, p.Receipts = []*query.TransactionJSON{}, []*otterReceipt{}
	}
	return p
}

// search returns the indices of the transactions in a block that an account took part in: as sender, in a frame, or
// with a log.
func (a *otterscanAPI) search(ctx context.Context, n uint64, address common.Address, searched *int) ([]int, error) {
	block := a.q.Chain.BlockByNumber(n)
	if block == nil || len(block.Transactions()) == 0 {
		return nil, nil
	}
	if *searched++; *searched > maxSearchBlocks {
		return nil, query.LimitExceeded("more than %d blocks searched without filling the page", maxSearchBlocks)
	}
	kept := a.q.Budget.Of(ctx)
	defer kept.Drop(kept.Used()) // which is looked at only
	lists, err := a.q.frames(ctx, block, all)
	if err != nil {
		return nil, err
	}
	receipts := a.q.Chain.Receipts(block.Hash())
	var found []int
	for i, list := range lists {
		entered := slices.ContainsFunc(list.frames, func(f enteredFrame) bool {
			return f.from == address || f.to == address
		})
		logged := slices.ContainsFunc(receipts[i].Logs, func(log *types.Log) bool {
			return log.Address == address || slices.Contains(log.Topics, common.BytesToHash(address[:]))
		})
		if entered || logged {
			found = append(found, i)
		}
	}
	return found, nil
}

// appendPage adds the transactions of block n at the given indices, with their receipts.
func (a *otterscanAPI) appendPage(page *pageJSON, n uint64, found []int) {
	if len(found) == 0 {
		return
	}
	block := a.q.Chain.BlockByNumber(n)
	receipts := a.q.Chain.Receipts(block.Hash())
	for _, i := range found {
		tx := block.Transactions()[i]
		page.Txs = append(page.Txs, query.NewMinedJSON(block, uint64(i)))
		page.Receipts = append(page.Receipts, &otterReceipt{a.q.Receipt(receipts[i], tx), hexutil.Uint64(block.Time())})
	}
}
