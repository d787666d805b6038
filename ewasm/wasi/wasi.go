// Package wasi is what a WASI program sees of the chain: descriptors, paths, files that are storage slots, a clock, a
// random stream, arguments, an environment, and what its exit says.
//
// It does not know wasm, linear memory, prices or frames: the host that runs the program gives it a World to show and a
// Host for storage and payment. Files are laid out as Solidity lays out `mapping(string => bytes)` (file.go). Start at
// Process.
package wasi

import (
	"errors"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// Host is the storage that files lie in, and what charges for work. An error of it ends the program.
type Host interface {
	Load(slot common.Hash) (common.Hash, error)
	Store(slot, value common.Hash) error
	// Hash returns the keccak256 of data.
	Hash(data []byte) (common.Hash, error)
	// Move pays for so many bytes before they are moved.
	Move(bytes uint64) error
}

// World is what a program is shown.
type World struct {
	Input                []byte // standard input
	Self, Caller, Origin common.Address
	Value                *uint256.Int // wei
	ChainID              uint64
	Number, Time         uint64   // of the block; seconds since 1970
	Randao               [32]byte // of the block
	Nonce                uint64   // the origin's
	Frame                uint64   // which one of its transaction's frames the program runs in
	Deploys              bool     // it runs as its own constructor
	Static               bool     // state may not change
}

// MaxOutput is the most bytes that a program can write to standard output, and to standard error.
const MaxOutput = 1 << 20

// ErrOutput reports a program that writes more than that. It ends the program: to cut its output would hide the loss.
var ErrOutput = errors.New("more than 1 MiB of output")

// Process is one run of a program. It is not safe for concurrent use.
type Process struct {
	World
	host Host

	table          []*descriptor               // by number; nil for closed ones
	numbers        [MaxDescriptors / 64]uint64 // a bit for each that opening does not give away
	first          [8]*descriptor              // room for the first of the table
	standard       [firstFree]descriptor       // those that are open when the program begins
	held           int                         // bytes of paths of open directories
	stdout, stderr []byte
	taken          int      // bytes of standard input that were read
	hashed         []byte   // room for what is to be hashed
	short          [96]byte // room for that, if it is short

	arguments, environment []string // nil until they are asked for
	slept                  uint64   // nanoseconds
	drawn                  uint64   // blocks of the random stream
}

// New returns a process that has done nothing yet.
func New(world World, host Host) *Process {
	p := &Process{World: world, host: host, standard: [firstFree]descriptor{
		{kind: standardInput, rights: rightRead},
		{kind: standardOutput, rights: rightWrite},
		{kind: standardError, rights: rightWrite},
		{kind: directory, rights: rightsAll, preopened: true, slot: rootSlot},
	}}
	p.table, p.hashed = p.first[:0], p.short[:0]
	for fd := range p.standard {
		p.set(uint32(fd), &p.standard[fd])
	}
	return p
}

// Output returns what was written to standard output. The caller must not change it.
func (p *Process) Output() []byte { return p.stdout }

// Errors returns what was written to standard error. The caller must not change it.
func (p *Process) Errors() []byte { return p.stderr }

// Held returns about how many bytes the process holds in the memory of the host: a function of what it did alone.
func (p *Process) Held() int {
	const each = 128
	return len(p.stdout) + len(p.stderr) + each*len(p.table) + p.held
}
