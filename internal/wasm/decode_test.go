package wasm

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// function is a module of one function of type 0 with the given body, locals included, after a data count of 0.
func function(body string) string {
	n := len(strings.Join(strings.Fields(body), "")) / 2
	return fmt.Sprintf("0104 01600000  0302 0100  0c01 00  0a%02x 01 %02x ", n+2, n) + body
}

var refusals = map[string]struct {
	module, want string // after the header; the error
}{
	"unknown section":       {"0e00", "offset 0x8: module: unknown section 14"},
	"tag section":           {"0d00", "offset 0x8: module: unknown section 13 (exceptions)"},
	"second section":        {"010100 010100", "offset 0xb: module: second type section"},
	"section order":         {"030100 010100", "offset 0xb: module: type section after the function section"},
	"data count late":       {"0a0100 0c0100", "offset 0xb: module: data count section after the code section"},
	"section size":          {"0105 00", "offset 0x9: type section: size 5 exceeds the 1 bytes left"},
	"section size missing":  {"01", "offset 0x9: type section: unexpected end"},
	"section trailing byte": {"0102 00 00", "offset 0xb: type section: 1 bytes left over"},
	"section cut":           {"0103 01 6000", "offset 0xa: type section: count 1 exceeds the 2 bytes left"},
	"u32 too long":          {"01868080808000", "offset 0x9: type section: number longer than 32 bits"},
	"u32 too large":         {"01868080807f", "offset 0x9: type section: number longer than 32 bits"},
	"count hostile":         {"0105 ffffffff0f", "offset 0xa: type section: count 4294967295 exceeds the 0 bytes left"},
	"type form":             {"0104 01 5f0000", "offset 0xb: type section: type 0: type form 0x5f, want 0x60"},
	"value type":            {"0105 01 600177 00", "offset 0xd: type section: type 0: unknown value type 0x77"},
	"vector type":           {"0105 01 60017b 00", "offset 0xd: type section: type 0: unknown value type 0x7b (SIMD)"},
	"long funcref": {
		"0106 01 6001 6370 00",
		"offset 0xd: type section: type 0: unknown value type 0x63 (typed references)",
	},
	"any reference": {
		"0105 01 60016e 00",
		"offset 0xd: type section: type 0: unknown value type 0x6e (garbage collection)",
	},
	"import name":           {"0206 01 01ff 00 0000", "offset 0xc: import section: import 0: name is not UTF-8"},
	"import name surrogate": {"0208 01 03eda080 00 0000", "offset 0xc: import section: import 0: name is not UTF-8"},
	"import name length": {
		"0205 01 05 616161",
		"offset 0xc: import section: import 0: length 5 exceeds the 3 bytes left",
	},
	"import kind": {
		"0205 01 00 00 05 00",
		"offset 0xd: import section: import 0: unknown external kind 0x05",
	},
	"import tag": {
		"0205 01 00 00 04 00",
		"offset 0xd: import section: import 0: unknown external kind 0x04 (exceptions)",
	},
	"table element": {"0404 01 7f 0000", "offset 0xb: table section: table 0: unknown reference type 0x7f"},
	"table initializer": {
		"0409 01 4000 700000 d0700b",
		"offset 0xb: table section: table 0: unknown reference type 0x40 (typed references)",
	},
	"shared memory": {
		"0504 01 03 0101",
		"offset 0xb: memory section: memory 0: unknown limits flag 0x03 (threads)",
	},
	"wide memory": {
		"0503 01 04 01",
		"offset 0xb: memory section: memory 0: unknown limits flag 0x04 (64-bit memory)",
	},
	"limits flag":          {"0503 01 08 01", "offset 0xb: memory section: memory 0: unknown limits flag 0x08"},
	"second memory":        {"0503 02 0001", "offset 0xa: memory section: count 2 exceeds the 2 bytes left"},
	"mutability":           {"0606 01 7f02 4100 0b", "offset 0xc: global section: global 0: unknown mutability 0x02"},
	"constant without end": {"0605 01 7f00 4100", "offset 0xf: global section: global 0: expression without its end"},
	"second item": {
		"060a 02 7f00 41000b 7f02 41 00",
		"offset 0x11: global section: global 1: unknown mutability 0x02",
	},
	"export kind":    {"0704 01 00 05 00", "offset 0xc: export section: export 0: unknown external kind 0x05"},
	"start trailing": {"0802 0000", "offset 0xb: start section: 1 bytes left over"},
	"element flag":   {"0904 01 08 0000", "offset 0xb: element section: segment 0: unknown element flag 8"},
	"element kind":   {"0904 01 01 01 00", "offset 0xc: element section: segment 0: unknown element kind 0x01"},
	"data flag":      {"0b04 01 03 0000", "offset 0xb: data section: segment 0: unknown data flag 3"},
	"data length": {
		"0b04 01 01 05 00",
		"offset 0xd: data section: segment 0: length 5 exceeds the 1 bytes left",
	},
	"data count differs":  {"0c0101 0b0100", "offset 0xe: module: data count 1 but 0 data segments"},
	"data count alone":    {"0c0101", "offset 0xb: module: data count 1 but 0 data segments"},
	"custom name":         {"0001 05", "offset 0xb: custom section: length 5 exceeds the 0 bytes left"},
	"custom not UTF-8":    {"0002 0180", "offset 0xb: custom section: name is not UTF-8"},
	"custom without name": {"0000", "offset 0xa: custom section: unexpected end"},
	"functions alone":     {"0302 0100", "offset 0xc: module: 1 functions but 0 bodies"},
	"bodies alone":        {"0a04 01 02 00 0b", "offset 0xa: code section: function 0: 1 bodies but 0 functions"},
	"no data count": {
		"0104 01600000 0302 0100 0a07 01 05 00 fc0900 0b",
		"offset 0x17: code section: function 0: data.drop without a data count section",
	},
	"body size": {
		"0302 0100 0a04 01 05 00 0b",
		"offset 0xf: code section: function 0: size 5 exceeds the 2 bytes left",
	},
	"body left over":   {function("00 0b 01 0b"), "offset 0x1b: code section: function 0: 2 bytes left over"},
	"body without end": {function("00 01"), "offset 0x1b: code section: function 0: expression without its end"},
	"block without end": {
		function("00 0240 0b"),
		"offset 0x1d: code section: function 0: expression without its end",
	},
	"empty body": {function("00 "), "offset 0x17: code section: count 1 exceeds the 2 bytes left"},
	"locals hostile": {
		function("ffffffff0f 0b"),
		"offset 0x19: code section: function 0: count 4294967295 exceeds the 1 bytes left",
	},
	"locals beyond 2^32": {
		function("02 ffffffff0f7f 017f 0b"),
		"offset 0x19: code section: function 0: 4294967296 locals, more than 2^32-1",
	},
	"else alone": {function("00 05 0b"), "offset 0x1a: code section: function 0: else outside of an if"},
	"else in block": {
		function("00 0240 05 0b 0b"),
		"offset 0x1c: code section: function 0: else outside of an if",
	},
	"second else": {
		function("00 0440 05 05 0b 0b"),
		"offset 0x1d: code section: function 0: else outside of an if",
	},
	"SIMD": {
		function("00 fd 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0xfd (SIMD)",
	},
	"threads": {
		function("00 fe 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0xfe (threads)",
	},
	"tail call": {
		function("00 12 00 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0x12 (tail calls)",
	},
	"exceptions": {
		function("00 06 40 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0x06 (exceptions)",
	},
	"garbage collection": {
		function("00 fb 00 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0xfb (garbage collection)",
	},
	"typed references": {
		function("00 d3 0b"),
		"offset 0x1a: code section: function 0: unknown opcode 0xd3 (typed references)",
	},
	"unknown opcode":  {function("00 27 0b"), "offset 0x1a: code section: function 0: unknown opcode 0x27"},
	"wide arithmetic": {function("00 fc13 0b"), "offset 0x1a: code section: function 0: unknown opcode 0xfc 19"},
	"second memory's size": {
		function("00 3f01 0b"),
		"offset 0x1b: code section: function 0: memory index byte 0x01, want 0x00 (multiple memories)",
	},
	"padded memory index": {
		function("00 3f8000 0b"),
		"offset 0x1b: code section: function 0: memory index byte 0x80, want 0x00 (multiple memories)",
	},
	"second memory's load": {
		function("00 28400000 0b"),
		"offset 0x1b: code section: function 0: alignment 2^64 (multiple memories)",
	},
	"alignment": {
		function("00 282000 0b"),
		"offset 0x1b: code section: function 0: alignment 2^32 (multiple memories)",
	},
	"s32 too long": {
		function("00 41808080808000 0b"),
		"offset 0x1b: code section: function 0: number longer than 32 bits",
	},
	"s32 unused bits": {
		function("00 418080808070 0b"),
		"offset 0x1b: code section: function 0: number longer than 32 bits",
	},
	"s32 wrong sign": {
		function("00 41ffffffff4f 0b"),
		"offset 0x1b: code section: function 0: number longer than 32 bits",
	},
	"s64 too long": {
		function("00 428080808080808080808000 0b"),
		"offset 0x1b: code section: function 0: number longer than 64 bits",
	},
	"s64 unused bits": {
		function("00 42ffffffffffffffffff01 0b"),
		"offset 0x1b: code section: function 0: number longer than 64 bits",
	},
	"block type": {
		function("00 0260 0b 0b"),
		"offset 0x1b: code section: function 0: unknown value type 0x60",
	},
	"block type padded":  {function("00 02ff7f 0b 0b"), "offset 0x1b: code section: function 0: block type -1"},
	"empty block padded": {function("00 02c07f 0b 0b"), "offset 0x1b: code section: function 0: block type -64"},
	"block type far":     {function("00 02bf7f 0b 0b"), "offset 0x1b: code section: function 0: block type -65"},
	"br_table hostile": {
		function("00 0effffffff0f 0b"),
		"offset 0x1b: code section: function 0: count 4294967295 exceeds the 1 bytes left",
	},
	"br_table cut": {function("00 0e0100"), "offset 0x1d: code section: function 0: unexpected end"},
	"float cut": {
		function("00 43000000"),
		"offset 0x1b: code section: function 0: length 4 exceeds the 3 bytes left",
	},
	"ref.null of no ref": {
		function("00 d07f 0b"),
		"offset 0x1b: code section: function 0: unknown reference type 0x7f",
	},
}

func TestMalformedModulesAreRefusedWithPlaceAndRule(t *testing.T) {
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(unhex(t, header+c.module))
			var e *DecodeError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a DecodeError", err)
			}
			if got := err.Error(); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestPreambleIsDemanded(t *testing.T) {
	for digits, want := range map[string]string{
		"":                   "offset 0x0: module: no magic number",
		"0061736e 01000000":  "offset 0x0: module: no magic number",
		"0061736d 010000":    "offset 0x4: module: no version",
		"0061736d 0d000100":  "offset 0x4: module: no version",
		header + "01":        "offset 0x9: type section: unexpected end",
		"7f454c46 02010100 ": "offset 0x0: module: no magic number",
	} {
		if _, err := Decode(unhex(t, digits)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", digits, err, want)
		}
	}
}

func TestLimitsOfNumbersAreAccepted(t *testing.T) {
	m := requireRoundTrip(t, unhex(t, header+function(`01 ffffffff0f 7f
		41 8080808078 41 ffffffff07 42 8080808080808080807f 42 ffffffffffffffffff00
		02 ffffffff0f 0b 281f ffffffff0f 0b`)))
	var got []int64
	for _, i := range m.Codes[0].Body {
		got = append(got, int64(i.X))
	}
	want := fmt.Sprint([]int64{-1 << 31, 1<<31 - 1, -1 << 63, 1<<63 - 1, 1<<32 - 1, 0, 31, 0})
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestInstructionsAndBodiesKnowTheirOffsets(t *testing.T) {
	for name, b := range textModules(t) {
		m := requireRoundTrip(t, b)
		for _, c := range m.Codes {
			for _, i := range c.Body {
				first := byte(i.Op)
				if i.Op.Prefixed() {
					first = prefixFC
				}
				if b[i.Offset] != first {
					t.Errorf("%s: %s at 0x%x is byte 0x%02x", name, i.Op, i.Offset, b[i.Offset])
				}
			}
			if int(b[c.Offset]) != len(c.Locals) {
				t.Errorf("%s: body at 0x%x does not begin with its locals", name, c.Offset)
			}
		}
		for _, e := range m.Exports {
			if !bytes.HasPrefix(b[e.Offset+1:], []byte(e.Name)) {
				t.Errorf("%s: export %q is not at 0x%x", name, e.Name, e.Offset)
			}
		}
		for _, i := range m.Imports {
			if !bytes.HasPrefix(b[i.Offset+1:], []byte(i.Module)) {
				t.Errorf("%s: import %q is not at 0x%x", name, i.Module, i.Offset)
			}
		}
	}
}

func TestEveryCutOfAModuleIsRefusedOrWhole(t *testing.T) {
	for _, b := range textModules(t) {
		for n := range b {
			if m, err := Decode(b[:n]); err == nil && !bytes.Equal(m.Encode(), b[:n]) {
				t.Errorf("the first %d bytes do not round-trip", n)
			}
		}
	}
}

// repeated is a module with a code section of one body of n bytes between its locals and its end.
func repeated(n int, unit []byte) []byte {
	m := &Module{Types: []FuncType{{}}, Functions: []uint32{0}, Codes: []Code{{}}}
	body := append(bytes.Repeat(unit, n/len(unit)), byte(OpEnd))
	return withBody(m, body)
}

func TestHostileModulesTakeLittleMemory(t *testing.T) {
	const size = 1 << 20
	for name, b := range map[string][]byte{
		"one-byte instructions": repeated(size, []byte{byte(OpNop)}),
		"open blocks":           repeated(size, []byte{byte(OpBlock), 0x40}),
		"empty br_tables":       repeated(size, []byte{byte(OpBrTable), 0, 0}),
		"padded numbers":        repeated(size, []byte{byte(OpLocalGet), 0x80, 0}),
		"empty types":           (&Module{Types: make([]FuncType, size/3)}).Encode(),
		"custom sections":       append(unhex(t, header), bytes.Repeat([]byte{0, 1, 0}, size/3)...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(b)
		runtime.ReadMemStats(&after)
		if err != nil && !strings.HasSuffix(err.Error(), "expression without its end") {
			t.Errorf("%s: %v", name, err)
		}
		if factor := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(b)); factor > 160 {
			t.Errorf("%s: %.0f bytes for each byte of input", name, factor)
		} else {
			t.Logf("%s: %.0f bytes for each byte of input", name, factor)
		}
	}
}
