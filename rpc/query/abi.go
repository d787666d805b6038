package query

import (
	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/iface/abi"
)

// learn teaches the book what the code of an account, or of the account that it delegates to, says of its interface.
// The node learns code that runs; this is for code that ran before the node was started again.
func learn(book *abi.Book, db *gstate.StateDB, account common.Address) {
	if target, delegated := types.ParseDelegation(db.GetCode(account)); delegated {
		account = target
	}
	book.Learn(db.GetCodeHash(account), db.GetCode(account))
}

// learnCreation teaches the book what creation data says of its interface.
func learnCreation(book *abi.Book, data []byte) { book.Learn(crypto.Keccak256Hash(data), data) }
