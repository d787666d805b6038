package wasmtime

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"

	"hestia/gas"
	"hestia/vm/wasmtime/leaves"
)

// key is what an artefact is a function of, within one program on one machine.
type key struct {
	code  common.Hash
	rules [sha256.Size]byte // fingerprint of the schedule
	form  form
}

// form is what is made of a metered contract before it is compiled.
type form uint8

const (
	plainForm  form = iota // with filling and copying in parts; wasmtime-go can run it as it is
	hostForm               // with a function that enters it for the shim; all host functions are imported
	mirrorForm             // with a mirror, so that most host functions never leave the module
)

// fingerprints are those of schedules by address, because a schedule never changes; lastPrint is the last one used.
var (
	fingerprints sync.Map
	lastPrint    atomic.Pointer[fingerprinted]
)

type fingerprinted struct {
	of  *gas.Schedule
	sum [sha256.Size]byte
}

// fingerprint returns a hash of all that a schedule says: two schedules of one name may differ.
func fingerprint(s *gas.Schedule) [sha256.Size]byte {
	if last := lastPrint.Load(); last != nil && last.of == s {
		return last.sum
	}
	known, ok := fingerprints.Load(s)
	if !ok {
		known = &fingerprinted{s, sha256.Sum256(fmt.Appendf(nil, "%#v", *s))}
		fingerprints.Store(s, known)
	}
	lastPrint.Store(known.(*fingerprinted))
	return known.(*fingerprinted).sum
}

// generation returns a hash of what else machine code depends on: the program, with the meter and wasmtime in it, and
// the processor. The error says that the program cannot read itself.
func generation() ([sha256.Size]byte, error) {
	digest := sha256.New()
	if err := addProgram(digest); err != nil {
		return [sha256.Size]byte{}, err
	}
	features := leaves.Processor()
	binary.Write(digest, binary.LittleEndian, features[:])
	return [sha256.Size]byte(digest.Sum(nil)), nil
}

// addProgram adds the build id of this program, which Go's linker computes from all inputs, or the whole program if
// it has no build id.
func addProgram(digest hash.Hash) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	if program, err := elf.Open(path); err == nil {
		defer program.Close()
		if note := program.Section(".note.go.buildid"); note != nil {
			if id, err := note.Data(); err == nil && len(id) > buildIDLeast {
				digest.Write(id)
				return nil
			}
		}
	}
	program, err := os.Open(path)
	if err != nil {
		return err
	}
	defer program.Close()
	_, err = io.Copy(digest, program)
	return err
}

// buildIDLeast is the length of a note without a build id, which has only a header and a token.
const buildIDLeast = 32
