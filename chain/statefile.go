package chain

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"

	"hestia/frame"
	"hestia/gas"
	"hestia/state"
	"hestia/vm"
)

// ErrStateFile reports a state file that cannot be used. The error that wraps it has the line and the reason.
var ErrStateFile = errors.New("state file")

// A state file is gzip of lines of JSON: a header with the genesis, then every block with the edits after it, then the
// end. It has no receipts, logs and states: reading it executes the blocks and compares the results with their headers.
const (
	stateFormat  = "hestia state"
	stateVersion = 1
	maxStateLine = 256 << 20 // bytes; a genesis or edits may be large
)

// stateHeader is a state file's first line.
type stateHeader struct {
	Format   string        `json:"format"`
	Version  int           `json:"version"`
	Blocks   uint64        `json:"blocks"` // after the genesis
	Schedule string        `json:"schedule"`
	Later    activations   `json:"schedules,omitempty"` // that replace it
	CodeSize int           `json:"codeSizeLimit,omitempty"`
	Devnet   bool          `json:"devnet"`
	Genesis  *core.Genesis `json:"genesis"`
	Edits    steps         `json:"edits,omitempty"` // after the genesis
}

// stateBlock is the line of a block.
type stateBlock struct {
	Number uint64        `json:"number"`
	Block  hexutil.Bytes `json:"block"` // RLP
	Edits  steps         `json:"edits,omitempty"`
}

// stateEnd is the last line.
type stateEnd struct {
	Head common.Hash `json:"head"`
	Root common.Hash `json:"root"` // of the state, edits included
	// what a devnet was asked about the block after the head
	NextTime *NextTime `json:"nextTime,omitempty"`
}

// Dump writes the whole history to w as a state file. No block is made until it is written.
func (c *Chain) Dump(w io.Writer) error {
	c.extend.Lock()
	defer c.extend.Unlock()
	head := c.Head()
	genesis, err := c.Genesis()
	if err != nil {
		return err
	}
	zip := gzip.NewWriter(w)
	lines := json.NewEncoder(zip)
	if err := lines.Encode(stateHeader{
		Format: stateFormat, Version: stateVersion, Blocks: head.Number.Uint64() - c.first.Load().NumberU64(),
		Schedule: genesis.Schedule.Name, Later: genesis.Later, CodeSize: genesis.CodeSize,
		Devnet: genesis.Devnet, Genesis: &genesis.Spec, Edits: c.edits[c.first.Load().Hash()],
	}); err != nil {
		return err
	}
	for n := c.first.Load().NumberU64() + 1; n <= head.Number.Uint64(); n++ {
		hash := c.db.canonical(n)
		raw, err := rlp.EncodeToBytes(c.db.block(hash, n))
		if err != nil {
			return err
		}
		if err := lines.Encode(stateBlock{n, raw, c.edits[hash]}); err != nil {
			return err
		}
	}
	end := stateEnd{Head: head.Hash(), Root: c.Root(head)}
	if next := c.NextTime(); next != (NextTime{}) {
		end.NextTime = &next
	}
	if err := lines.Encode(end); err != nil {
		return err
	}
	return zip.Close()
}

// Genesis returns the chain's genesis, read back from the database. The error wraps ErrDamaged.
func (c *Chain) Genesis() (*Genesis, error) {
	h, spec := c.first.Load().Header(), c.db.alloc(c.first.Load().Hash())
	if spec == nil {
		return nil, fmt.Errorf("%w: the genesis is missing", ErrDamaged)
	}
	var alloc types.GenesisAlloc
	if err := json.Unmarshal(spec, &alloc); err != nil {
		return nil, fmt.Errorf("%w: the genesis: %w", ErrDamaged, err)
	}
	return &Genesis{
		Spec: core.Genesis{
			Config: c.config, Nonce: h.Nonce.Uint64(), Timestamp: h.Time, ExtraData: h.Extra, GasLimit: h.GasLimit,
			Difficulty: new(big.Int).Set(h.Difficulty), Mixhash: h.MixDigest, Coinbase: h.Coinbase, Alloc: alloc,
			ParentHash: h.ParentHash, BaseFee: h.BaseFee,
		},
		Schedule: c.schedules.first,
		Later:    c.schedules.later,
		CodeSize: c.schedules.code,
		Devnet:   c.devnet,
	}, nil
}

// stateReader reads a state file line by line and counts the lines for errors.
type stateReader struct {
	lines *bufio.Scanner
	line  int
}

// newStateReader returns a reader of a file that has at most so many bytes unpacked.
func newStateReader(r io.Reader, most int) (*stateReader, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		zip, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrStateFile, err)
		}
		in = bufio.NewReader(zip)
	}
	s := &stateReader{lines: bufio.NewScanner(&cappedReader{in, most, most})}
	s.lines.Buffer(nil, min(maxStateLine, most))
	return s, nil
}

// cappedReader fails after so many bytes.
type cappedReader struct {
	io.Reader
	left, most int
}

// Read reads on, up to the cap.
func (r *cappedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.left -= n; r.left < 0 {
		return 0, fmt.Errorf("it has more than %d bytes unpacked", r.most)
	}
	return n, err
}

// activations are the schedules of a state file.
type activations []Activation

// UnmarshalJSON reads a list of at most as much text as any chain needs.
func (a *activations) UnmarshalJSON(data []byte) error {
	const most = 1 << 20
	if len(data) > most {
		return fmt.Errorf("schedules: more than %d bytes", most)
	}
	return json.Unmarshal(data, (*[]Activation)(a))
}

// next decodes the next line into into. what names the expected content in errors.
func (s *stateReader) next(what string, into any) error {
	s.line++
	if !s.lines.Scan() {
		if err := s.lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			return s.wrong("it is longer than %d bytes", maxStateLine)
		} else if err != nil {
			return s.wrong("%w", err)
		}
		return s.wrong("the file ends where %s should be", what)
	}
	if err := checkNumbers(s.lines.Bytes()); err != nil {
		return s.wrong("%s: %w", what, err)
	}
	if err := json.Unmarshal(s.lines.Bytes(), into); err != nil {
		return s.wrong("%s: %w", what, err)
	}
	return nil
}

// maxDigits is more than any number of a genesis has. Decoding a decimal one takes the square of its length.
const maxDigits = 1000

// checkNumbers refuses text of JSON with a decimal number, in a string or not, of more digits than any has.
func checkNumbers(text []byte) error {
	digits := 0
	for i, c := range text {
		switch {
		case c < '0' || c > '9':
			digits = 0
		case digits > 0 || i == 0 || bytes.IndexByte([]byte("\"-+:,[ \t"), text[i-1]) >= 0:
			if digits++; digits > maxDigits {
				return fmt.Errorf("a number of more than %d digits", maxDigits)
			}
		}
	}
	return nil
}

func (s *stateReader) wrong(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %w", ErrStateFile, s.line, fmt.Errorf(format, args...))
}

// ReadState executes every block of a state file on engine and returns the chain, in a store in memory that the caller
// closes. The error wraps ErrStateFile and names the line that is wrong.
func ReadState(r io.Reader, engine vm.Engine) (*Chain, error) {
	return readState(context.Background(), r, math.MaxInt, engine)
}

// readState is ReadState for a file that has at most so many bytes unpacked. If ctx ends first, the error is ctx's.
func readState(ctx context.Context, r io.Reader, most int, engine vm.Engine) (*Chain, error) {
	in, err := newStateReader(r, most)
	if err != nil {
		return nil, err
	}
	var header stateHeader
	if err := in.next("the header", &header); err != nil {
		return nil, err
	}
	schedule, known := gas.Named(header.Schedule)
	switch {
	case header.Format != stateFormat:
		return nil, in.wrong("format is %q, not %q", header.Format, stateFormat)
	case header.Version != stateVersion:
		return nil, in.wrong("version is %d; this program reads %d", header.Version, stateVersion)
	case !known:
		return nil, in.wrong("no gas schedule is called %q", header.Schedule)
	case header.Genesis == nil:
		return nil, in.wrong("there is no genesis")
	}
	store, err := state.Open("", state.Options{})
	if err != nil {
		return nil, err
	}
	c, err := Open(store, engine, &Genesis{
		Spec: *header.Genesis, Schedule: schedule, Later: header.Later, CodeSize: header.CodeSize,
		Devnet: header.Devnet,
	})
	if err != nil {
		return nil, errors.Join(in.wrong("%w", err), store.Close())
	}
	if err := c.readBlocks(ctx, in, header); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return c, nil
}

// readBlocks imports the blocks and edits after the header, and checks the end.
func (c *Chain) readBlocks(ctx context.Context, in *stateReader, header stateHeader) error {
	giveUp := frame.InterruptAfter(ctx)
	defer giveUp.Release()
	if err := c.redo(header.Edits); err != nil {
		return in.wrong("edits after the genesis: %w", err)
	}
	for n := c.first.Load().NumberU64() + 1; n <= c.first.Load().NumberU64()+header.Blocks; n++ {
		var line stateBlock
		if err := in.next(fmt.Sprintf("block %d", n), &line); err != nil {
			return err
		}
		if len(line.Block) > params.MaxBlockSize {
			return in.wrong("block %d: %w: %d bytes", n, core.ErrBlockOversized, len(line.Block))
		}
		block := new(types.Block)
		if err := rlp.DecodeBytes(line.Block, block); err != nil {
			return in.wrong("block %d: %w", n, err)
		}
		if err := c.importBlock(block, giveUp); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			return in.wrong("%w", err)
		}
		if err := c.redo(line.Edits); err != nil {
			return in.wrong("edits after block %d: %w", n, err)
		}
	}
	var end stateEnd
	if err := in.next("the end", &end); err != nil {
		return err
	}
	if head := c.Head(); end.Head != head.Hash() || end.Root != c.Root(head) {
		return in.wrong(
			"the head should be %s over state %s, and is %s over %s", end.Head, end.Root, head.Hash(), c.Root(head),
		)
	}
	if in.lines.Scan() {
		return in.wrong("there is something after the end")
	}
	if err := in.lines.Err(); err != nil {
		return in.wrong("%w", err)
	}
	return c.readEnd(in, end)
}

// readEnd takes over what the end of a state file says of the block after the head.
func (c *Chain) readEnd(in *stateReader, end stateEnd) error {
	if end.NextTime == nil {
		return nil
	}
	if err := errors.Join(end.NextTime.check(c.Head()), c.SetNextTime(*end.NextTime)); err != nil {
		return in.wrong("%w", err)
	}
	return nil
}

// redo makes edits again and compares the roots after each.
func (c *Chain) redo(list steps) error {
	for i, s := range list {
		if err := c.Edit(s.Edit); err != nil {
			return fmt.Errorf("edit %d: %w", i, err)
		}
		if root := c.Root(c.Head()); root != s.Root {
			return fmt.Errorf("edit %d gives state %s, not %s", i, root, s.Root)
		}
	}
	return nil
}
