package conformance

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"hestia/contracts"
	"hestia/replay"
)

// The errors about a line of a file.
var (
	errWords = errors.New("not understood")
	errRange = errors.New("number out of range")
)

// fact is a line about an account: "other balance 10", "self slot 0x1 = 0x2", "self code self.wat", "other nonce 1".
type fact struct {
	account    common.Address
	what       string   // balance, nonce, slot or code
	number     *big.Int // the balance or nonce
	key, value common.Hash
	code       []byte
}

// fact reads the words of a line about an account.
func (s *suite) fact(words []string) (f fact, err error) {
	if len(words) < 3 {
		return f, errWords
	}
	if f.account, err = account(words[0]); err != nil {
		return f, err
	}
	f.what = words[1]
	switch {
	case f.what == "balance" && len(words) == 3, f.what == "nonce" && len(words) == 3:
		f.number, err = integer(words[2], 256)
		if err == nil && f.what == "nonce" && !f.number.IsUint64() {
			err = errRange
		}
	case f.what == "slot" && len(words) == 5 && words[3] == "=":
		var key, value *big.Int
		if key, err = integer(words[2], 256); err == nil {
			value, err = integer(words[4], 256)
		}
		if err == nil {
			f.key, f.value = common.BigToHash(key), common.BigToHash(value)
		}
	case f.what == "code":
		f.code, err = s.bytes(words[2:])
	default:
		err = errWords
	}
	return f, err
}

// account reads the name or the address of an account.
func account(word string) (common.Address, error) {
	if known, ok := names[word]; ok {
		return known, nil
	}
	if !common.IsHexAddress(word) {
		return common.Address{}, fmt.Errorf("%w: no account %q", errWords, word)
	}
	return common.HexToAddress(word), nil
}

// integer reads a number of at most the given bits that is not negative, in Go's notation.
func integer(word string, bits int) (*big.Int, error) {
	n, ok := new(big.Int).SetString(word, 0)
	if !ok || n.Sign() < 0 || n.BitLen() > bits {
		return nil, fmt.Errorf("%w: %q", errRange, word)
	}
	return n, nil
}

// number64 reads a number of at most 64 bits.
func number64(word string) (uint64, error) {
	n, err := integer(word, 64)
	if err != nil {
		return 0, err
	}
	return n.Uint64(), nil
}

// bytes reads a list of parts and joins them: 0x010203, "text", 5:8 (the number 5 as 8 bytes, little-endian), aa*32
// (a byte repeated), the name of a module of the file, or that of an account. deploy:PART is creation data that
// deploys the part, runtime:PART a custom section "runtime" that holds it.
func (s *suite) bytes(words []string) (all []byte, err error) {
	for _, word := range words {
		word, deploys := strings.CutPrefix(word, "deploy:")
		word, follows := strings.CutPrefix(word, "runtime:")
		part, ok := s.modules[word]
		if !ok {
			if part, err = plainBytes(word); err != nil {
				return nil, err
			}
		}
		switch {
		case deploys:
			part = contracts.Finishing(part)
		case follows:
			part = contracts.WithRuntime(nil, part)
		}
		if all = append(all, part...); len(all) > replay.MaxFile {
			return nil, errRange
		}
	}
	return all, nil
}

// plainBytes reads a part that is not a module.
func plainBytes(word string) ([]byte, error) {
	if text, err := strconv.Unquote(word); err == nil {
		return []byte(text), nil
	}
	if value, width, ok := strings.Cut(word, ":"); ok {
		return littleEndian(value, width)
	}
	if value, count, ok := strings.Cut(word, "*"); ok {
		b, err := hex.DecodeString(value)
		n, err2 := number64(count)
		if err := errors.Join(err, err2); err != nil || len(b) != 1 || n > replay.MaxFile {
			return nil, errWords
		}
		return []byte(strings.Repeat(string(b), int(n))), nil
	}
	if digits, ok := strings.CutPrefix(word, "0x"); ok {
		return hex.DecodeString(digits)
	}
	known, err := account(word)
	return known[:], err
}

// littleEndian returns a number as width bytes, at most 32. A negative number is in two's complement.
func littleEndian(value, width string) ([]byte, error) {
	size, err := number64(width)
	if err != nil || size > 32 {
		return nil, errRange
	}
	n, ok := new(big.Int).SetString(value, 0)
	if !ok || n.BitLen() > 8*int(size) {
		return nil, errRange
	}
	if n.Sign() < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), 8*uint(size)))
	}
	out := make([]byte, size)
	for i := range out {
		out[i] = byte(new(big.Int).Rsh(n, 8*uint(i)).Uint64())
	}
	return out, nil
}

// transfer is one transaction of a case.
type transfer struct {
	to     *common.Address // nil for a creation
	gas    uint64
	price  *big.Int     // wei a gas
	value  *uint256.Int // wei
	data   []byte
	access types.AccessList
	blobs  []common.Hash
}

// block holds the fields of the block that contracts can read.
type block struct {
	number, time, baseFee, gasLimit, excessBlobGas uint64
	random                                         common.Hash
}

var defaultBlock = block{
	number: 1000, time: 1_700_000_000, baseFee: 7, gasLimit: 1 << 40,
	random: common.HexToHash("0x0102030405060708091011121314151617181920212223242526272829303132"),
}

const (
	defaultGas   = 1_000_000
	defaultPrice = 10
)

// direct reads a line of a case: about its networks, its state or its block, or the start of a transaction.
func (s *suite) direct(c *scene, words []string) (err error) {
	rest := words[1:]
	switch words[0] {
	case "under":
		c.networks = rest
		return nil
	case "with":
		f, err := s.fact(rest)
		c.before = append(c.before, f)
		return err
	case "block":
		return c.block.set(rest)
	case "to", "create":
		tx := transfer{gas: defaultGas, price: big.NewInt(defaultPrice), value: new(uint256.Int)}
		if words[0] == "to" {
			if len(rest) != 1 {
				return errWords
			}
			to, err := account(rest[0])
			c.transactions = append(c.transactions, tx)
			c.transactions[len(c.transactions)-1].to = &to
			return err
		}
		tx.data, err = s.bytes(rest)
		c.transactions = append(c.transactions, tx)
		return err
	}
	if len(c.transactions) == 0 {
		return fmt.Errorf("%w before a transaction", errWords)
	}
	return s.detail(&c.transactions[len(c.transactions)-1], words[0], rest)
}

// detail reads a line about the latest transaction.
func (s *suite) detail(tx *transfer, what string, rest []string) (err error) {
	switch {
	case what == "data":
		tx.data, err = s.bytes(rest)
	case what == "gas" && len(rest) == 1:
		tx.gas, err = number64(rest[0])
	case what == "price" && len(rest) == 1:
		tx.price, err = integer(rest[0], 256)
	case what == "value" && len(rest) == 1:
		var n *big.Int
		if n, err = integer(rest[0], 256); err == nil {
			tx.value = uint256.MustFromBig(n)
		}
	case what == "access" && len(rest) > 0:
		item := types.AccessTuple{}
		item.Address, err = account(rest[0])
		for _, word := range rest[1:] {
			key, err := integer(word, 256)
			if err != nil {
				return err
			}
			item.StorageKeys = append(item.StorageKeys, common.BigToHash(key))
		}
		tx.access = append(tx.access, item)
	case what == "blob" && len(rest) == 1:
		tx.blobs = append(tx.blobs, common.HexToHash(rest[0]))
	default:
		err = errWords
	}
	return err
}

// set reads the words of a line about the block: a field and its value.
func (b *block) set(words []string) (err error) {
	if len(words) != 2 {
		return errWords
	}
	field := map[string]*uint64{
		"number": &b.number, "time": &b.time, "basefee": &b.baseFee, "gaslimit": &b.gasLimit,
		"excessblobgas": &b.excessBlobGas,
	}[words[0]]
	if words[0] == "random" {
		n, err := integer(words[1], 256)
		if err == nil {
			b.random = common.BigToHash(n)
		}
		return err
	}
	if field == nil {
		return errWords
	}
	*field, err = number64(words[1])
	return err
}
