package wasi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// MaxReason is the longest reason of a revert, in bytes.
const MaxReason = 1024

// Reason returns why a program has exited with a status other than 0: what it wrote to standard error or, failing that,
// to standard output or, failing that, the status. Newlines at the end are left out.
func (p *Process) Reason(status uint32) string {
	for _, output := range [][]byte{p.stderr, p.stdout} {
		if text := bytes.TrimRight(output, "\r\n"); len(text) > 0 {
			return strings.ToValidUTF8(string(text[:min(len(text), MaxReason)]), "?")
		}
	}
	return fmt.Sprint("exit status ", status)
}

// RevertData returns Solidity's Error(string) for a reason.
func RevertData(reason string) []byte {
	const selector, word = "\x08\xc3\x79\xa0", 32
	padded := (len(reason) + word - 1) / word * word
	data := make([]byte, len(selector)+2*word+padded)
	copy(data, selector)
	data[len(selector)+word-1] = word
	binary.BigEndian.PutUint64(data[len(selector)+2*word-8:], uint64(len(reason)))
	copy(data[len(selector)+2*word:], reason)
	return data
}
