package t8n

import (
	"bytes"
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// Transaction is a transaction as txs.json has it: signed, or with the key to sign it with.
type Transaction struct {
	tx        *types.Transaction
	key       *common.Hash
	protected bool // by the chain id (EIP-155)
	malformed error
}

// UnmarshalJSON reads geth's JSON of a transaction, and secretKey and protected beside it.
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

// DecodeRLP reads a list of signed transactions, as a block's body has it. One that is malformed is in the list too, to be
// rejected when its turn comes.
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

// signed returns the transaction, signed here if it is not and has a key.
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
