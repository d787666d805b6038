// Package dev is the wing of the methods of development tools, under the names and with the meaning that Hardhat
// (hardhat_, evm_) and anvil (anvil_, evm_) document; docs/devnet.md lists them and how the two differ. They exist on a
// devnet only.
//
// It turns parameters into the miner's controls. Start at Methods, the table; params.go has the forms of parameters.
package dev

import (
	"crypto/rand"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"hestia/chain/miner"
	"hestia/rpc/query"
)

// Methods returns the method table of this wing, over the controls of a devnet. logging is called when a client turns
// the lines about transactions on or off; it may be nil.
func Methods(q *query.Service, m *miner.Miner, logging func(on bool)) []query.Group {
	instance := new(common.Hash)
	_, _ = rand.Read(instance[:]) // never fails
	c := controls{q, m, logging}
	dev, clock := devAPI{c, instance}, clockAPI{c}
	hardhat, anvil, evm, unsigned := &hardhatAPI{dev}, &anvilAPI{dev, clock}, &evmAPI{clock}, &unsignedAPI{q}
	return []query.Group{
		query.NewGroup("eth", unsigned,
			query.Row("sendUnsignedTransaction", unsigned.SendUnsignedTransaction, query.Writes, "transaction"),
		),
		query.NewGroup("hardhat", hardhat, slices.Concat(commonMethods(&dev), []query.Method{
			query.Row("dropTransaction", hardhat.DropTransaction, query.Writes, "hash"),
			query.Row("mine", hardhat.Mine, query.Writes, "blocks interval"),
			query.Row("setNonce", hardhat.SetNonce, query.Writes, "address nonce"),
			query.Row("setStorageAt", hardhat.SetStorageAt, query.Writes, "address slot word"),
		})...),
		query.NewGroup("anvil", anvil, slices.Concat(commonMethods(&dev), clockMethods(&clock), []query.Method{
			query.Row("dropAllTransactions", anvil.DropAllTransactions, query.Writes, ""),
			query.Row("dropTransaction", anvil.DropTransaction, query.Writes, "hash"),
			query.Row("getGenesisTime", anvil.GetGenesisTime, query.Plain, ""),
			query.Row("getIntervalMining", anvil.GetIntervalMining, query.Plain, ""),
			query.Row("mine", anvil.Mine, query.Writes, "blocks interval"),
			query.Row("nodeInfo", anvil.NodeInfo, query.Plain, ""),
			query.Row("removeBlockTimestampInterval", anvil.RemoveBlockTimestampInterval, query.Writes, ""),
			query.Row("removePoolTransactions", anvil.RemovePoolTransactions, query.Writes, "address"),
			query.Row("reorg", anvil.Reorg, query.Writes, "reorgOptions pairs"),
			query.Row("rollback", anvil.Rollback, query.Writes, "depth"),
			query.Row("setBlockTimestampInterval", anvil.SetBlockTimestampInterval, query.Writes, "seconds"),
			query.Row("setChainId", anvil.SetChainId, query.Writes, "chainId"),
			query.Row("setIntervalMining", anvil.SetIntervalMining, query.Writes, "seconds"),
			query.Row("setERC20Allowance", anvil.SetERC20Allowance, query.Writes, "owner spender token amount"),
			query.Row("setERC20Balance", anvil.SetERC20Balance, query.Writes, "address token balance"),
			query.Row("setNextBlockPrevRandao", anvil.SetNextBlockPrevRandao, query.Writes, "prevRandao"),
			query.Row("setNonce", anvil.SetNonce, query.Writes, "address nonce"),
			query.Row("setStorageAt", anvil.SetStorageAt, query.Writes, "address slot value"),
		})...),
		query.NewGroup("evm", evm, slices.Concat(clockMethods(&clock), []query.Method{
			query.Row("mine", evm.Mine, query.Writes, "mineOptions"),
			query.Row("setIntervalMining", evm.SetIntervalMining, query.Writes, "every"),
		})...),
	}
}

// commonMethods are those that hardhat and anvil have with one meaning.
func commonMethods(dev *devAPI) []query.Method {
	return []query.Method{
		query.Row("addBalance", dev.AddBalance, query.Writes, "address amount"),
		query.Row("autoImpersonateAccount", dev.AutoImpersonateAccount, query.Writes, "enabled"),
		query.Row("dealERC20", dev.DealERC20, query.Writes, "address token balance"),
		query.Row("dumpState", dev.DumpState, query.Plain, ""),
		query.Row("getAutomine", dev.GetAutomine, query.Plain, ""),
		query.Row("impersonateAccount", dev.ImpersonateAccount, query.Writes, "address"),
		query.Row("loadState", dev.LoadState, query.Writes, "state"),
		query.Row("metadata", dev.Metadata, query.Plain, ""),
		query.Row("reset", dev.Reset, query.Writes, "resetOptions"),
		query.Row("setBalance", dev.SetBalance, query.Writes, "address balance"),
		query.Row("setCode", dev.SetCode, query.Writes, "address code"),
		query.Row("setCoinbase", dev.SetCoinbase, query.Writes, "address"),
		query.Row("setLoggingEnabled", dev.SetLoggingEnabled, query.Writes, "enabled"),
		query.Row("setMinGasPrice", dev.SetMinGasPrice, query.Refused, "gasPrice"),
		query.Row("setNextBlockBaseFeePerGas", dev.SetNextBlockBaseFeePerGas, query.Writes, "baseFeePerGas"),
		query.Row("setPrevRandao", dev.SetPrevRandao, query.Writes, "prevRandao"),
		query.Row("stopImpersonatingAccount", dev.StopImpersonatingAccount, query.Writes, "address"),
	}
}

// clockMethods are those that anvil and evm have with one meaning.
func clockMethods(clock *clockAPI) []query.Method {
	return []query.Method{
		query.Row("increaseTime", clock.IncreaseTime, query.Writes, "seconds"),
		query.Row("mine_detailed", clock.Mine_detailed, query.Writes, "mineOptions"),
		query.Row("revert", clock.Revert, query.Writes, "snapshot"),
		query.Row("setAutomine", clock.SetAutomine, query.Writes, "enabled"),
		query.Row("setBlockGasLimit", clock.SetBlockGasLimit, query.Writes, "gasLimit"),
		query.Row("setNextBlockTimestamp", clock.SetNextBlockTimestamp, query.Writes, "timestamp"),
		query.Row("setTime", clock.SetTime, query.Writes, "timestamp"),
		query.Row("snapshot", clock.Snapshot, query.Writes, ""),
	}
}
