package node

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/tyler-smith/go-bip39"
)

// DevMnemonic is the phrase whose accounts every Ethereum development tool knows. Everybody has its keys.
const DevMnemonic = "test test test test test test test test test test test junk"

// What a devnet begins with unless told otherwise.
const (
	devAccounts = 10
	devEther    = 10_000
)

// ErrMnemonic reports a phrase that is not of twelve to twenty-four words of the English list with a right checksum.
var ErrMnemonic = errors.New("invalid mnemonic")

// DeriveKeys returns the first n keys of a mnemonic's path m/44'/60'/0'/0/i, as wallets derive them.
func DeriveKeys(mnemonic string, n int) ([]*ecdsa.PrivateKey, error) {
	seed, err := bip39.NewSeedWithErrorChecking(mnemonic, "")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMnemonic, err)
	}
	branch, err := hdkeychain.NewMaster(seed, &chaincfg.MainNetParams)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMnemonic, err)
	}
	for _, step := range []uint32{hdkeychain.HardenedKeyStart + 44, hdkeychain.HardenedKeyStart + 60, hdkeychain.HardenedKeyStart, 0} {
		if branch, err = branch.Derive(step); err != nil {
			return nil, fmt.Errorf("deriving accounts: %w", err)
		}
	}
	keys := make([]*ecdsa.PrivateKey, n)
	for i := range keys {
		leaf, err := branch.Derive(uint32(i))
		if err != nil {
			return nil, fmt.Errorf("deriving account %d: %w", i, err)
		}
		private, err := leaf.ECPrivKey()
		if err != nil {
			return nil, fmt.Errorf("deriving account %d: %w", i, err)
		}
		if keys[i], err = crypto.ToECDSA(private.Serialize()); err != nil {
			return nil, fmt.Errorf("deriving account %d: %w", i, err)
		}
	}
	return keys, nil
}

// devAlloc gives every key's account the balance a devnet begins with.
func devAlloc(keys []*ecdsa.PrivateKey) types.GenesisAlloc {
	alloc := make(types.GenesisAlloc, len(keys))
	for _, key := range keys {
		balance := new(big.Int).Mul(big.NewInt(devEther), big.NewInt(params.Ether))
		alloc[crypto.PubkeyToAddress(key.PublicKey)] = types.Account{Balance: balance}
	}
	return alloc
}
