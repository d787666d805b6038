package rpc

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"hestia/vm"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// accessListJSON is what a message would touch, what it costs when that is announced, and why it fails if it does.
type accessListJSON struct {
	AccessList types.AccessList `json:"accessList"`
	Error      string           `json:"error,omitempty"`
	GasUsed    hexutil.Uint64   `json:"gasUsed"`
}

// CreateAccessList runs a message until it touches nothing that the list from the run before does not hold.
func (a *callAPI) CreateAccessList(ctx context.Context, args TransactionArgs, ref *gethrpc.BlockNumberOrHash, state *stateOverride) (*accessListJSON, error) {
	ctx, cancel := a.limited(ctx)
	defer cancel()
	t, err := a.newTrial(args, orLatest(ref), overrides{state: state})
	if err != nil {
		return nil, err
	}
	limit := a.gasCap(t.header)
	if args.Gas != nil {
		limit = min(limit, uint64(*args.Gas))
	}
	free := t.freeAddresses()
	previous := logger.NewAccessListTracer(nil, free)
	if args.AccessList != nil {
		previous = logger.NewAccessListTracer(*args.AccessList, free)
	}
	for {
		list := previous.AccessList()
		if list == nil {
			list = types.AccessList{}
		}
		t.args.AccessList = &list
		watching := logger.NewAccessListTracer(list, free)
		outcome, err := t.runWatched(ctx, limit, vm.Tracing{Hooks: watching.Hooks()})
		if err != nil {
			return nil, fmt.Errorf("failed to apply transaction: %w", err)
		}
		if watching.Equal(previous) {
			result := &accessListJSON{AccessList: list, GasUsed: hexutil.Uint64(outcome.UsedGas)}
			if err := t.endError(outcome.Result); err != nil {
				result.Error = err.Error()
			}
			return result, nil
		}
		previous = watching
	}
}

// freeAddresses returns what is warm from the start: sender, receiver, precompiles and the signers of delegations.
func (t *trial) freeAddresses() map[common.Address]struct{} {
	to := crypto.CreateAddress(t.args.from(), t.state.GetNonce(t.args.from()))
	if t.args.To != nil {
		to = *t.args.To
	}
	free := map[common.Address]struct{}{t.args.from(): {}, to: {}}
	precompiles := slices.Values(gethvm.ActivePrecompiles(t.Chain.Rules(t.header)))
	if t.precompiles != nil {
		precompiles = maps.Keys(t.precompiles)
	}
	for address := range precompiles {
		free[address] = struct{}{}
	}
	for i := range t.args.Authorizations {
		if authority, err := t.args.Authorizations[i].Authority(); err == nil {
			free[authority] = struct{}{}
		}
	}
	return free
}
