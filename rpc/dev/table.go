// Package dev is the wing of the methods of development tools, under the names and with the meaning that Hardhat
// (hardhat_, evm_) and anvil (anvil_, evm_) document; docs/devnet.md lists them and how the two differ. They exist on a
// devnet only.
//
// It turns parameters into the miner's controls. Parameters are decoded here and not by geth's server, so that an error
// names the parameter. Start at Methods, the table.
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
			query.Row("dropTransaction", hardhat.DropTransaction, query.Writes, ""),
			query.Row("mine", hardhat.Mine, query.Writes, ""),
			query.Row("setNonce", hardhat.SetNonce, query.Writes, ""),
			query.Row("setStorageAt", hardhat.SetStorageAt, query.Writes, ""),
		})...),
		query.NewGroup("anvil", anvil, slices.Concat(commonMethods(&dev), clockMethods(&clock), []query.Method{
			query.Row("dropAllTransactions", anvil.DropAllTransactions, query.Writes, ""),
			query.Row("dropTransaction", anvil.DropTransaction, query.Writes, ""),
			query.Row("getIntervalMining", anvil.GetIntervalMining, query.Plain, ""),
			query.Row("mine", anvil.Mine, query.Writes, ""),
			query.Row("nodeInfo", anvil.NodeInfo, query.Plain, ""),
			query.Row("removeBlockTimestampInterval", anvil.RemoveBlockTimestampInterval, query.Writes, ""),
			query.Row("removePoolTransactions", anvil.RemovePoolTransactions, query.Writes, ""),
			query.Row("setBlockTimestampInterval", anvil.SetBlockTimestampInterval, query.Writes, ""),
			query.Row("setIntervalMining", anvil.SetIntervalMining, query.Writes, ""),
			query.Row("setNonce", anvil.SetNonce, query.Writes, ""),
			query.Row("setStorageAt", anvil.SetStorageAt, query.Writes, ""),
		})...),
		query.NewGroup("evm", evm, slices.Concat(clockMethods(&clock), []query.Method{
			query.Row("mine", evm.Mine, query.Writes, ""),
			query.Row("setIntervalMining", evm.SetIntervalMining, query.Writes, ""),
		})...),
	}
}

// commonMethods are those that hardhat and anvil have with one meaning.
func commonMethods(dev *devAPI) []query.Method {
	return []query.Method{
		query.Row("autoImpersonateAccount", dev.AutoImpersonateAccount, query.Writes, ""),
		query.Row("dumpState", dev.DumpState, query.Plain, ""),
		query.Row("getAutomine", dev.GetAutomine, query.Plain, ""),
		query.Row("impersonateAccount", dev.ImpersonateAccount, query.Writes, ""),
		query.Row("loadState", dev.LoadState, query.Writes, ""),
		query.Row("metadata", dev.Metadata, query.Plain, ""),
		query.Row("reset", dev.Reset, query.Writes, ""),
		query.Row("setBalance", dev.SetBalance, query.Writes, ""),
		query.Row("setCode", dev.SetCode, query.Writes, ""),
		query.Row("setCoinbase", dev.SetCoinbase, query.Writes, ""),
		query.Row("setLoggingEnabled", dev.SetLoggingEnabled, query.Writes, ""),
		query.Row("setMinGasPrice", dev.SetMinGasPrice, query.Refused, ""),
		query.Row("setNextBlockBaseFeePerGas", dev.SetNextBlockBaseFeePerGas, query.Writes, ""),
		query.Row("setPrevRandao", dev.SetPrevRandao, query.Writes, ""),
		query.Row("stopImpersonatingAccount", dev.StopImpersonatingAccount, query.Writes, ""),
	}
}

// clockMethods are those that anvil and evm have with one meaning.
func clockMethods(clock *clockAPI) []query.Method {
	return []query.Method{
		query.Row("increaseTime", clock.IncreaseTime, query.Writes, ""),
		query.Row("revert", clock.Revert, query.Writes, ""),
		query.Row("setAutomine", clock.SetAutomine, query.Writes, ""),
		query.Row("setBlockGasLimit", clock.SetBlockGasLimit, query.Writes, ""),
		query.Row("setNextBlockTimestamp", clock.SetNextBlockTimestamp, query.Writes, ""),
		query.Row("setTime", clock.SetTime, query.Writes, ""),
		query.Row("snapshot", clock.Snapshot, query.Writes, ""),
	}
}
