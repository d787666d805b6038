// Package unsigned makes transactions that nobody signed, in the name of any account: what a devnet does for an account it
// impersonates.
//
// Such a transaction carries its sender where others carry a signature: r is 2^160 plus the sender's address and s is a fixed
// word. It therefore needs no record beside the block that holds it, and its hash differs between senders. Finding a key that
// signs with this r and s is as hard as forging a signature. Chains that are no devnets take it for a signature of some
// account without funds. The package does not know who may impersonate whom. Start at Sign and NewSigner.
package unsigned

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

var (
	mark = new(big.Int).Lsh(common.Big1, 8*common.AddressLength) // r without the address
	word = new(big.Int).SetBytes([]byte("hestia: not signed"))   // s
	zero = make([]byte, 65)                                      // what stands in for signature bytes
)

// Is reports whether tx has a sender instead of a signature.
func Is(tx *types.Transaction) bool {
	_, ok := sender(tx)
	return ok
}

// Sign returns tx as sent by from. The signer is that of NewSigner.
func Sign(tx *types.Transaction, signer types.Signer, from common.Address) (*types.Transaction, error) {
	return tx.WithSignature(&naming{signer, from}, zero)
}

func sender(tx *types.Transaction) (common.Address, bool) {
	_, r, s := tx.RawSignatureValues()
	if s == nil || r == nil || s.Cmp(word) != 0 || r.BitLen() != mark.BitLen() {
		return common.Address{}, false
	}
	return common.BytesToAddress(r.Bytes()), true // the address's last 20 bytes
}

// NewSigner returns a signer that knows the senders of unsigned transactions too, and leaves all others to inner.
func NewSigner(inner types.Signer) types.Signer { return &signer{inner} }

type signer struct{ types.Signer }

// Sender returns who sent tx.
func (s *signer) Sender(tx *types.Transaction) (common.Address, error) {
	from, ok := sender(tx)
	switch {
	case !ok:
		return s.Signer.Sender(tx)
	case tx.ChainId().Cmp(s.ChainID()) != 0:
		return common.Address{}, types.ErrInvalidChainId
	}
	return from, nil
}

// Equal holds for the inner signer too: a sender found here, and remembered by its transaction, is right for both.
func (s *signer) Equal(other types.Signer) bool {
	if o, ok := other.(*signer); ok {
		other = o.Signer
	}
	return s.Signer.Equal(other)
}

// naming gives transactions their sender instead of a signature.
type naming struct {
	types.Signer
	from common.Address
}

// SignatureValues returns the sender as r, and a v that says the chain where only it can.
func (n *naming) SignatureValues(tx *types.Transaction, _ []byte) (r, s, v *big.Int, err error) {
	r = new(big.Int).Or(mark, n.from.Big())
	v = new(big.Int)
	if tx.Type() == types.LegacyTxType {
		v.Add(v.Lsh(n.ChainID(), 1), big.NewInt(35)) // https://eips.ethereum.org/EIPS/eip-155
	}
	return r, new(big.Int).Set(word), v, nil
}
