package abi

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

const tokenABI = `[
	{"type":"function","name":"transfer","outputs":[],
	 "inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint256"}]},
	{"type":"error","name":"NotYours","inputs":[{"name":"owner","type":"address"},{"name":"","type":"string"}]},
	{"type":"event","name":"Moved",
	 "inputs":[{"name":"from","type":"address","indexed":true},{"name":"amount","type":"uint256"}]}
]`

// module is an empty module with custom sections of one name.
func module(name string, sections ...string) []byte {
	code := []byte("\x00asm\x01\x00\x00\x00")
	for _, data := range sections {
		body := append([]byte{byte(len(name))}, name+data...)
		code = binary.AppendUvarint(append(code, 0), uint64(len(body)))
		code = append(code, body...)
	}
	return code
}

// taught returns a book that was taught a list.
func taught(t testing.TB, text string) *Book {
	t.Helper()
	known, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook()
	b.Add(known)
	return b
}

func TestSectionsAreFoundInWellFormedModulesOnly(t *testing.T) {
	whole := module("abi", "one", "", "two")
	for name, row := range map[string]struct {
		code []byte
		want []string
	}{
		"all of them":         {whole, []string{"one", "", "two"}},
		"another name":        {module("abi2", "one"), nil},
		"the name as data":    {module("x", "abi"), nil},
		"no code":             {nil, nil},
		"no module":           {[]byte("abi"), nil},
		"no section":          {module("abi"), nil},
		"cut":                 {whole[:len(whole)-1], nil},
		"a length of 4 GiB":   {append(module("abi", "one"), "\x00\xff\xff\xff\xff\x0f\x03abi"...), nil},
		"a name past the end": {append(module("abi", "one"), "\x00\x04\x7fabi"...), nil},
		"as long as may be":   {module("abi", strings.Repeat(" ", MaxBytes)), []string{strings.Repeat(" ", MaxBytes)}},
		"a byte longer":       {module("abi", strings.Repeat(" ", MaxBytes+1), "next"), []string{"next"}},
	} {
		got := Sections(row.code)
		if len(got) != len(row.want) {
			t.Errorf("%s: %d sections, want %d", name, len(got), len(row.want))
			continue
		}
		for i, want := range row.want {
			if string(got[i]) != want {
				t.Errorf("%s: section %d is %.20q, want %.20q", name, i, got[i], want)
			}
		}
	}
}

func TestAnInterfaceIsAListOrInAnArtifact(t *testing.T) {
	artifact := `{"abi":` + tokenABI + `,"bytecode":"` + strings.Repeat("00", MaxBytes) + `"}`
	for name, row := range map[string]struct {
		text string
		want error
	}{
		"list":           {" " + tokenABI, nil},
		"artifact":       {artifact, nil},
		"another object": {`{"ABI":5}`, ErrNoList},
		"no name":        {`[{"type":"event","inputs":[]}]`, ErrNoName},
		"257 bits":       {`[{"type":"error","name":"E","inputs":[{"type":"uint257[2]"}]}]`, ErrType},
		"12 bits":        {`[{"type":"function","name":"f","outputs":[{"type":"int12"}]}]`, ErrType},
		"nothing":        {"", ErrNoList},
		"too long":       {"[" + strings.Repeat(" ", MaxBytes) + "]", ErrTooLong},
	} {
		if _, err := Parse([]byte(row.text)); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
	for name, text := range map[string]string{"list": tokenABI, "artifact": artifact} {
		known, err := ParseFile([]byte(text))
		if err != nil || len(known.Methods) != 1 || len(known.Errors) != 1 || len(known.Events) != 1 {
			t.Errorf("%s: %v, %+v", name, err, known)
		}
	}
	if _, err := ParseFile([]byte("{")); err == nil {
		t.Error("half an artifact is an interface")
	}
}

func TestNamesAreWhatATerminalAndAPageCanShow(t *testing.T) {
	list := func(name, argument, component string) []byte {
		text, err := json.Marshal([]any{map[string]any{"type": "error", "name": name, "inputs": []any{map[string]any{
			"name": argument, "type": "tuple", "components": []any{map[string]any{"name": component, "type": "uint8"}},
		}}}})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, good := range []string{"NotYours", "_a", "$b9", "ungültig", strings.Repeat("a", 256)} {
		if _, err := Parse(list(good, good, "c")); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"a\x1b[31m", "a\nb", "a b", "<b>", "a\u202eb", "f(uint8)", "a=b", "\"", "\x00", strings.Repeat("a", 257),
		"\ufffd",
	} {
		for _, text := range [][]byte{list(bad, "b", "c"), list("A", bad, "c"), list("A", "b", bad)} {
			if _, err := Parse(text); !errors.Is(err, ErrName) {
				t.Errorf("%s: %v, want %v", text, err, ErrName)
			}
		}
	}
}

// The long arrays make geth's decoder allocate them whatever is encoded: the process runs out of memory, which cannot
// be recovered. The deep types take its parser quadratic time.
func TestHostileTypesAreRefused(t *testing.T) {
	deep := strings.Repeat(`{"name":"a","type":"tuple","components":[`, 1000) + strings.Repeat("]}", 1000)
	for name, row := range map[string]struct {
		input string
		want  error
	}{
		"an array past the address space": {`{"name":"a","type":"uint8[9223372036854775807]"}`, ErrTooWide},
		"its size overflows":              {`{"name":"a","type":"uint8[576460752303423489]"}`, ErrTooWide},
		"of arrays":                       {`{"name":"a","type":"uint8[65536][2]"}`, ErrTooWide},
		"a length after the bracket":      {`{"name":"a","type":"uint8[]99999999999"}`, ErrType},
		"a length of 21 digits":           {`{"name":"a","type":"uint8[999999999999999999999]"}`, ErrTooWide},
		"in a tuple": {
			`{"name":"a","type":"tuple","components":[{"name":"b","type":"uint8[1099511627776]"}]}`, ErrTooWide,
		},
		"a sum": {
			`{"name":"a","type":"tuple",
			  "components":[{"name":"b","type":"uint8[40000]"},{"name":"c","type":"uint8[40000]"}]}`,
			ErrTooWide,
		},
		"lists beside lists": {
			`{"name":"a","type":"uint8"}` + strings.Repeat(`,{"type":"uint8[][][][][][][][]"}`, 513), ErrTooMany,
		},
		"lists within lists":   {`{"name":"a","type":"uint8` + strings.Repeat("[]", 17) + `"}`, ErrTooDeep},
		"tuples within tuples": {deep, ErrTooDeep},
	} {
		for _, kind := range []string{"function", "event", "error"} {
			text := `[{"type":"` + kind + `","name":"f","inputs":[` + row.input + `]}]`
			for _, tail := range []string{"", " junk"} { // geth's parser reads the first value
				if _, err := Parse([]byte(text + tail)); !errors.Is(err, row.want) {
					t.Errorf("%s of a %s: %v, want %v", name, kind, err, row.want)
				}
			}
		}
	}
}

// A few words in which every element of a list is the list itself would be decoded to exponentially many.
func TestEncodedListsThatShareTheirElementsAreNotDecoded(t *testing.T) {
	list := func(depth int) (*Book, []byte) {
		kind := "uint256" + strings.Repeat("[]", depth)
		b := taught(t, `[{"type":"error","name":"Bomb","inputs":[{"name":"a","type":"`+kind+`"}]}]`)
		word := func(n int64) []byte { return common.LeftPadBytes(big.NewInt(n).Bytes(), 32) }
		data := crypto.Keccak256([]byte("Bomb(" + kind + ")"))[:4]
		data = append(data, word(32)...)
		for range depth { // a list of 64 that all begin 64 words further on
			data = append(data, word(64)...)
			data = append(data, bytes.Repeat(word(64*32), 64)...)
		}
		return b, data
	}
	if b, data := list(1); func() bool { _, known := b.Error(data); return !known }() {
		t.Error("a plain list is not decoded")
	}
	b, data := list(8)
	begun := time.Now()
	if _, known := b.Error(data); known {
		t.Error("64 to the power of 8 elements were decoded")
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestBookNamesWhatItKnows(t *testing.T) {
	b := taught(t, tokenABI)
	to := common.HexToAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
	amount := common.LeftPadBytes([]byte{25}, 32)
	input := append(common.FromHex("0xa9059cbb"), append(common.LeftPadBytes(to[:], 32), amount...)...)
	call, known := b.Call(input)
	if !known || call.Name != "transfer" || call.Arguments[0].Name != "to" || call.Arguments[0].Text() != to.Hex() ||
		call.Arguments[1].Text() != "25" {
		t.Errorf("%v %+v", known, call)
	}
	topic := crypto.Keccak256Hash([]byte("Moved(address,uint256)"))
	log := &types.Log{Topics: []common.Hash{topic, common.BytesToHash(to[:])}, Data: amount}
	event, known := b.Event(log)
	if !known || event.Name != "Moved" || event.Arguments[0].Text() != to.Hex() || event.Arguments[1].Text() != "25" {
		t.Errorf("%v %+v", known, event)
	}
	for name, got := range map[string]func() (Named, bool){
		"calldata of three bytes": func() (Named, bool) { return b.Call(input[:3]) },
		"calldata that is cut":    func() (Named, bool) { return b.Call(input[:40]) },
		"an unknown selector":     func() (Named, bool) { return b.Call([]byte{1, 2, 3, 4}) },
		"output of three bytes":   func() (Named, bool) { return b.Error(input[:3]) },
		"an unknown error":        func() (Named, bool) { return b.Error(input) },
		"a log without topics":    func() (Named, bool) { return b.Event(&types.Log{Data: amount}) },
		"a log with too few topics": func() (Named, bool) {
			return b.Event(&types.Log{Topics: log.Topics[:1], Data: amount})
		},
		"a log with too little data": func() (Named, bool) { return b.Event(&types.Log{Topics: log.Topics}) },
	} {
		if n, known := got(); known {
			t.Errorf("%s is %+v", name, n)
		}
	}
}

// An ERC-20 and an ERC-721 have the same Transfer but for what is indexed.
func TestEventsOfOneTopicDifferInWhatIsIndexed(t *testing.T) {
	b := NewBook()
	for i := range 2 * maxVariants { // the same again and again takes no room
		known, err := Parse(fmt.Appendf(nil, `[{"type":"event","name":"T","inputs":[
			{"name":"a","type":"uint256","indexed":%v},{"name":"b","type":"uint256","indexed":true}]}]`, i%2 == 0))
		if err != nil {
			t.Fatal(err)
		}
		b.Add(known)
	}
	topic := crypto.Keccak256Hash([]byte("T(uint256,uint256)"))
	one, two := common.BigToHash(big.NewInt(1)), common.BigToHash(big.NewInt(2))
	for _, log := range []*types.Log{
		{Topics: []common.Hash{topic, one, two}}, {Topics: []common.Hash{topic, two}, Data: one[:]},
	} {
		event, known := b.Event(log)
		if !known || event.Arguments[0].Text() != "1" || event.Arguments[1].Text() != "2" {
			t.Errorf("%d topics: %v %+v", len(log.Topics), known, event)
		}
	}
	if variants, _ := b.given.events.Get(topic); len(variants) != 2 {
		t.Errorf("%d variants are kept", len(variants))
	}
}

// A log that a stranger may have written is shown only if it stays small; its author reads all of it.
func TestAnEventOfManyValuesIsForItsOwnerOnly(t *testing.T) {
	const declared = `[{"type":"event","name":"T","inputs":[{"name":"a","type":"bytes[]"}]}]`
	b, values := taught(t, declared), make([][]byte, 100_000)
	known, err := Parse([]byte(declared))
	if err != nil {
		t.Fatal(err)
	}
	data, err := known.Events["T"].Inputs.Pack(values)
	if err != nil {
		t.Fatal(err)
	}
	log := &types.Log{Topics: []common.Hash{known.Events["T"].ID}, Data: data}
	if read, err := EventValues(known.Events["T"], log); err != nil || len(read[0].([][]byte)) != len(values) {
		t.Errorf("%d values, %v", len(read), err)
	}
	if named, shown := b.Event(log); shown {
		t.Errorf("%s is shown", named.Name)
	}
}

func TestBookForgetsTheOldest(t *testing.T) {
	b := taught(t, tokenABI)
	for i := range maxEntries {
		known, err := Parse(fmt.Appendf(nil, `[{"type":"function","name":"f%d","inputs":[]}]`, i))
		if err != nil {
			t.Fatal(err)
		}
		b.Add(known)
	}
	if _, known := b.given.methods.Get([4]byte(common.FromHex("0xa9059cbb"))); known ||
		b.given.methods.Len() != maxEntries {
		t.Errorf("%d methods are kept", b.given.methods.Len())
	}
}

func TestWhatTheUserTaughtGoesBeforeWhatModulesSay(t *testing.T) {
	declare := func(names ...any) string {
		return fmt.Sprintf(`[{"type":"function","name":"pay","inputs":[{"name":%q,"type":"uint8"}]},
			{"type":"error","name":"Bad","inputs":[{"name":%q,"type":"uint8"}]},
			{"type":"event","name":"Paid","inputs":[{"name":%q,"type":"uint8"}]}]`, names...)
	}
	one := common.LeftPadBytes([]byte{1}, 32)
	data := func(signature string) []byte { return append(crypto.Keccak256([]byte(signature))[:4], one...) }
	said := func(b *Book) string {
		call, _ := b.Call(data("pay(uint8)"))
		failure, _ := b.Error(data("Bad(uint8)"))
		topic := crypto.Keccak256Hash([]byte("Paid(uint8)"))
		event, _ := b.Event(&types.Log{Topics: []common.Hash{topic}, Data: one})
		return fmt.Sprint(call, failure, event)
	}
	hostile := module("abi", declare("x", "y", "z"))
	for _, taughtFirst := range []bool{true, false} {
		b := NewBook()
		if taughtFirst {
			b = taught(t, declare("a", "b", "c"))
		}
		b.Learn(common.Hash{1}, hostile)
		for i := range 4 { // many more than a book keeps
			var flood []string
			for n := range maxEntries / 3 {
				flood = append(flood, fmt.Sprintf(`{"type":"error","name":"E%dx%d","inputs":[]}`, i, n))
			}
			b.Learn(common.Hash{2, byte(i)}, module("abi", "["+strings.Join(flood, ",")+"]"))
		}
		if !taughtFirst {
			known, err := Parse([]byte(declare("a", "b", "c")))
			if err != nil {
				t.Fatal(err)
			}
			b.Add(known)
		}
		if got, want := said(b), "pay(a=1) Bad(b=1) Paid(c=1)"; got != want {
			t.Errorf("taught first %v: %s, want %s", taughtFirst, got, want)
		}
	}
}

func TestBookReadsAModuleOnceAndPassesOverNonsense(t *testing.T) {
	b := NewBook()
	code := module("abi", "nonsense", "[[[[", strings.Repeat("[", 1<<16), tokenABI)
	b.Learn(common.Hash{1}, code)
	if b.spoken.methods.Len() != 1 {
		t.Errorf("%d methods are known", b.spoken.methods.Len())
	}
	b.Learn(common.Hash{2}, module("abi"))
	b.Learn(common.Hash{2}, code) // not read, as the hash was
	if b.read.Len() != 2 {
		t.Errorf("%d modules were read", b.read.Len())
	}
}

// An interface of 250 KB may take geth's parser a third of a second, and code is met while a block is built.
func TestWhatIsMetIsReadWhenANameIsMissing(t *testing.T) {
	b := NewBook()
	b.Meet(common.Hash{1}, module("abi", tokenABI))
	b.Meet(common.Hash{2}, module("other"))
	if b.spoken.methods.Len() != 0 {
		t.Errorf("%d methods were read", b.spoken.methods.Len())
	}
	if name, known := b.EventName(crypto.Keccak256Hash([]byte("Moved(address,uint256)"))); !known || name != "Moved" {
		t.Errorf("event %q", name)
	}
	b.Meet(common.Hash{1}, module("abi", "nonsense")) // not read again, as the hash was
	if b.met.Len() != 0 || b.read.Len() != 2 {
		t.Errorf("%d are to be read, %d were", b.met.Len(), b.read.Len())
	}
	for i := range 2 * maxMet {
		b.Meet(common.BigToHash(big.NewInt(int64(i+3))), module("abi", tokenABI))
	}
	if b.met.Len() != maxMet {
		t.Errorf("%d are to be read, want %d at most", b.met.Len(), maxMet)
	}
}

func TestBookIsSafeForConcurrentUse(t *testing.T) {
	b, code := NewBook(), module("abi", tokenABI)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			b.AddWellKnown()
			b.Learn(common.Hash{byte(i)}, code)
			b.Meet(common.Hash{byte(i), 1}, code)
			b.Call([]byte{1, 2, 3, 4})
			b.Call(common.FromHex("0xd09de08a"))
			b.Event(&types.Log{Topics: []common.Hash{crypto.Keccak256Hash([]byte("Moved(address,uint256)"))}})
		})
	}
	all.Wait()
	call, known := b.Call(common.FromHex("0xd09de08a"))
	if !known || call.Name != "increment" || len(call.Arguments) != 0 {
		t.Errorf("%v %+v", known, call)
	}
}

// FuzzSection teaches a book any section, and has it name any call, error and event of what it then knows.
func FuzzSection(f *testing.F) {
	f.Add([]byte(tokenABI), []byte{1})
	f.Add([]byte(`[{"type":"event","name":"e","inputs":[{"name":"a","type":"uint8[]99"}]}]`), make([]byte, 64))
	f.Fuzz(func(t *testing.T, section, data []byte) {
		b := NewBook()
		b.Learn(common.Hash{}, module("abi", string(section)))
		for _, selector := range b.spoken.methods.Keys() {
			b.Call(append(selector[:], data...))
		}
		for _, selector := range b.spoken.errors.Keys() {
			if n, known := b.Error(append(selector[:], data...)); known {
				for _, a := range n.Arguments {
					_ = a.Text()
				}
			}
		}
		for _, topic := range b.spoken.events.Keys() {
			b.Event(&types.Log{Topics: []common.Hash{topic}, Data: data})
		}
	})
}

func TestArgumentsAreWrittenByTheirTypes(t *testing.T) {
	parsed, err := Parse([]byte(`[{"type":"error","name":"E","inputs":[
		{"name":"hashes","type":"bytes32[2]"}, {"name":"small","type":"uint8[]"}, {"name":"raw","type":"bytes"},
		{"name":"t","type":"tuple","components":[{"name":"a","type":"uint256"},{"name":"s","type":"string[]"}]}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	e := parsed.Errors["E"]
	data, err := e.Inputs.Pack([2][32]byte{{0x11}, {0x22}}, []uint8{1, 255}, []byte{0x12, 0x34}, struct {
		A *big.Int
		S []string
	}{big.NewInt(7), []string{"a", "q\"b"}})
	if err != nil {
		t.Fatal(err)
	}
	book := NewBook()
	book.Add(parsed)
	got, known := book.Error(append(e.ID[:4:4], data...))
	zeros := strings.Repeat("00", 31)
	want := []string{"[0x11" + zeros + ", 0x22" + zeros + "]", "[1, 255]", "0x1234", `(a=7, s=["a", "q\"b"])`}
	if !known || len(got.Arguments) != len(want) {
		t.Fatalf("%v, %v", got, known)
	}
	for i, argument := range got.Arguments {
		if text := argument.Text(); text != want[i] {
			t.Errorf("%s is %s, want %s", argument.Name, text, want[i])
		}
	}
}
