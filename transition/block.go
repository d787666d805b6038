package transition

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/ethash"
	"github.com/ethereum/go-ethereum/consensus/misc"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
)

// systemGas is the gas of a system call, which no block pays for (EIP-4788).
const systemGas = 30_000_000

// Begin changes the state as the rules say before the block's first transaction: the balances that the DAO fork moves,
// and the system calls with the beacon root (EIP-4788) and the parent's hash (EIP-2935). A call that fails changes
// nothing. Schedules without EVM code have no system calls. The error is a *frame.FaultError.
func (t *Transition) Begin() error {
	header, config := t.env.Header, t.env.Config
	if config.DAOForkSupport && config.DAOForkBlock != nil && config.DAOForkBlock.Cmp(header.Number) == 0 {
		misc.ApplyDAOHardFork(t.state)
	}
	if !t.env.Schedule.Limits.EVM {
		return nil
	}
	if root := header.ParentBeaconRoot; root != nil && t.rules.IsCancun {
		if _, err := t.callSystem(params.BeaconRootsAddress, root[:]); err != nil {
			return err
		}
	}
	if t.rules.IsPrague {
		if _, err := t.callSystem(params.HistoryStorageAddress, header.ParentHash[:]); err != nil {
			return err
		}
	}
	return nil
}

// callSystem calls a system contract. The error is a *frame.FaultError; how the call ends is in the outcome.
func (t *Transition) callSystem(contract common.Address, input []byte) (*Outcome, error) {
	t.state.Prepare(t.rules, common.Address{}, common.Address{}, nil, nil, nil)
	t.env.State.SetTxContext(common.Hash{}, 0, 0)
	t.state.AddAddressToAccessList(contract)
	tx := &frame.Transaction{Origin: params.SystemAddress, GasPrice: new(uint256.Int)}
	outcome := &Outcome{Result: t.machine.RunCall(tx, params.SystemAddress, frame.Call{
		Kind: frame.PlainCall, Target: contract, Value: new(uint256.Int), Input: input, Gas: gas.NewTank(systemGas),
	})}
	if err := t.fault(outcome); err != nil {
		return nil, err
	}
	t.env.State.Finalise(t.rules)
	return outcome, nil
}

// queues are the system contracts that hand over requests to the beacon chain (EIP-7002, EIP-7251).
var queues = []struct {
	name     string
	contract common.Address
	kind     byte // begins the requests
}{
	{"withdrawal", params.WithdrawalQueueAddress, 0x01},
	{"consolidation", params.ConsolidationQueueAddress, 0x02},
}

// End changes the state as the rules say after the block's last transaction: it pays withdrawals, and takes the
// requests to the beacon chain from the logs of the deposit contract (EIP-6110) and from the queues of two system
// contracts. The requests are nil before Prague. The error is a *frame.FaultError, or says why no block can have these
// logs or this state.
func (t *Transition) End(logs []*types.Log, withdrawals types.Withdrawals) (requests [][]byte, err error) {
	if t.rules.IsShanghai {
		t.pay(withdrawals)
	}
	if !t.rules.IsPrague {
		return nil, nil
	}
	requests = [][]byte{}
	if !t.env.Schedule.Limits.EVM {
		return requests, nil
	}
	if err := core.ParseDepositLogs(&requests, logs, t.env.Config); err != nil {
		return nil, fmt.Errorf("failed to parse deposit logs: %w", err)
	}
	for _, queue := range queues {
		outcome, err := t.callSystem(queue.contract, nil)
		if err != nil {
			return nil, err
		}
		if outcome.Failed() {
			return nil, fmt.Errorf(
				"failed to process %s queue: system call failed to execute: %w", queue.name, outcome.Result.Cause,
			)
		}
		if output := outcome.Result.Output; len(output) > 0 {
			requests = append(requests, append([]byte{queue.kind}, output...))
		}
	}
	return requests, nil
}

// pay pays withdrawals, whose amounts are in gwei.
func (t *Transition) pay(withdrawals types.Withdrawals) {
	for _, w := range withdrawals {
		wei := new(uint256.Int).Mul(uint256.NewInt(w.Amount), uint256.NewInt(params.GWei))
		t.state.AddBalance(w.Address, wei, tracing.BalanceIncreaseWithdrawal)
	}
	t.env.State.Finalise(t.rules)
}

// Uncle is a block of proof of work that lost the race and that a later block includes.
type Uncle struct {
	Age      uint64 // blocks between it and the block that includes it, from 1 to 8
	Coinbase common.Address
}

// Reward pays the coinbase of a block of proof of work, and those of its uncles: 1/8 less of the reward for each block
// of age. The amount is in wei and not negative.
func (t *Transition) Reward(amount *big.Int, uncles []Uncle) {
	whole := uint256.MustFromBig(amount)
	miner, share := new(uint256.Int).Set(whole), new(uint256.Int).Rsh(whole, 5) // 1/32 for each uncle
	for _, uncle := range uncles {
		part := uint256.NewInt(8 - min(uncle.Age, 8))
		part.Mul(part, whole).Rsh(part, 3)
		t.state.AddBalance(uncle.Coinbase, part, tracing.BalanceIncreaseRewardMineUncle)
		miner.Add(miner, share)
	}
	t.state.AddBalance(t.env.Header.Coinbase, miner, tracing.BalanceIncreaseRewardMineBlock)
}

// BlockReward returns the reward for a block of proof of work under the transition's rules, in wei.
func (t *Transition) BlockReward() *big.Int {
	switch {
	case t.rules.IsConstantinople:
		return ethash.ConstantinopleBlockReward.ToBig()
	case t.rules.IsByzantium:
		return ethash.ByzantiumBlockReward.ToBig()
	}
	return ethash.FrontierBlockReward.ToBig()
}
