package query

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// Accounts lists the accounts that the node signs for.
func (s *Service) Accounts() []common.Address {
	list := make([]common.Address, len(s.Config.Keys))
	for i, key := range s.Config.Keys {
		list[i] = crypto.PubkeyToAddress(key.PublicKey)
	}
	return list
}

// Sign returns a signature whose last byte is 27 or 28, as wallets give it.
func (s *Service) Sign(address common.Address, digest []byte) (hexutil.Bytes, error) {
	key, ok := s.Keys[address]
	if !ok {
		return nil, ErrUnknownAccount
	}
	signature, err := crypto.Sign(digest, key)
	if err != nil {
		return nil, err
	}
	signature[crypto.RecoveryIDOffset] += 27
	return signature, nil
}
