package filter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/budget"
	"hestia/rpc/query"
)

// What one log query may ask for and get.
const (
	maxTopics       = 4    // a log has no more
	maxAlternatives = 1000 // addresses, or topics at one position
)

var (
	errInvalidTopic   = query.InvalidParams("invalid topic(s)")
	errTooManyTopics  = query.InvalidParams("exceed max topics")
	errTooManyOptions = query.InvalidParams("exceed max addresses or topics per search position")
	errHashWithRange  = errors.New("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")
	errInvalidAddress = errors.New("invalid addresses in query")
)

// logQuery says which logs are wanted: of one block or a range, of some contracts, with some topics. A position with no
// topics matches every topic.
type logQuery struct {
	block     *common.Hash
	from, to  *gethrpc.BlockNumber
	addresses []common.Address
	topics    [][]common.Hash
}

// UnmarshalJSON accepts one address or a list, and at each position null, one topic or a list.
func (q *logQuery) UnmarshalJSON(data []byte) error {
	var raw struct {
		BlockHash *common.Hash         `json:"blockHash"`
		FromBlock *gethrpc.BlockNumber `json:"fromBlock"`
		ToBlock   *gethrpc.BlockNumber `json:"toBlock"`
		Address   json.RawMessage      `json:"address"`
		Topics    []json.RawMessage    `json:"topics"`
	}
	if err := query.Decode(data, &raw); err != nil {
		return err
	}
	if raw.BlockHash != nil && (raw.FromBlock != nil || raw.ToBlock != nil) {
		return errHashWithRange
	}
	q.block, q.from, q.to = raw.BlockHash, raw.FromBlock, raw.ToBlock
	var err error
	if q.addresses, err = oneOrMany[common.Address](raw.Address); err != nil {
		return fmt.Errorf("%w: %w", errInvalidAddress, err)
	}
	if len(raw.Topics) > maxTopics {
		return errTooManyTopics
	}
	for i, position := range raw.Topics {
		topics, err := oneOrMany[*common.Hash](position)
		if err != nil {
			return fmt.Errorf("%w at position %d: %w", errInvalidTopic, i, err)
		}
		var wanted []common.Hash
		for _, topic := range topics {
			if topic == nil { // a list with null in it matches everything
				wanted = nil
				break
			}
			wanted = append(wanted, *topic)
		}
		q.topics = append(q.topics, wanted)
	}
	return nil
}

// oneOrMany decodes null, a value or a list of values.
func oneOrMany[T any](data json.RawMessage) ([]T, error) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	if data[0] == '[' {
		var list []T
		err := json.Unmarshal(data, &list)
		return list, err
	}
	var one T
	err := json.Unmarshal(data, &one)
	return []T{one}, err
}

// check refuses a query with too many alternatives.
func (q *logQuery) check() error {
	if len(q.addresses) > maxAlternatives {
		return errTooManyOptions
	}
	for _, topics := range q.topics {
		if len(topics) > maxAlternatives {
			return errTooManyOptions
		}
	}
	return nil
}

// mayMatch reports whether a block with this bloom can hold a wanted log.
func (q *logQuery) mayMatch(bloom types.Bloom) bool {
	if len(q.addresses) > 0 && !slices.ContainsFunc(q.addresses, func(a common.Address) bool {
		return bloom.Test(a.Bytes())
	}) {
		return false
	}
	for _, topics := range q.topics {
		if len(topics) > 0 && !slices.ContainsFunc(topics, func(h common.Hash) bool { return bloom.Test(h[:]) }) {
			return false
		}
	}
	return true
}

// matches reports whether a log is wanted.
func (q *logQuery) matches(log *types.Log) bool {
	if len(q.addresses) > 0 && !slices.Contains(q.addresses, log.Address) {
		return false
	}
	if len(q.topics) > len(log.Topics) {
		return false
	}
	for i, topics := range q.topics {
		if len(topics) > 0 && !slices.Contains(topics, log.Topics[i]) {
			return false
		}
	}
	return true
}

// GetLogs returns the logs of mined blocks that a query asks for.
func (a *filterAPI) GetLogs(ctx context.Context, q logQuery) ([]*types.Log, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if q.block != nil {
		header := a.q.Chain.Header(*q.block)
		if header == nil {
			return nil, query.ErrUnknownBlock
		}
		return a.appendLogs([]*types.Log{}, header, &q, a.q.Budget.Of(ctx))
	}
	from, to, err := a.q.BlockRange(q.from, q.to)
	if err != nil {
		return nil, err
	}
	return a.logs(ctx, from, to, &q)
}

// logs collects the wanted logs of blocks from to to.
func (a *filterAPI) logs(ctx context.Context, from, to uint64, q *logQuery) ([]*types.Log, error) {
	found, kept := []*types.Log{}, a.q.Budget.Of(ctx)
	for n := from; n <= to; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		header := a.q.Chain.HeaderByNumber(n)
		if header == nil {
			break
		}
		var err error
		if found, err = a.appendLogs(found, header, q, kept); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// appendLogs adds the wanted logs of one block. It is an error if there are then more than one answer may hold, by
// count or by bytes.
func (a *filterAPI) appendLogs(
	found []*types.Log, header *types.Header, q *logQuery, kept *budget.Request,
) ([]*types.Log, error) {
	if !q.mayMatch(header.Bloom) {
		return found, nil
	}
	for _, receipt := range a.q.Chain.Receipts(header.Hash()) {
		for _, log := range receipt.Logs {
			if !q.matches(log) {
				continue
			}
			if err := kept.Keep(query.ShownLog(log)); err != nil {
				return nil, query.LimitExceeded("%w; narrow the block range, addresses or topics", err)
			}
			found = append(found, log)
		}
	}
	if len(found) > budget.Logs {
		return nil, query.LimitExceeded(
			"query returned more than %d results; narrow the block range, addresses or topics", budget.Logs,
		)
	}
	return found, nil
}
