// Package unsigned makes transactions without a signature in the name of any account: those of an account that a
// devnet impersonates.
//
// Such a transaction has its sender in place of a signature: r is 2^160 plus the sender's address and s is a fixed
// word. So it needs no record beside the block that holds it, and its hash differs between senders. Finding a key
// that signs with this r and s is as hard as forging a signature. A chain that is no devnet reads it as the signature
// of some account without funds. The package does not know which accounts may be impersonated. Start at Sign and
// NewSigner.
package unsigned

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

var (
	mark = new(big.Int).Lsh(common.Big1, 8*common.AddressLength) // r without the address
	word = new(big.Int).SetBytes([]byte("hestia: not signed"))   // s
	zero = make([]byte, 65)                                      // in place of signature bytes, which geth asks for
)

// Is reports whether tx has a sender instead of a signature.
func Is(tx *types.Transaction) bool {
	_, ok := sender(tx)
	return ok
}

// Sign returns a copy of tx with from as its sender. The signer is one of NewSigner. The error is geth's.
func Sign(tx *types.Transaction, signer types.Signer, from common.Address) (*types.Transaction, error) {
	return tx.WithSignature(&naming{signer, from}, zero)
}

// sender returns the sender that tx has in place of a signature, false if it is signed.
func sender(tx *types.Transaction) (common.Address, bool) {
	_, r, s := tx.RawSignatureValues()
	if s == nil || r == nil || s.Cmp(word) != 0 || r.BitLen() != mark.BitLen() {
		return common.Address{}, false
	}
	return common.BytesToAddress(r.Bytes()), true // the address's last 20 bytes
}

// NewSigner returns a signer that also finds the sender of unsigned transactions. It leaves signed ones to inner.
func NewSigner(inner types.Signer) types.Signer { return &signer{inner} }

type signer struct{ types.Signer }

// Sender returns the sender of tx. The error is geth's, types.ErrInvalidChainId for an unsigned one of another chain.
func (s *signer) Sender(tx *types.Transaction) (common.Address, error) {
	from, ok := sender(tx)
	switch {
	case !ok:
		return s.Signer.Sender(tx)
	case s.ChainID() == nil || tx.ChainId().Cmp(s.ChainID()) != 0: // the oldest signers know no id
		return common.Address{}, types.ErrInvalidChainId
	}
	return from, nil
}

// Equal also holds between s and its inner signer: a sender that one of them found, and the transaction remembers, is
// right for both.
func (s *signer) Equal(other types.Signer) bool {
	if o, ok := other.(*signer); ok {
		other = o.Signer
	}
	return s.Signer.Equal(other)
}

// naming is a signer whose signature is the sender's address.
type naming struct {
	types.Signer
	from common.Address
}

// SignatureValues returns r with the sender and the fixed s. In a legacy transaction, v holds the chain id (EIP-155);
// the other types have a field for it.
func (n *naming) SignatureValues(tx *types.Transaction, _ []byte) (r, s, v *big.Int, err error) {
	r = new(big.Int).Or(mark, n.from.Big())
	v = new(big.Int)
	if tx.Type() == types.LegacyTxType {
		v.Add(v.Lsh(n.ChainID(), 1), big.NewInt(35)) // https://eips.ethereum.org/EIPS/eip-155
	}
	return r, new(big.Int).Set(word), v, nil
}
