package pool

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto/kzg4844"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition/unsigned"
)

// What a transaction with blobs can be refused for. The texts are geth's.
var (
	errNoSidecar = errors.New("missing sidecar in blob transaction")
	errBlobCount = errors.New("too many blobs in transaction")
)

// checkType refuses a type of transaction that the next block cannot hold.
func (n *next) checkType(tx *types.Transaction) error {
	active, known := map[uint8]bool{
		types.LegacyTxType:     true,
		types.AccessListTxType: n.rules.IsBerlin,
		types.DynamicFeeTxType: n.rules.IsLondon,
		types.BlobTxType:       n.rules.IsCancun && n.schedule.Limits.EVM,
		types.SetCodeTxType:    n.rules.IsPrague,
	}[tx.Type()]
	switch {
	case !known:
		return fmt.Errorf("%w: tx type %v not supported by this pool", core.ErrTxTypeNotSupported, tx.Type())
	case tx.Type() == types.LegacyTxType && tx.Protected() && !n.rules.IsEIP155 && !unsigned.Is(tx):
		return fmt.Errorf("%w: it has a chain id, which blocks have since EIP-155", types.ErrInvalidSig)
	case !active:
		return fmt.Errorf("%w: type %d rejected, the next block has none", core.ErrTxTypeNotSupported, tx.Type())
	}
	return nil
}

// takeBlobs checks the blobs that come with a transaction, except for their proofs, and returns the transaction without
// them, as blocks hold it. Other transactions come back as they are.
func (p *Pool) takeBlobs(tx *types.Transaction) (*types.Transaction, error) {
	if tx.Type() != types.BlobTxType {
		return tx, nil
	}
	next := p.next.Load()
	if err := next.checkType(tx); err != nil {
		return nil, err
	}
	sidecar, hashes := tx.BlobTxSidecar(), tx.BlobHashes()
	most := next.blobs
	if next.rules.IsOsaka {
		most = min(most, params.BlobTxMaxBlobs)
	}
	switch {
	case sidecar == nil:
		return nil, errNoSidecar
	case len(hashes) == 0:
		return nil, core.ErrMissingBlobHashes
	case len(hashes) > most:
		return nil, fmt.Errorf("%w (blob count %d, limit %d)", errBlobCount, len(hashes), most)
	}
	if err := checkSidecar(sidecar, len(hashes)); err != nil {
		return nil, err
	}
	return tx.WithoutBlobTxSidecar(), sidecar.ValidateBlobCommitmentHashes(hashes)
}

// checkSidecar compares the number of blobs, commitments and proofs with the number of hashes.
func checkSidecar(s *types.BlobTxSidecar, hashes int) error {
	proofs := hashes
	switch s.Version {
	case types.BlobSidecarVersion0:
	case types.BlobSidecarVersion1:
		proofs *= kzg4844.CellProofsPerBlob
	default:
		return fmt.Errorf("unsupported sidecar version %d", s.Version)
	}
	switch {
	case len(s.Blobs) != hashes:
		return fmt.Errorf("invalid number of %d blobs compared to %d blob hashes", len(s.Blobs), hashes)
	case len(s.Commitments) != hashes:
		return fmt.Errorf("invalid number of %d blob commitments compared to %d blobs", len(s.Commitments), hashes)
	case len(s.Proofs) != proofs:
		return fmt.Errorf("invalid number of %d blob proofs expected %d", len(s.Proofs), proofs)
	}
	return nil
}

// checkProofs checks that each commitment of a transaction is that of its blob, which takes some milliseconds for each.
// It takes the proofs of either version: one for each blob (EIP-4844), or one for each cell (EIP-7594).
func checkProofs(tx *types.Transaction) error {
	s := tx.BlobTxSidecar()
	if s == nil {
		return nil
	}
	if s.Version == types.BlobSidecarVersion1 {
		if err := kzg4844.VerifyCellProofs(s.Blobs, s.Commitments, s.Proofs); err != nil {
			return fmt.Errorf("%w: %w", errSidecar, err)
		}
		return nil
	}
	for i := range s.Blobs {
		if err := kzg4844.VerifyBlobProof(&s.Blobs[i], s.Commitments[i], s.Proofs[i]); err != nil {
			return fmt.Errorf("%w: blob %d: %w", errSidecar, i, err)
		}
	}
	return nil
}

// errSidecar reports blobs whose proofs are wrong.
var errSidecar = errors.New("invalid blob proof")
