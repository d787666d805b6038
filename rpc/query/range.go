package query

import gethrpc "github.com/ethereum/go-ethereum/rpc"

// What a range of blocks can be refused for.
var (
	ErrInvalidRange  = InvalidParams("invalid block range params")
	errRangeInFuture = InvalidParams("block range extends beyond current head block")

	// ErrPendingLogs answers a range that ends with the pending block.
	ErrPendingLogs = InvalidParams("pending logs are not supported")
)

// BlockRange resolves a range of mined blocks; an end that is left out is the latest block.
func (s *Service) BlockRange(first, last *gethrpc.BlockNumber) (from, to uint64, err error) {
	head := s.Chain.Head().Number.Uint64()
	resolve := func(n *gethrpc.BlockNumber) uint64 {
		switch {
		case n == nil || *n == gethrpc.LatestBlockNumber || *n == gethrpc.SafeBlockNumber ||
			*n == gethrpc.FinalizedBlockNumber:
			return head
		case *n == gethrpc.EarliestBlockNumber:
			return s.Chain.First().Number.Uint64()
		case *n < 0:
			err = ErrPendingLogs
			return 0
		}
		return uint64(*n)
	}
	from, to = resolve(first), resolve(last)
	switch {
	case err != nil:
	case from > to:
		err = ErrInvalidRange
	case to > head:
		err = errRangeInFuture
	}
	return from, to, err
}
