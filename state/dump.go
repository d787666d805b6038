package state

import (
	"encoding/json"
	"io"

	"github.com/ethereum/go-ethereum/common"
	gstate "github.com/ethereum/go-ethereum/core/state"
)

// lineCollector writes the root and then each account as one line of JSON. It keeps the first error.
type lineCollector struct {
	w   io.Writer
	err error
}

// OnRoot implements geth's DumpCollector.
func (l *lineCollector) OnRoot(root common.Hash) {
	l.write(struct {
		Root common.Hash `json:"root"`
	}{root})
}

// OnAccount implements geth's DumpCollector.
func (l *lineCollector) OnAccount(address *common.Address, account gstate.DumpAccount) {
	account.Address = address
	l.write(account)
}

func (l *lineCollector) write(v any) {
	if l.err == nil {
		l.err = json.NewEncoder(l.w).Encode(v)
	}
}
