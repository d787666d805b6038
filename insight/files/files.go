// Package files reads the files of a program that is a contract, from its storage and with proofs, and writes them on a
// devnet.
//
// A file is a value of Solidity's mapping(string => bytes): package ewasm/wasi has the layout. Start at Open.
package files

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"hestia/ewasm/wasi"
	"hestia/insight/proof"
)

// ErrNone reports that a contract has no such file. An empty file is none.
var ErrNone = errors.New("no such file")

// MaxFile is the size of the largest file, in bytes.
const MaxFile = wasi.MaxFile

// ahead is how many slots of a file are asked for at once.
const ahead = 256

// Files are those of one contract at one block. It is not safe for concurrent use.
type Files struct {
	Header   *types.Header  // of the block
	Contract common.Address // whose files they are
	Proofs   []*proof.Proof // of all slots that were read

	client *gethrpc.Client
	ctx    context.Context
	slots  map[common.Hash]common.Hash // that were read
	stored []slot                      // that are to be written
	bytes  run                         // of the file that is read
}

// slot is a slot of the storage and its value.
type slot struct{ key, value common.Hash }

// Open returns the files of a contract at the newest block of a node, or at the one that block names as JSON-RPC does.
func Open(ctx context.Context, client *gethrpc.Client, contract common.Address, block string) (*Files, error) {
	var number gethrpc.BlockNumber
	if err := number.UnmarshalJSON([]byte(block)); err != nil {
		return nil, fmt.Errorf("block %q: %w", block, err)
	}
	header, err := ethclient.NewClient(client).HeaderByNumber(ctx, big.NewInt(number.Int64()))
	if err != nil {
		return nil, fmt.Errorf("block %s: %w", block, err)
	}
	return &Files{
		Header: header, Contract: contract, client: client, ctx: ctx, slots: map[common.Hash]common.Hash{},
	}, nil
}

// Read returns the content of a file, proved by the state root of the block. The error wraps ErrNone, proof.ErrWrong,
// or says why the path is none.
func (f *Files) Read(path string) ([]byte, error) {
	content, err := f.process().ReadFile(path)
	return content, explain(path, err)
}

// Write gives a file a content, on a node that lets anvil_setStorageAt set slots, and makes a block, whose state root
// proves it. No content removes the file. It returns how many slots it set.
func (f *Files) Write(path string, content []byte) (int, error) {
	f.stored = nil
	if err := f.process().WriteFile(path, content); err != nil {
		return 0, explain(path, err)
	}
	calls := make([]gethrpc.BatchElem, len(f.stored))
	for i, s := range f.stored {
		calls[i] = gethrpc.BatchElem{
			Method: "anvil_setStorageAt", Args: []any{f.Contract, s.key, s.value}, Result: new(any),
		}
	}
	for first := 0; first < len(calls); first += ahead {
		part := calls[first:min(first+ahead, len(calls))]
		if err := f.client.BatchCallContext(f.ctx, part); err != nil {
			return first, err
		}
		for i := range part {
			if err := part[i].Error; err != nil {
				return first + i, fmt.Errorf("anvil_setStorageAt: %w", err)
			}
		}
	}
	return len(calls), f.client.CallContext(f.ctx, new(any), "evm_mine")
}

func (f *Files) process() *wasi.Process { return wasi.New(wasi.World{Value: new(uint256.Int)}, f) }

// explain says what an errno means for a path.
func explain(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wasi.NoEnt):
		return fmt.Errorf("%q: %w", path, ErrNone)
	}
	var code wasi.Errno
	if !errors.As(err, &code) {
		return err
	}
	reason, known := map[wasi.Errno]string{
		wasi.NotCapable:  "the path leaves the root",
		wasi.IlSeq:       "the path is not UTF-8, or has a NUL",
		wasi.NameTooLong: fmt.Sprintf("the path has more than %d bytes", wasi.MaxPath),
		wasi.IsDir:       "the root is a directory",
		wasi.FBig:        fmt.Sprintf("a file has at most %d bytes", wasi.MaxFile),
		wasi.IO:          "its slot holds no file as Solidity writes bytes",
	}[code]
	if !known {
		reason = code.Error()
	}
	return fmt.Errorf("%q: %s", path, reason)
}

// Load returns a slot of the contract. Of the bytes of a long file many slots are asked for at once.
func (f *Files) Load(key common.Hash) (common.Hash, error) {
	if value, read := f.slots[key]; read {
		return value, nil
	}
	keys := []common.Hash{key}
	inside := f.bytes.from(key)
	for next := new(uint256.Int).SetBytes32(key[:]); uint64(len(keys)) < min(inside, ahead); {
		keys = append(keys, next.AddUint64(next, 1).Bytes32())
	}
	p, values, err := proof.Account(f.ctx, f.client, f.Contract, keys, f.Header)
	if err != nil {
		return common.Hash{}, err
	}
	f.Proofs = append(f.Proofs, p)
	for i := range keys {
		f.slots[keys[i]] = values[i]
	}
	if inside == 0 {
		f.bytes = bytesOf(key, values[0])
	}
	return values[0], nil
}

// run is the slots in a row that hold the bytes of a long file.
type run struct {
	first uint256.Int
	count uint64
}

// bytesOf returns the run of the file with a slot, which is empty if the file is short.
func bytesOf(slot, head common.Hash) (r run) {
	if head[31]%2 == 1 {
		r.first.SetBytes(crypto.Keccak256(slot[:]))
		r.count = (binary.BigEndian.Uint64(head[24:])/2 + 31) / 32
	}
	return r
}

// from returns how many slots of the run there are from one on, 0 if it lies outside.
func (r *run) from(slot common.Hash) uint64 {
	offset := new(uint256.Int).SetBytes32(slot[:])
	if offset.Sub(offset, &r.first); !offset.LtUint64(r.count) {
		return 0
	}
	return r.count - offset.Uint64()
}

// Store keeps a slot to be written. It is for package wasi.
func (f *Files) Store(key, value common.Hash) error {
	if old, read := f.slots[key]; !read || old != value {
		f.stored = append(f.stored, slot{key, value})
		f.slots[key] = value
	}
	return nil
}

// Hash returns the keccak256 of data. It is for package wasi.
func (f *Files) Hash(data []byte) (common.Hash, error) { return crypto.Keccak256Hash(data), nil }

// Move does nothing, as nothing is paid for. It is for package wasi.
func (f *Files) Move(uint64) error { return nil }
