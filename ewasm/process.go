package ewasm

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm/wasi"
	"hestia/frame"
	"hestia/gas"
)

// WASI is the module that programs import their functions from.
const WASI = "wasi_snapshot_preview1"

// A program is a module that a compiler for WASI has made: it exports _start in place of main. Its functions answer an
// errno; only what no caller could go on from ends the frame. They are in table_wasi.go.

// program is what a frame has for a program. It is the host of its process.
type program struct {
	*wasi.Process
	frame   *Context
	list    wasi.Buffers // of the call that runs
	hashes  hashes
	word    uint64 // price of 32 bytes of the function that runs, in gas
	printed bool   // standard error was passed on
	status  uint32 // of its exit
}

// running returns the program of the frame. It is made when it first calls a function.
func (c *Context) running() *program {
	if c.program == nil {
		c.program = &program{frame: c}
		c.program.Process = wasi.New(wasi.World{
			Input: c.Input, Self: c.Self, Caller: c.Caller, Origin: c.Tx.Origin, Value: c.Value,
			ChainID: c.Block.ChainID, Number: c.Block.Number, Time: c.Block.Time, Randao: c.Block.Difficulty,
			Nonce: c.State.GetNonce(c.Tx.Origin), Frame: c.Number, Deploys: c.Creates, Static: c.Static,
		}, c.program)
	}
	return c.program
}

// Load reads a slot as storageLoad does.
func (p *program) Load(slot common.Hash) (common.Hash, error) {
	if p.frame.Interrupt.Due() {
		return common.Hash{}, &frame.FaultError{Err: frame.ErrInterrupted}
	}
	p.frame.traceSlot(gas.StorageLoad, slot, common.Hash{})
	return p.frame.loadSlot(slot)
}

// Store writes a slot as storageStore does.
func (p *program) Store(slot, value common.Hash) error {
	if p.frame.Interrupt.Due() {
		return &frame.FaultError{Err: frame.ErrInterrupted}
	}
	p.frame.traceSlot(gas.StorageStore, slot, value)
	return p.frame.storeSlot(slot, value)
}

// Hash pays for a hash as keccak256 does.
func (p *program) Hash(data []byte) (common.Hash, error) {
	price := &p.frame.Schedule.Host[gas.Keccak256]
	if err := p.frame.Gas.Charge(price.Base + price.Word*wordsOf(uint64(len(data)))); err != nil {
		return common.Hash{}, err
	}
	return p.hashes.of(data), nil
}

// hashes remembers the last hashes of short data: a program opens the same paths and reads the same files again.
type hashes struct {
	last [4]struct {
		data   [96]byte
		length int
		hash   common.Hash
	}
	next int
}

// of returns the keccak256 of data, which has at least a byte.
func (h *hashes) of(data []byte) common.Hash {
	for i := range h.last {
		if l := &h.last[i]; l.length == len(data) && bytes.Equal(l.data[:l.length], data) {
			return l.hash
		}
	}
	l := &h.last[h.next]
	if len(data) > len(l.data) {
		return crypto.Keccak256Hash(data)
	}
	l.length, l.hash = copy(l.data[:], data), crypto.Keccak256Hash(data)
	h.next = (h.next + 1) % len(h.last)
	return l.hash
}

// Move pays for bytes by the word.
func (p *program) Move(n uint64) error { return p.frame.Gas.Charge(p.word * wordsOf(n)) }

// wordsOf returns how many words of 32 bytes a length begins.
func wordsOf(length uint64) uint64 { return (length + 31) / 32 }

// The reasons why functions of programs trap.
var (
	ErrOutput = wasi.ErrOutput
	ErrRaised = errors.New("the program raised a signal")
)

// answering returns what calls a function of programs: its windows must lie in memory, and an errno is its result.
func answering(row Function, work func(*program, Args) error) func(*Context, Args) (uint64, error) {
	windows := row.windows()
	return func(c *Context, a Args) (uint64, error) {
		for _, w := range windows {
			width := w.width
			if w.length >= 0 {
				width = uint64(uint32(a[w.length]))
			}
			if uint64(uint32(a[w.pointer]))+width > uint64(len(c.Memory)) {
				return 0, ErrMemory
			}
		}
		p := c.running()
		p.word = c.Schedule.Host[row.Number].Word
		switch err := work(p, a).(type) {
		case nil:
			return 0, nil
		case wasi.Errno:
			return uint64(err), nil
		default:
			return 0, err
		}
	}
}

// window is where the operands of a function say that a window lies.
type window struct {
	pointer int
	length  int // the operand with its length in bytes, or -1
	width   uint64
}

// windows returns those of a function. Of lists of items there are none: a handler first counts the items.
func (f *Function) windows() (list []window) {
	for i := range f.Operands {
		o := &f.Operands[i]
		switch {
		case o.Use == Number || o.Item > 0:
		case o.Length != "":
			list = append(list, window{pointer: i, length: f.operand(o.Length)})
		default:
			list = append(list, window{pointer: i, length: -1, width: uint64(o.Width)})
		}
	}
	return list
}

// procExit finishes with what was written to standard output if the status is 0. With any other it reverts, with the
// reason as Solidity's Error(string).
func procExit(c *Context, a Args) (uint64, error) {
	p, status := c.running(), uint32(a[0])
	if status == 0 {
		return 0, c.Finish(p.Output())
	}
	p.status = status
	return 0, c.Revert(wasi.RevertData(p.Reason(status)))
}

// exitStatus returns the status of a program that has exited, else 0.
func (c *Context) exitStatus() uint32 {
	if c.program == nil {
		return 0
	}
	return c.program.status
}

// written returns the output of a frame that ends because main returns.
func (c *Context) written() []byte {
	if c.program == nil {
		return c.Output
	}
	return c.program.Output()
}

// maxErrorLines is how many lines of standard error one frame can print. A line takes longer than its bytes pay for.
const maxErrorLines = 1000

// printErrors prints what a program wrote to standard error, however it ended.
func (c *Context) printErrors() {
	if c.program == nil || c.program.printed || c.Debug == nil {
		return
	}
	c.program.printed = true
	lines, rest := 0, c.program.Errors()
	for line := range bytes.Lines(rest) {
		if lines++; lines > maxErrorLines {
			more := bytes.Count(rest, []byte{'\n'})
			if rest[len(rest)-1] != '\n' {
				more++
			}
			c.Debug(fmt.Sprintf("(and %d more lines of standard error)", more))
			return
		}
		rest = rest[len(line):]
		line = bytes.TrimRight(line, "\r\n")
		c.Debug(printable(line[:min(len(line), maxPrint)]))
	}
}

// explain adds to the reason why a frame has halted what the program wrote to standard error. Nothing of it reaches
// the state.
func (c *Context) explain(err error) error {
	if c.program == nil || len(c.program.Errors()) == 0 {
		return err
	}
	text := bytes.TrimRight(c.program.Errors(), "\r\n")
	return fmt.Errorf("%w; standard error: %s", err, printable(text[:min(len(text), maxPrint)]))
}

// hold counts what the host keeps for a program among the pages that the frame holds, while it runs another frame.
func (c *Context) hold() {
	if c.program != nil {
		held := (c.program.Held() + pageBytes - 1) / pageBytes
		c.PagesUsed = min(c.PagesUsed+uint32(held), c.PagesLeft)
	}
}
