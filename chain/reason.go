package chain

import (
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethdb"

	"hestia/frame"
)

// maxReason bounds a kept reason, in bytes: contracts write it.
const maxReason = 1024

// reason says why a frame did not finish, in words for the transaction's sender.
func reason(r frame.Result) string {
	text := r.End.String()
	if r.Cause != nil {
		text = r.Cause.Error()
	}
	if r.End == frame.Reverted {
		switch said, err := abi.UnpackRevert(r.Output); {
		case err == nil:
			text = frame.ErrReverted.Error() + ": " + said
		case len(r.Output) > 0: // an error of the contract's own, to be told by whoever knows its interface
			text = frame.ErrReverted.Error() + ": " + hexutil.Encode(r.Output[:min(len(r.Output), maxReason/4)])
		}
	}
	return strings.ToValidUTF8(text[:min(len(text), maxReason)], "\uFFFD")
}

func reasonKey(tx common.Hash) []byte {
	return append([]byte("hestia-reason-"), tx[:]...)
}

// writeReasons adds the reasons of a block's failed transactions to its batch.
func writeReasons(batch ethdb.KeyValueWriter, b *candidate) error {
	for index, text := range b.reasons {
		if err := batch.Put(reasonKey(b.transactions[index].Hash()), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}
