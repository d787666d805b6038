package query

import (
	"strings"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/iface/abi"
)

// maxArgument bounds what one argument of an error takes in a message, in bytes.
const maxArgument = 256

// learn teaches the book what the code of an account, or of the account that it delegates to, says of its interface.
func learn(book *abi.Book, db *gstate.StateDB, account common.Address) {
	if target, delegated := types.ParseDelegation(db.GetCode(account)); delegated {
		account = target
	}
	book.Learn(db.GetCodeHash(account), db.GetCode(account))
}

// describe returns the error that output encodes as its declaration with values, or false if the book does not know it.
func describe(book *abi.Book, output []byte) (string, bool) {
	known, found := book.Error(output)
	if !found {
		return "", false
	}
	words := make([]string, len(known.Arguments))
	for i, argument := range known.Arguments {
		text := argument.Text()
		words[i] = strings.ToValidUTF8(text[:min(len(text), maxArgument)], "\uFFFD")
		if argument.Name != "" {
			words[i] = argument.Name + "=" + words[i]
		}
	}
	return known.Name + "(" + strings.Join(words, ", ") + ")", true
}
