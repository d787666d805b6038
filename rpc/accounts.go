package rpc

import (
	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// accountAPI is eth: the accounts whose keys the node holds, and their signatures.
type accountAPI struct{ *service }

func (a *accountAPI) Accounts() []common.Address {
	list := make([]common.Address, len(a.config.Keys))
	for i, key := range a.config.Keys {
		list[i] = crypto.PubkeyToAddress(key.PublicKey)
	}
	return list
}

// Sign signs keccak256("\x19Ethereum Signed Message:\n" + length + message).
func (a *accountAPI) Sign(address common.Address, message hexutil.Bytes) (hexutil.Bytes, error) {
	return a.sign(address, accounts.TextHash(message))
}

// SignTypedData_v4 signs structured data (https://eips.ethereum.org/EIPS/eip-712).
func (a *accountAPI) SignTypedData_v4(address common.Address, data apitypes.TypedData) (hexutil.Bytes, error) { //nolint:revive,staticcheck // the name on the wire
	digest, _, err := apitypes.TypedDataAndHash(data)
	if err != nil {
		return nil, invalidParams("typed data: %w", err)
	}
	return a.sign(address, digest)
}

// sign returns a signature whose last byte is 27 or 28, as wallets give it.
func (s *service) sign(address common.Address, digest []byte) (hexutil.Bytes, error) {
	key, ok := s.keys[address]
	if !ok {
		return nil, errUnknownAccount
	}
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		return nil, err
	}
	signature[crypto.RecoveryIDOffset] += 27
	return signature, nil
}

// personalAPI is personal: the signature that wallets ask for under this name, with its parameters the other way round.
type personalAPI struct{ *service }

func (a *personalAPI) Sign(message hexutil.Bytes, address common.Address) (hexutil.Bytes, error) {
	return a.sign(address, accounts.TextHash(message))
}
