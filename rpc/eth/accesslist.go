package eth

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/rpc/query"
	"hestia/vm"
)

// accessListJSON is what a message would touch, what it costs when that is announced, and why it fails if it does.
type accessListJSON struct {
	AccessList types.AccessList `json:"accessList"`
	Error      string           `json:"error,omitempty"`
	GasUsed    hexutil.Uint64   `json:"gasUsed"`
}

// CreateAccessList runs a message until it touches nothing that the list from the run before does not hold.
func (a *callAPI) CreateAccessList(
	ctx context.Context, args query.TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *query.StateOverride,
) (*accessListJSON, error) {
	ctx, cancel := a.q.Limited(ctx)
	defer cancel()
	t, err := a.q.NewTrial(args, query.OrLatest(ref), query.Overrides{State: state})
	if err != nil {
		return nil, err
	}
	limit := t.Limit()
	free := freeAddresses(t)
	previous := logger.NewAccessListTracer(nil, free)
	if args.AccessList != nil {
		previous = logger.NewAccessListTracer(*args.AccessList, free)
	}
	for {
		list := previous.AccessList()
		if list == nil {
			list = types.AccessList{}
		}
		t.Args.AccessList = &list
		watching := logger.NewAccessListTracer(list, free)
		outcome, err := t.RunTraced(ctx, limit, vm.Tracing{Hooks: watching.Hooks()})
		if err != nil {
			return nil, fmt.Errorf("failed to apply transaction: %w", err)
		}
		if watching.Equal(previous) {
			result := &accessListJSON{AccessList: list, GasUsed: hexutil.Uint64(outcome.UsedGas)}
			if err := t.EndError(outcome.Result); err != nil {
				result.Error = err.Error()
			}
			return result, nil
		}
		previous = watching
	}
}

// freeAddresses returns what is warm from the start: sender, receiver, precompiles and the signers of delegations.
func freeAddresses(t *query.Trial) map[common.Address]struct{} {
	to := crypto.CreateAddress(t.Args.Sender(), t.State.GetNonce(t.Args.Sender()))
	if t.Args.To != nil {
		to = *t.Args.To
	}
	free := map[common.Address]struct{}{t.Args.Sender(): {}, to: {}}
	precompiles := slices.Values(gethvm.ActivePrecompiles(t.Chain.Rules(t.Header)))
	if t.Precompiles != nil {
		precompiles = maps.Keys(t.Precompiles)
	}
	for address := range precompiles {
		free[address] = struct{}{}
	}
	for i := range t.Args.Authorizations {
		if authority, err := t.Args.Authorizations[i].Authority(); err == nil {
			free[authority] = struct{}{}
		}
	}
	return free
}
