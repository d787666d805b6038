package t8n

import (
	"bytes"
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// Transaction is a transaction in the format of txs.json: signed, or with the key to sign it.
type Transaction struct {
	tx        *types.Transaction
	key       *common.Hash // nil if it is signed
	protected bool         // sign it for one chain id (EIP-155)
	malformed error        // why its RLP cannot be decoded; nil if it can
}

// UnmarshalJSON reads geth's JSON of a transaction, with secretKey and protected beside it.
func (t *Transaction) UnmarshalJSON(data []byte) error {
	var beside struct {
		Key       *common.Hash `json:"secretKey"`
		Protected *bool        `json:"protected"`
	}
	if err := json.Unmarshal(data, &beside); err != nil {
		return err
	}
	t.key, t.protected, t.tx = beside.Key, beside.Protected == nil || *beside.Protected, new(types.Transaction)
	return t.tx.UnmarshalJSON(data)
}

// DecodeRLP reads a list of signed transactions in the encoding of a block's body. A malformed transaction is in the
// list too: Run rejects it at its place. The error wraps ErrRLP if the list itself is malformed.
func DecodeRLP(data []byte) ([]*Transaction, error) {
	in := rlp.NewStream(bytes.NewReader(data), uint64(len(data)))
	if _, err := in.List(); err != nil {
		return nil, wrong(ErrRLP, "transactions: %w", err)
	}
	var list []*Transaction
	for in.MoreDataInList() {
		item, err := in.Raw()
		if err != nil {
			return nil, wrong(ErrRLP, "transaction %d: %w", len(list), err)
		}
		t := &Transaction{tx: new(types.Transaction)}
		t.malformed = rlp.DecodeBytes(item, t.tx)
		list = append(list, t)
	}
	return list, in.ListEnd()
}

// signed returns the transaction. It signs one that has a key and no signature.
func (t *Transaction) signed(signer types.Signer) (*types.Transaction, error) {
	if t.malformed != nil {
		return nil, t.malformed
	}
	v, r, s := t.tx.RawSignatureValues()
	if t.key == nil || v.BitLen()+r.BitLen()+s.BitLen() != 0 {
		return t.tx, nil
	}
	key, err := crypto.ToECDSA(t.key[:])
	if err != nil {
		return nil, err
	}
	if !t.protected {
		signer = types.HomesteadSigner{}
	}
	return types.SignTx(t.tx, signer, key)
}
