package contracts_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/contracts"
)

// signatures holds every function of the original interface, and what the samples need besides, with its wasm type.
var signatures = map[string]string{
	"useGas": "i64->", "getGasLeft": "->i64",
	"getAddress": "i32->", "getCaller": "i32->", "getTxOrigin": "i32->", "getBlockCoinbase": "i32->",
	"getExternalBalance": "i32 i32->", "getBlockHash": "i64 i32->i32",
	"call": "i64 i32 i32 i32 i32->i32", "callCode": "i64 i32 i32 i32 i32->i32",
	"callDelegate": "i64 i32 i32 i32->i32", "callStatic": "i64 i32 i32 i32->i32",
	"create":       "i32 i32 i32 i32->i32",
	"callDataCopy": "i32 i32 i32->", "codeCopy": "i32 i32 i32->", "returnDataCopy": "i32 i32 i32->",
	"externalCodeCopy": "i32 i32 i32 i32->",
	"getCallDataSize":  "->i32", "getCodeSize": "->i32", "getReturnDataSize": "->i32",
	"getExternalCodeSize": "i32->i32",
	"getCallValue":        "i32->", "getTxGasPrice": "i32->", "getBlockDifficulty": "i32->",
	"getBlockGasLimit": "->i64", "getBlockNumber": "->i64", "getBlockTimestamp": "->i64",
	"log":          "i32 i32 i32 i32 i32 i32 i32->",
	"storageStore": "i32 i32->", "storageLoad": "i32 i32->",
	"finish": "i32 i32->", "revert": "i32 i32->", "selfDestruct": "i32->",
	"keccak256": "i32 i32 i32->",
}

func signature(f *wasmtime.FuncType) string {
	var s string
	for i, p := range f.Params() {
		if i > 0 {
			s += " "
		}
		s += p.String()
	}
	s += "->"
	for _, r := range f.Results() {
		s += r.String()
	}
	return s
}

// requireContract fails unless code obeys the contract rules that show in a module's interface: imports, exactly two
// exports, no start, no custom section.
func requireContract(t *testing.T, code []byte) {
	t.Helper()
	module := compile(t, code)
	for _, imported := range module.Imports() {
		function := imported.Type().FuncType()
		if imported.Module() != "ethereum" || imported.Name() == nil || function == nil {
			t.Fatalf("import from %q that is not a function of ethereum", imported.Module())
		}
		if want, got := signatures[*imported.Name()], signature(function); got != want {
			t.Errorf("import %s has type %q, want %q", *imported.Name(), got, want)
		}
	}
	exports := map[string]string{}
	for _, exported := range module.Exports() {
		switch {
		case exported.Type().FuncType() != nil:
			exports[exported.Name()] = signature(exported.Type().FuncType())
		case exported.Type().MemoryType() != nil:
			exports[exported.Name()] = "memory"
		default:
			exports[exported.Name()] = "neither function nor memory"
		}
	}
	if diff := cmp.Diff(map[string]string{"main": "->", "memory": "memory"}, exports); diff != "" {
		t.Errorf("exports (-want +got):\n%s", diff)
	}
	for id := range sections(t, code) {
		if id == 0 || id == 8 {
			t.Errorf("module has section %d: custom or start", id)
		}
	}
}

// constructor cuts creation data into the module that runs and the runtime in the section that ends it.
func constructor(t *testing.T, creation []byte) (module, runtime []byte) {
	t.Helper()
	content, found := sections(t, creation)[0]
	runtime, named := bytes.CutPrefix(content, []byte("\x07runtime"))
	if !found || !named || !bytes.HasSuffix(creation, content) {
		t.Fatal("creation data does not end with a section runtime")
	}
	header := len(binary.AppendUvarint([]byte{0}, uint64(len(content))))
	return creation[:len(creation)-len(content)-header], runtime
}

// sections cuts a module into its sections by number.
func sections(t *testing.T, code []byte) map[byte][]byte {
	t.Helper()
	found := map[byte][]byte{}
	for rest := code[8:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || uint64(len(rest)) < 1+uint64(n)+size {
			t.Fatalf("section %d is cut short", rest[0])
		}
		end := 1 + n + int(size)
		found[rest[0]] = rest[1+n : end]
		rest = rest[end:]
	}
	return found
}

func TestEverySampleObeysTheContractRules(t *testing.T) {
	for _, c := range contracts.All() {
		t.Run(c.Name, func(t *testing.T) {
			requireContract(t, c.Runtime)
			module, _ := constructor(t, c.Creation)
			requireContract(t, module)
		})
	}
}

func TestHeaderDeclaresWhatTheHostHas(t *testing.T) {
	header, err := os.ReadFile("src/eei.h")
	if err != nil {
		t.Fatal(err)
	}
	// wasm is the type of a parameter or a result as it crosses the interface.
	wasm := func(declared string) string {
		switch {
		case declared == "void":
			return ""
		case strings.HasPrefix(declared, "int64_t"):
			return "i64"
		default:
			return "i32"
		}
	}
	declaration := regexp.MustCompile(`\nEEI(?:_END)?\("ethereum", "(\w+)"\)\n(\w+) eei_\w+\(([^)]*)\);`)
	declared := map[string]string{}
	for _, m := range declaration.FindAllStringSubmatch(string(header), -1) {
		var params []string
		for _, param := range strings.Split(m[3], ",") {
			if kind := wasm(strings.TrimSpace(param)); kind != "" {
				params = append(params, kind)
			}
		}
		if _, known := signatures[m[1]]; known {
			declared[m[1]] = strings.Join(params, " ") + "->" + wasm(m[2])
		}
	}
	if diff := cmp.Diff(signatures, declared); diff != "" {
		t.Errorf("eei.h (-want +got):\n%s", diff)
	}
}

func TestEveryCreationFinishesWithItsRuntime(t *testing.T) {
	for _, c := range contracts.All() {
		t.Run(c.Name, func(t *testing.T) {
			end, code := newHost(t).deploy(c.Creation, call{})
			if end != finished || !bytes.Equal(code, c.Runtime) {
				t.Errorf("ended %v with %d bytes, want the runtime of %d", end, len(code), len(c.Runtime))
			}
		})
	}
}

func TestSamplesStaySmall(t *testing.T) {
	for name, limit := range map[string]int{"counter": 2048, "echo": 256, "keccak": 2048, "token": 6144} {
		i := slices.IndexFunc(contracts.All(), func(c contracts.Contract) bool { return c.Name == name })
		if size := len(contracts.All()[i].Runtime); size > limit {
			t.Errorf("%s is %d bytes, more than %d", name, size, limit)
		}
	}
}

func TestFinishingWrapsARuntimeOfAnySize(t *testing.T) {
	for _, size := range []int{0, 1, 63, 64, 127, 128, 8191, 8192, 65535, 65536, 65537, 1 << 20} {
		t.Run(fmt.Sprintf("size=%d", size), func(t *testing.T) {
			runtime := bytes.Repeat([]byte{0xa5}, size)
			creation := contracts.Finishing(runtime)
			requireContract(t, creation)
			if !bytes.HasSuffix(sections(t, creation)[11], runtime) {
				t.Error("the data section does not end with the runtime")
			}
			if end, code := newHost(t).run(creation, call{}); end != finished || !bytes.Equal(code, runtime) {
				t.Errorf("ended %v with %d bytes, want the runtime of %d", end, len(code), size)
			}
			if more := len(creation) - size; more > 100 {
				t.Errorf("the wrapper adds %d bytes", more)
			}
		})
	}
}

func TestDeployWrapsARuntimeOfAnySizeInOneConstructor(t *testing.T) {
	empty, _ := constructor(t, contracts.Deploy(nil))
	requireContract(t, empty)
	for _, size := range []int{0, 1, 63, 64, 127, 128, 8191, 8192, 65535, 65536, 65537, 1 << 20} {
		runtime := bytes.Repeat([]byte{0xa5}, size)
		module, deployed := constructor(t, contracts.Deploy(runtime))
		if !bytes.Equal(module, empty) || !bytes.Equal(deployed, runtime) {
			t.Errorf("size %d: a constructor of %d bytes with a runtime of %d", size, len(module), len(deployed))
		}
	}
	if end, _ := newHost(t).run(empty, call{}); end != returned {
		t.Errorf("the constructor ended %v", end)
	}
}

func TestTokenGivesTheSupplyThatItsConstructorIsTold(t *testing.T) {
	for _, told := range []*big.Int{big.NewInt(0), big.NewInt(7), maxWord} {
		h := newHost(t)
		if end, _ := h.deploy(contracts.Token.Creation, call{caller: alice, input: number(told)}); end != finished {
			t.Fatalf("ended %v", end)
		}
		if h.storage[word(0)] != common.BigToHash(told) ||
			h.storage[mapping(address(alice), word(1))] != common.BigToHash(told) {
			t.Errorf("told %v, storage %v", told, h.storage)
		}
	}
	end, output := newHost(t).deploy(contracts.Token.Creation, call{caller: alice, input: make([]byte, 31)})
	if end != reverted || reason(t, output) != "missing argument" {
		t.Errorf("a short argument: ended %v with %x", end, output)
	}
}

func TestEchoAnswersItsCalldata(t *testing.T) {
	for _, size := range []int{0, 1, 65535, 65536, 65537, 131072, 131073, 1 << 20} {
		input := bytes.Repeat([]byte{1, 2, 3}, size/3+1)[:size]
		if end, output := newHost(t).run(contracts.Echo.Runtime, call{input: input}); end != finished ||
			!bytes.Equal(output, input) {
			t.Errorf("%d bytes: ended %v with %d bytes", size, end, len(output))
		}
	}
}

func TestKeccakAgreesWithGeth(t *testing.T) {
	input := make([]byte, 1000)
	for i := range input {
		input[i] = byte(i * 7)
	}
	for size := 0; size <= len(input); size++ {
		if size > 280 && size%41 != 0 { // past two blocks, a sample is enough
			continue
		}
		_, digest := newHost(t).run(contracts.Keccak.Runtime, call{input: input[:size]})
		if want := crypto.Keccak256Hash(input[:size]); common.BytesToHash(digest) != want {
			t.Fatalf("keccak of %d bytes is %x, want %x", size, digest, want)
		}
	}
}
