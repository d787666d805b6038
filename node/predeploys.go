package node

import (
	"crypto/sha256"
	"embed"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// predeploy is a contract that a devnet has from its first block on, as Ethereum's mainnet has it.
type predeploy struct {
	name    string
	address common.Address
	code    []byte
	storage map[common.Hash]common.Hash
	since   func(params.Rules) bool // whether the rules know it; nil = any
}

// The code of contracts that no package of geth holds, in hex. That of two follows from a transaction with which anyone
// deploys them at their address; the deposit contract's is what solc 0.6.11 makes of
// https://github.com/ethereum/consensus-specs/blob/master/solidity_deposit_contract/deposit_contract.sol.
//
//go:embed predeploys/*.hex
var predeployed embed.FS

// predeploys are the contracts in the order of docs/devnet.md.
var predeploys = []predeploy{
	{
		name: "CREATE2 deployer", address: params.DeterministicFactoryAddress,
		code: params.DeterministicFactoryCode,
	},
	{
		name: "Multicall3", address: common.HexToAddress("0xcA11bde05977b3631167028862bE2a173976CA11"),
		code: codeIn("multicall3"),
	},
	{
		name: "ERC-1820 registry", address: common.HexToAddress("0x1820a4B7618BdE71Dce8cdc73aAB6C95905faD24"),
		code: codeIn("erc1820"),
	},
	{
		name: "deposit contract", address: common.HexToAddress("0x00000000219ab540356cBB839Cbe05303d7705Fa"),
		code: codeIn("deposit"), storage: zeroHashes(),
	},
	{
		name: "beacon roots (EIP-4788)", address: params.BeaconRootsAddress,
		code: params.BeaconRootsCode, since: func(r params.Rules) bool { return r.IsCancun },
	},
	{
		name: "block hashes (EIP-2935)", address: params.HistoryStorageAddress,
		code: params.HistoryStorageCode, since: func(r params.Rules) bool { return r.IsPrague },
	},
	{
		name: "withdrawal requests (EIP-7002)", address: params.WithdrawalQueueAddress,
		code: params.WithdrawalQueueCode, since: func(r params.Rules) bool { return r.IsPrague },
	},
	{
		name: "consolidation requests (EIP-7251)", address: params.ConsolidationQueueAddress,
		code: params.ConsolidationQueueCode, since: func(r params.Rules) bool { return r.IsPrague },
	},
}

// codeIn returns the code in a file.
func codeIn(name string) []byte {
	text, err := predeployed.ReadFile("predeploys/" + name + ".hex")
	if err != nil {
		panic(err) // the binary was not built from these sources
	}
	return common.FromHex(strings.Join(strings.Fields(string(text)), ""))
}

// zeroHashes is the storage that the deposit contract's constructor leaves: the roots of empty trees of every height,
// from slot 33 on.
func zeroHashes() map[common.Hash]common.Hash {
	const first, heights = 33, 32
	storage, root := make(map[common.Hash]common.Hash), common.Hash{}
	for height := range int64(heights - 1) {
		root = sha256.Sum256(append(root.Bytes(), root.Bytes()...))
		storage[common.BigToHash(big.NewInt(first+1+height))] = root
	}
	return storage
}

// predeploy adds the contracts that rules know to the accounts of a first block.
func (d Devnet) predeploy(alloc types.GenesisAlloc, rules params.Rules) {
	if d.NoPredeploys {
		return
	}
	for _, p := range predeploys {
		if p.since == nil || p.since(rules) {
			alloc[p.address] = types.Account{Code: p.code, Storage: p.storage, Nonce: 1, Balance: new(big.Int)}
		}
	}
}
