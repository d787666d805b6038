package console_test

import (
	"math/big"
	"strings"
	"testing"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/vm/console"
)

// call encodes a call of log with a signature, which may name its types as the first versions did.
func call(t testing.TB, signature string, values ...any) []byte {
	t.Helper()
	list := strings.TrimSuffix(strings.TrimPrefix(signature, "log("), ")")
	var arguments gethabi.Arguments
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		if name == "uint" || name == "int" {
			name += "256"
		}
		kind, err := gethabi.NewType(name, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, gethabi.Argument{Type: kind})
	}
	data, err := arguments.Pack(values...)
	if err != nil {
		t.Fatal(err)
	}
	return append(crypto.Keccak256([]byte(signature))[:4], data...)
}

var (
	someone = common.HexToAddress("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")
	ether   = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)
)

type row struct {
	signature string
	values    []any
	want      string
}

// rows are calls with what anvil 1.7.1 prints for them, but for the names of the first versions, which it has dropped.
var rows = []row{
	{"log()", nil, ""},
	{"log(uint256)", []any{big.NewInt(42)}, "42"},
	{"log(uint)", []any{big.NewInt(42)}, "42"},
	{"log(int256)", []any{big.NewInt(-42)}, "-42"},
	{"log(int)", []any{big.NewInt(-42)}, "-42"},
	{"log(string)", []any{"hello"}, "hello"},
	{"log(string)", []any{"100% %s"}, "100% %s"},
	{"log(bool)", []any{true}, "true"},
	{"log(address)", []any{someone}, someone.Hex()},
	{"log(bytes)", []any{[]byte{1, 2, 3}}, "0x010203"},
	{"log(bytes1)", []any{[1]byte{0xab}}, "0xab"},
	{"log(bytes32)", []any{[32]byte{31: 1}}, "0x" + strings.Repeat("00", 31) + "01"},
	{"log(string,uint256)", []any{"x is", big.NewInt(7)}, "x is 7"},
	{"log(string,uint)", []any{"x is %d!", big.NewInt(7)}, "x is 7!"},
	{"log(string,int256)", []any{"x is %d", big.NewInt(-7)}, "x is -7"},
	{"log(string,string)", []any{"%s and %%", "a"}, "a and %"},
	{"log(string,string)", []any{"%d", "a"}, "NaN"},
	{"log(string,bool)", []any{"%d %i", true}, "1 %i"},
	{"log(string,address)", []any{"from %s", someone}, "from " + someone.Hex()},
	{"log(string,uint256)", []any{"%x", big.NewInt(255)}, "0xff"},
	{"log(string,uint256)", []any{"%e", new(big.Int).Mul(big.NewInt(15), ether)}, "1.5e19"},
	{"log(string,uint256)", []any{"%18e", new(big.Int).Div(ether, big.NewInt(4))}, "0.25"},
	{"log(string,uint256)", []any{"%18e ether", new(big.Int).Mul(big.NewInt(3), ether)}, "3 ether"},
	{"log(string,string)", []any{"%o", "a"}, "'a'"},
	{"log(uint256,string,bool,address)", []any{big.NewInt(1), "b", false, someone}, "1 b false " + someone.Hex()},
	{"log(uint,uint,uint,uint)", []any{big.NewInt(1), big.NewInt(2), big.NewInt(3), big.NewInt(4)}, "1 2 3 4"},
	{"log(string,uint256,uint256,uint256)", []any{"%d/%d", big.NewInt(1), big.NewInt(2), big.NewInt(3)}, "1/2 3"},
	{"log(string,string,string)", []any{"%s %z %", "a", "b"}, "a %z % b"},
	{"log(bool,bool)", []any{true, false}, "true false"},
	{"log(string)", []any{"two\nlines\x1b[31m"}, "two\nlines.[31m"},
}

func TestConsoleLogPrintsWhatAnvilPrints(t *testing.T) {
	for _, row := range rows {
		if have := strings.Join(console.Lines(call(t, row.signature, row.values...)), "\n"); have != row.want {
			t.Errorf("%s %v: %q, want %q", row.signature, row.values, have, row.want)
		}
	}
}

func TestWhatIsNoConsoleLogPrintsNothing(t *testing.T) {
	short := call(t, "log(string,uint256)", "hello", big.NewInt(1))
	for name, input := range map[string][]byte{
		"nothing":             nil,
		"three bytes":         {1, 2, 3},
		"unknown selector":    {1, 2, 3, 4},
		"no arguments":        short[:4],
		"cut off":             short[:4+63],
		"cut string":          short[:len(short)-32],
		"offset over 2^64":    append(call(t, "log(string)", "a")[:4], []byte(strings.Repeat("\xff", 64))...),
		"length over the end": append(call(t, "log(string)", "a")[:4+63], 0xff),
	} {
		if lines := console.Lines(input); lines != nil {
			t.Errorf("%s: %q", name, lines)
		}
	}
}

func TestOneCallPrintsABoundedText(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("x", 1<<20), strings.Repeat("\n", 1<<20), strings.Repeat("\u00e4", 5000),
	} {
		total := 0
		for _, line := range console.Lines(call(t, "log(string,string)", text, text)) {
			total += len(line)
		}
		if total > 2*2048 {
			t.Errorf("%d bytes", total)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, row := range rows {
		f.Add(call(f, row.signature, row.values...))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		for _, line := range console.Lines(input) {
			if len(line) > 3*2048 || strings.ContainsAny(line, "\n\x1b") {
				t.Errorf("%q", line)
			}
		}
	})
}
