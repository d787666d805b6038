package pool_test

import (
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto/kzg4844"
	"github.com/holiman/uint256"

	"hestia/gas"
)

// sidecar returns so many blobs with their proofs, of a version.
func sidecar(t testing.TB, version byte, blobs int) *types.BlobTxSidecar {
	t.Helper()
	s := &types.BlobTxSidecar{Version: version}
	for i := range blobs {
		var blob kzg4844.Blob
		blob[1] = byte(i + 1)
		commitment, err := kzg4844.BlobToCommitment(&blob)
		if err != nil {
			t.Fatal(err)
		}
		var proofs []kzg4844.Proof
		if version == types.BlobSidecarVersion1 {
			proofs, err = kzg4844.ComputeCellProofs(&blob)
		} else {
			proofs = make([]kzg4844.Proof, 1)
			proofs[0], err = kzg4844.ComputeBlobProof(&blob, commitment)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.Blobs, s.Commitments = append(s.Blobs, blob), append(s.Commitments, commitment)
		s.Proofs = append(s.Proofs, proofs...)
	}
	return s
}

// blobTx returns alice's transaction of blobs, which change may spoil before it is signed.
func blobTx(s *types.BlobTxSidecar, change func(*types.BlobTx)) *types.Transaction {
	tx := &types.BlobTx{
		ChainID: uint256.NewInt(1), To: target, Gas: 21000, GasFeeCap: uint256.NewInt(2e9),
		GasTipCap: uint256.NewInt(1), BlobFeeCap: uint256.NewInt(1), Sidecar: s,
	}
	if s != nil {
		hasher := sha256.New()
		for i := range s.Commitments {
			tx.BlobHashes = append(tx.BlobHashes, kzg4844.CalcBlobHashV1(hasher, &s.Commitments[i]))
		}
	}
	if change != nil {
		change(tx)
	}
	return types.MustSignNewTx(alice.key, signer, tx)
}

func TestBlobsOfBothVersionsAreCheckedAndLeftBehind(t *testing.T) {
	for _, version := range []byte{types.BlobSidecarVersion0, types.BlobSidecarVersion1} {
		p := newPool(newHead())
		tx := blobTx(sidecar(t, version, 2), nil)
		add(t, p, tx)
		kept := p.Get(tx.Hash())
		if kept == nil || kept.BlobTxSidecar() != nil || len(kept.BlobHashes()) != 2 {
			t.Errorf("version %d: the pool has %v", version, kept)
		}
		if dropped := p.Restore([]*types.Transaction{kept}, newHead()); len(dropped) > 0 {
			t.Errorf("version %d: dropped %v", version, dropped)
		}
	}
}

func TestWrongBlobsAreRefused(t *testing.T) {
	good := sidecar(t, 0, 1)
	spoilt := func(change func(*types.BlobTxSidecar)) *types.BlobTxSidecar {
		s := good.Copy()
		change(s)
		return s
	}
	for name, tx := range map[string]*types.Transaction{
		"none":            blobTx(nil, func(tx *types.BlobTx) { tx.BlobHashes = []common.Hash{{1}} }),
		"no hashes":       blobTx(good, func(tx *types.BlobTx) { tx.BlobHashes = nil }),
		"another hash":    blobTx(good, func(tx *types.BlobTx) { tx.BlobHashes = []common.Hash{{1}} }),
		"another blob":    blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Blobs[0][1] = 9 }), nil),
		"another proof":   blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Proofs[0] = kzg4844.Proof{0xc0} }), nil),
		"a broken proof":  blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Proofs[0] = kzg4844.Proof{} }), nil),
		"no proofs":       blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Proofs = nil }), nil),
		"no blobs":        blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Blobs = nil }), nil),
		"another version": blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Version = 1 }), nil),
		"unknown version": blobTx(spoilt(func(s *types.BlobTxSidecar) { s.Version = 7 }), nil),
		"too many":        blobTx(sidecar(t, 0, 7), nil),
	} {
		if err := newPool(newHead()).Add(tx); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestScheduleWithoutEVMCodeTakesNoBlobs(t *testing.T) {
	head := newHead()
	head.schedule, _ = gas.Named("default")
	err := newPool(head).Add(blobTx(sidecar(t, 0, 1), nil))
	if !errors.Is(err, core.ErrTxTypeNotSupported) {
		t.Errorf("the error is %v", err)
	}
}

func TestBlobsAreReplacedByABidForBlobGasToo(t *testing.T) {
	p := newPool(newHead())
	s := sidecar(t, 0, 1)
	add(t, p, blobTx(s, nil))
	dearer := func(tx *types.BlobTx) {
		tx.GasFeeCap, tx.GasTipCap = uint256.NewInt(4e9), uint256.NewInt(2)
	}
	if err := p.Add(blobTx(s, dearer)); err == nil {
		t.Error("the same bid for blob gas replaces")
	}
	add(t, p, blobTx(s, func(tx *types.BlobTx) {
		dearer(tx)
		tx.BlobFeeCap = uint256.NewInt(2)
	}))
}
