package chain

import (
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethdb"

	"hestia/frame"
	"hestia/iface/abi"
)

// maxReason bounds a stored reason, in bytes: a contract can choose its text.
const maxReason = 1024

// reason returns why a frame did not finish, as text for the transaction's sender.
func reason(r frame.Result) string {
	text := r.End.String()
	if r.Cause != nil {
		text = r.Cause.Error()
	}
	if r.End == frame.Reverted {
		switch said, ok := abi.Reason(r.Output); {
		case ok:
			text = frame.ErrReverted.Error() + ": " + said
		case len(r.Output) > 0: // a custom error: only a reader with the contract's interface can decode it
			text = frame.ErrReverted.Error() + ": " + hexutil.Encode(r.Output[:min(len(r.Output), maxReason/2-32)])
		}
	}
	return strings.ToValidUTF8(text[:min(len(text), maxReason)], "\uFFFD")
}

func reasonKey(tx common.Hash) []byte {
	return append([]byte("hestia-reason-"), tx[:]...)
}

// writeReasons adds the reasons of the candidate's failed transactions to the batch.
func writeReasons(batch ethdb.KeyValueWriter, b *candidate) error {
	for index, text := range b.reasons {
		if err := batch.Put(reasonKey(b.transactions[index].Hash()), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}
