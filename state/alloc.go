package state

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

var errBalance = errors.New("the balance is not between 0 and 2^256-1")

// Begin commits accounts to the empty state and returns the state that holds them. Accounts without balance, nonce and
// code are kept. The error says which account has a balance that is not between 0 and 2^256-1, or is the database's.
func (s *Store) Begin(accounts types.GenesisAlloc) (*gstate.StateDB, error) {
	db, err := s.At(types.EmptyRootHash)
	if err != nil {
		return nil, err
	}
	for address, account := range accounts {
		balance := new(uint256.Int)
		if b := account.Balance; b != nil && (b.Sign() < 0 || balance.SetFromBig(b)) {
			return nil, fmt.Errorf("%s: %w", address, errBalance)
		}
		db.SetBalance(address, balance, tracing.BalanceIncreaseGenesisBalance)
		db.SetNonce(address, account.Nonce, tracing.NonceChangeGenesis)
		db.SetCode(address, account.Code, tracing.CodeChangeGenesis)
		for slot, value := range account.Storage {
			db.SetState(address, slot, value)
		}
	}
	root, err := s.Commit(db, params.Rules{}, 0) // rules before EIP-158, which removes empty accounts
	if err != nil {
		return nil, err
	}
	return s.At(root)
}

// Accounts returns every account of the state under root, with its code and storage. All of it is in memory at once.
func (s *Store) Accounts(root common.Hash) (types.GenesisAlloc, error) {
	db, err := s.At(root)
	if err != nil {
		return nil, err
	}
	all := collector{}
	_, err = db.DumpToCollector(all, nil)
	return types.GenesisAlloc(all), err
}

// collector gathers the accounts of geth's dump in a map.
type collector types.GenesisAlloc

// OnRoot implements geth's DumpCollector.
func (collector) OnRoot(common.Hash) {}

// OnAccount implements geth's DumpCollector. The dump spells balances in decimal and slots in hexadecimal.
func (c collector) OnAccount(address *common.Address, a gstate.DumpAccount) {
	account := types.Account{Nonce: a.Nonce, Code: a.Code}
	account.Balance, _ = new(big.Int).SetString(a.Balance, 10)
	for slot, value := range a.Storage {
		if account.Storage == nil {
			account.Storage = make(map[common.Hash]common.Hash)
		}
		account.Storage[slot] = common.HexToHash(value)
	}
	c[*address] = account
}
