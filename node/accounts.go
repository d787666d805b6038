package node

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/tyler-smith/go-bip39"
)

// DevMnemonic is the phrase whose accounts every Ethereum development tool knows. Everybody has its keys.
const DevMnemonic = "test test test test test test test test test test test junk"

// What a devnet begins with unless told otherwise.
const (
	devAccounts = 10
	devEther    = 10_000
)

// What keys cannot be derived from.
var (
	ErrMnemonic = errors.New("invalid mnemonic")        // not twelve to twenty-four words of the English list with a right checksum
	ErrPath     = errors.New("invalid derivation path") // not such as DevPath
)

// DevPath is where wallets look for accounts: their number is appended.
const DevPath = "m/44'/60'/0'/0"

// DeriveKeys returns the first n keys of a mnemonic's path m/44'/60'/0'/0/i, as wallets derive them.
func DeriveKeys(mnemonic string, n int) ([]*ecdsa.PrivateKey, error) {
	return DeriveKeysAt(mnemonic, DevPath, n)
}

// DeriveKeysAt returns the first n keys of a mnemonic below a path such as DevPath. The error wraps ErrMnemonic or ErrPath.
func DeriveKeysAt(mnemonic, path string, n int) ([]*ecdsa.PrivateKey, error) {
	steps, err := accounts.ParseDerivationPath(strings.TrimSuffix(path, "/"))
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrPath, path, err)
	}
	seed, err := bip39.NewSeedWithErrorChecking(mnemonic, "")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMnemonic, err)
	}
	branch, err := hdkeychain.NewMaster(seed, &chaincfg.MainNetParams)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMnemonic, err)
	}
	for _, step := range steps {
		if branch, err = branch.Derive(step); err != nil {
			return nil, fmt.Errorf("deriving accounts: %w", err)
		}
	}
	keys := make([]*ecdsa.PrivateKey, n)
	for i := range keys {
		if keys[i], err = leaf(branch, uint32(i)); err != nil {
			return nil, fmt.Errorf("deriving account %d: %w", i, err)
		}
	}
	return keys, nil
}

// leaf returns the key with the given number below a branch.
func leaf(branch *hdkeychain.ExtendedKey, number uint32) (*ecdsa.PrivateKey, error) {
	key, err := branch.Derive(number)
	if err != nil {
		return nil, err
	}
	private, err := key.ECPrivKey()
	if err != nil {
		return nil, err
	}
	return crypto.ToECDSA(private.Serialize())
}
