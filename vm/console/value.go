package console

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
)

// wordBytes is the size of a word of the ABI.
const wordBytes = 32

// kind is the type of an argument.
type kind struct {
	name, short string // in signatures; short if the first versions had another
	of          byte   // as abi.Type.T
	size        int    // of bytesN
}

var (
	unsigned = kind{name: "uint256", short: "uint", of: gethabi.UintTy}
	signed   = kind{name: "int256", short: "int", of: gethabi.IntTy}
	text     = kind{name: "string", of: gethabi.StringTy}
	boolean  = kind{name: "bool", of: gethabi.BoolTy}
	account  = kind{name: "address", of: gethabi.AddressTy}
	bytes    = kind{name: "bytes", of: gethabi.BytesTy}
)

func fixed(size int) kind {
	return kind{name: "bytes" + strconv.Itoa(size), of: gethabi.FixedBytesTy, size: size}
}

// value is a decoded argument.
type value struct {
	kind
	number *big.Int // of numbers
	text   string   // as it is printed, but at most maxLine bytes of it
}

// decode reads argument i of encoded arguments. It is false if they are cut short.
func decode(k kind, data []byte, i int) (value, bool) {
	word, ok := wordAt(data, uint64(i)*wordBytes)
	if !ok {
		return value{}, false
	}
	v := value{kind: k}
	switch k.of {
	case gethabi.UintTy:
		v.number = new(big.Int).SetBytes(word)
	case gethabi.IntTy:
		v.number = signedNumber(word)
	case gethabi.BoolTy:
		v.text = strconv.FormatBool(common.BytesToHash(word) != common.Hash{})
	case gethabi.AddressTy:
		v.text = common.BytesToAddress(word).Hex()
	case gethabi.FixedBytesTy:
		v.text = "0x" + hex.EncodeToString(word[:k.size])
	default:
		var bytes []byte
		if bytes, ok = bytesAt(data, word); !ok {
			return value{}, false
		}
		if bytes = bytes[:min(len(bytes), maxLine)]; k.of == gethabi.StringTy {
			v.text = string(bytes)
		} else {
			v.text = "0x" + hex.EncodeToString(bytes)
		}
	}
	if v.number != nil {
		v.text = v.number.String()
	}
	return v, true
}

// wordAt returns the word at an offset.
func wordAt(data []byte, offset uint64) ([]byte, bool) {
	if size := uint64(len(data)); size < wordBytes || offset > size-wordBytes {
		return nil, false
	}
	return data[offset : offset+wordBytes], true
}

// bytesAt returns the bytes whose length is at the offset in a word.
func bytesAt(data, word []byte) ([]byte, bool) {
	offset := new(big.Int).SetBytes(word)
	if !offset.IsUint64() {
		return nil, false
	}
	lengthWord, ok := wordAt(data, offset.Uint64())
	if !ok {
		return nil, false
	}
	rest := data[offset.Uint64()+wordBytes:]
	length := new(big.Int).SetBytes(lengthWord)
	if !length.IsUint64() || length.Uint64() > uint64(len(rest)) {
		return nil, false
	}
	return rest[:length.Uint64()], true
}

// format returns the text that console.log makes of values: if the first is a string, its conversions take the values
// that follow. Values that are left over come after spaces.
func format(values []value) string {
	var out strings.Builder
	if len(values) == 0 {
		return ""
	}
	first := values[0]
	if first.of == gethabi.StringTy && len(values) > 1 {
		values = convert(&out, first.text, values[1:])
	} else {
		out.WriteString(first.text)
		values = values[1:]
	}
	for _, v := range values {
		out.WriteByte(' ')
		out.WriteString(v.text)
	}
	return out.String()
}

// convert writes a format with values in the places of its conversions, and returns those that it did not need.
func convert(out *strings.Builder, format string, values []value) []value {
	for len(format) > 0 && out.Len() < maxLine {
		plain, rest, found := strings.Cut(format, "%")
		out.WriteString(plain)
		if !found {
			break
		}
		verb, decimals, after := conversion(rest)
		switch {
		case verb == 0 || verb == '%':
			out.WriteByte('%')
		case len(values) == 0:
			out.WriteString(format[len(plain) : len(format)-len(after)])
		default:
			out.WriteString(values[0].as(verb, decimals))
			values = values[1:]
		}
		format = after
	}
	return values
}

// conversion reads what follows a percent sign: a verb, with a number of decimals if it is e, and the rest. The verb is
// 0 if there is none. The conversions are Foundry's.
func conversion(format string) (verb byte, decimals, rest string) {
	digits := 0
	for digits < len(format) && digits < 2 && '0' <= format[digits] && format[digits] <= '9' {
		digits++
	}
	switch after := format[digits:]; {
	case strings.HasPrefix(after, "e"):
		return 'e', format[:digits], after[1:]
	case digits == 0 && after != "" && strings.IndexByte("%sdiox", after[0]) >= 0:
		return after[0], "", after[1:]
	}
	return 0, "", format
}

// as writes a value for a conversion: %s as it is, %d and %i as a number, %x in hexadecimal, %o with quotes unless it
// is a number, and %e with an exponent or as a fraction of 10 to the power of the decimals.
func (v value) as(verb byte, decimals string) string {
	switch number := v.number != nil; {
	case number && verb == 'x':
		return fmt.Sprintf("%#x", v.number)
	case number && verb == 'e' && decimals != "":
		return fraction(v.number, decimals)
	case number && verb == 'e':
		return exponent(v.number)
	case number, verb == 's', verb == 'x' && v.of != gethabi.StringTy && v.of != gethabi.BoolTy:
		return v.text
	case verb == 'o':
		return "'" + v.text + "'"
	case verb == 'd' && v.text == "true" && v.of == gethabi.BoolTy:
		return "1"
	case verb == 'd' && v.of == gethabi.BoolTy:
		return "0"
	}
	return "NaN"
}

// exponent writes a number as 1.5e18, without zeros at the end of its digits.
func exponent(n *big.Int) string {
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	power := len(digits) - 1
	rest := strings.TrimRight(digits[1:], "0")
	if rest != "" {
		rest = "." + rest
	}
	return fmt.Sprintf("%s%s%se%d", sign, digits[:1], rest, power)
}

// fraction writes a number divided by 10 to the power of the decimals.
func fraction(n *big.Int, decimals string) string {
	places, err := strconv.Atoi(decimals)
	if err != nil {
		return n.String() // the pattern has only digits
	}
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if len(digits) <= places {
		digits = strings.Repeat("0", places-len(digits)+1) + digits
	}
	whole, rest := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}

// signedNumber reads a word as a number in two's complement.
func signedNumber(word []byte) *big.Int {
	n := new(big.Int).SetBytes(word)
	if word[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 8*wordBytes))
	}
	return n
}
