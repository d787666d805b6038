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

// DevMnemonic is the phrase that Ethereum development tools share. Its keys are public: never send value to them.
const DevMnemonic = "test test test test test test test test test test test junk"

// The accounts of a devnet by default.
const (
	devAccounts = 10
	devEther    = 10_000 // of each
)

// The errors of deriving keys.
var (
	ErrMnemonic = errors.New("invalid mnemonic")        // want 12 to 24 words of BIP-39's English list
	ErrPath     = errors.New("invalid derivation path") // want a path such as DevPath
)

// DevPath is the BIP-44 path below which wallets derive Ethereum accounts; they append the account's index.
const DevPath = "m/44'/60'/0'/0"

// DeriveKeys returns the first n keys of a mnemonic below DevPath, as wallets derive them. The error wraps ErrMnemonic.
func DeriveKeys(mnemonic string, n int) ([]*ecdsa.PrivateKey, error) {
	return DeriveKeysAt(mnemonic, DevPath, n)
}

// DeriveKeysAt returns the first n keys of a mnemonic below a path such as DevPath. The error wraps ErrMnemonic or
// ErrPath.
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
