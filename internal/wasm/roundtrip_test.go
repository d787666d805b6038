package wasm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v39"
)

// repositoryRoot is the folder of go.mod.
func repositoryRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// vectorModules are the distinct account codes of the ewasm state tests that open like a module.
func vectorModules(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repositoryRoot(t), "..", "shared", "vectors", "ewasm", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	modules := make(map[string][]byte)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tests map[string]struct {
			Pre map[string]struct{ Code string }
		}
		if err := json.Unmarshal(text, &tests); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, test := range tests {
			for address, account := range test.Pre {
				code, err := hex.DecodeString(strings.TrimPrefix(account.Code, "0x"))
				if err != nil {
					t.Fatalf("%s: %s: %v", file, address, err)
				}
				if bytes.HasPrefix(code, []byte(magic)) {
					modules[name+"/"+address] = code
				}
			}
		}
	}
	return modules
}

// requireRoundTrip decodes a module and demands the same bytes back.
func requireRoundTrip(t testing.TB, b []byte) *Module {
	t.Helper()
	m, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Encode(); !bytes.Equal(got, b) {
		t.Fatalf("encoded differently:\n got %x\nwant %x", got, b)
	}
	return m
}

func TestStateTestContractsRoundTrip(t *testing.T) {
	modules := vectorModules(t)
	if len(modules) == 0 {
		t.Skip("the ewasm state tests are not beside the repository")
	}
	for name, b := range modules {
		t.Run(name, func(t *testing.T) { requireRoundTrip(t, b) })
	}
}

func TestTextModulesRoundTrip(t *testing.T) {
	for name, b := range textModules(t) {
		t.Run(name, func(t *testing.T) {
			m := requireRoundTrip(t, b)
			if got := m.Clone().Encode(); !bytes.Equal(got, b) {
				t.Errorf("the clone of a canonical module encodes differently: %x", got)
			}
		})
	}
}

func TestSectionsModuleHoldsEverySection(t *testing.T) {
	m := requireRoundTrip(t, textModules(t)["sections"])
	for _, id := range sectionOrder {
		if m.items(id) == 0 {
			t.Errorf("no %s section", sections[id].name)
		}
	}
	flags := make(map[uint32]bool)
	for _, e := range m.Elements {
		flags[e.Flag] = true
	}
	if len(flags) != 1<<elementFlags {
		t.Errorf("element flags %v, want all of 0 to 7", flags)
	}
}

// padded is the module with every number spelled in the given bytes, or in as many as its type allows.
func padded(m *Module, width uint8) []byte {
	m = m.Clone()
	var all []padding
	for ordinal := range uint32(10_000) {
		all = append(all, padding{ordinal, width})
	}
	m.layout.padded = make(map[scope][]padding)
	for id := range uint32(len(sections)) {
		m.layout.padded[scope{section: byte(id)}] = all
	}
	for i := range m.Customs {
		m.layout.padded[scope{item: uint32(i)}] = all
	}
	for i := range m.Codes {
		m.layout.padded[scope{codeSection, uint32(i) + 1}] = all
	}
	return m.Encode()
}

func TestPaddedNumbersRoundTripAndAreForgottenByCanonical(t *testing.T) {
	for name, b := range textModules(t) {
		original := requireRoundTrip(t, b)
		for _, width := range []uint8{2, 3, 5, 10} {
			long := padded(original, width)
			if len(long) <= len(b) {
				t.Fatalf("%s: width %d makes no difference", name, width)
			}
			if err := wasmtime.ModuleValidate(oracle(), long); err != nil {
				t.Errorf("%s: width %d: %v", name, width, err)
			}
			m := requireRoundTrip(t, long)
			if got := m.Clone().Encode(); !bytes.Equal(got, b) {
				t.Errorf("%s: width %d: the clone is not canonical", name, width)
			}
			m.Canonical()
			if got := m.Encode(); !bytes.Equal(got, b) {
				t.Errorf("%s: width %d: not canonical", name, width)
			}
		}
	}
}

// unhex reads hexadecimal digits with spaces between them.
func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// header opens every module.
const header = "0061736d 01000000 "

func TestHandSpelledLongNumbersRoundTrip(t *testing.T) {
	m := requireRoundTrip(t, unhex(t, header+`
		01 8d8000  8100  60 8280808000 7f7e 8100 7f
		03 8400    8100  8000
		0a a900    8100  a280808000
			8100 828000 7f
			41ff7f 1a
			4280808080808080808000 1a
			fc8000
			02808000 0b
			208000
			0b`))
	body := m.Codes[0].Body
	if len(body) != 9 || int64(body[0].X) != -1 || body[2].X != 0 || body[4].Op != OpI32TruncSatF32S || body[5].X != 0 {
		t.Errorf("got %+v", body)
	}
	if want := (Locals{2, I32}); m.Codes[0].Locals[0] != want {
		t.Errorf("locals %+v, want %+v", m.Codes[0].Locals, want)
	}
	canonical := unhex(t, header+
		"0107 01 60 027f7e 017f  0302 01 00  0a13 01 11 01027f 417f1a 42001a fc00 02000b 2000 0b")
	if got := m.Clone().Encode(); !bytes.Equal(got, canonical) {
		t.Errorf("canonical\n got %x\nwant %x", got, canonical)
	}
}

func TestSectionsWithoutItemsRoundTrip(t *testing.T) {
	b := unhex(t, header+"010100 020100 030100 040100 050100 060100 07028000 090100 0c0100 0a0100 0b0100")
	m := requireRoundTrip(t, b)
	if got := m.Clone().Encode(); !bytes.Equal(got, unhex(t, header+"0c0100")) {
		t.Errorf("the clone keeps empty sections: %x", got)
	}
	requireRoundTrip(t, unhex(t, header))
}

// withCustoms is the module with two custom sections before, between and after all its sections.
func withCustoms(m *Module) *Module {
	m = m.Clone()
	for i, id := range append([]byte{customSection}, sectionOrder[:]...) {
		m.Customs = append(m.Customs,
			Custom{Name: "first", Data: []byte{byte(i), 0x80, 0x80}, After: id},
			Custom{Name: "", Data: nil, After: id})
	}
	return m
}

func TestCustomSectionsKeepTheirPlaces(t *testing.T) {
	for name, b := range textModules(t) {
		original := requireRoundTrip(t, b)
		original.Customs = nil
		m := withCustoms(original)
		if name != "sections" {
			requireRoundTrip(t, m.Encode())
			continue
		}
		got := requireRoundTrip(t, m.Encode())
		if len(got.Customs) != 2*(len(sectionOrder)+1) {
			t.Fatalf("%d custom sections", len(got.Customs))
		}
		for i := range got.Customs {
			if got.Customs[i].After != m.Customs[i].After || got.Customs[i].Name != m.Customs[i].Name {
				t.Errorf("custom section %d: got %+v, want %+v", i, got.Customs[i], m.Customs[i])
			}
		}
		if err := wasmtime.ModuleValidate(oracle(), padded(m, 4)); err != nil {
			t.Error(err)
		}
		requireRoundTrip(t, padded(m, 4))
	}
}

func TestCustomSectionAfterNoSectionStandsLast(t *testing.T) {
	m := &Module{Types: []FuncType{{}}, Customs: []Custom{{Name: "x", After: 99}}}
	if got, want := m.Encode(), unhex(t, header+"0104 01 600000 0002 0178"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestModuleChangedAfterDecodingStillEncodesToAModule(t *testing.T) {
	for name, b := range textModules(t) {
		m := requireRoundTrip(t, padded(requireRoundTrip(t, b), 5))
		m.Types = append([]FuncType{{Params: []ValueType{I64}}}, m.Types...)
		m.Imports = append(m.Imports, Import{Module: "env", Name: "useGas", Kind: ExternalFunction, Function: 200})
		m.Exports = append(m.Exports, Export{Name: "gas", Kind: ExternalGlobal, Index: 300})
		lowest := []Instruction{{Op: OpI64Const, X: 1 << 63}, {Op: OpEnd}}
		m.Globals = append([]Global{{GlobalType{I64, true}, lowest}}, m.Globals...)
		m.Codes[0].Body = []Instruction{{Op: OpBlock, X: 1<<64 - 64}, {Op: OpEnd}, {Op: OpF32Const}, {Op: OpEnd}}
		m.Codes[1].Body = append([]Instruction{{Op: OpMemoryGrow}, {Op: OpI64Const, X: 5}}, m.Codes[1].Body...)
		got, err := Decode(m.Encode())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(got.Clone().Encode(), m.Clone().Encode()) {
			t.Errorf("%s: the changed module reads back differently", name)
		}
	}
}

func TestModuleSharesNoMemoryWithItsBytes(t *testing.T) {
	for name, b := range textModules(t) {
		m := withCustoms(requireRoundTrip(t, b))
		source := m.Encode()
		want := bytes.Clone(source)
		decoded := requireRoundTrip(t, source)
		clear(source)
		if !bytes.Equal(decoded.Encode(), want) {
			t.Errorf("%s: clearing the input changes the module", name)
		}
	}
}

func TestOffsetsAreWhereInstructionsAre(t *testing.T) {
	for name, binary := range textModules(t) {
		m, err := Decode(binary)
		if err != nil {
			t.Fatal(err)
		}
		for i, list := range m.Offsets() {
			for j, offset := range list {
				if want := m.Codes[i].Body[j].Offset; offset != want {
					t.Fatalf("%s: instruction %d of body %d at %#x, want %#x", name, j, i, offset, want)
				}
			}
		}
	}
}
