package eei

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/contracts"
	"hestia/ewasm"
	"hestia/frame"
	"hestia/gas"
)

// create runs creation data as a transaction of sender does.
func (w *world) create(data []byte) (common.Address, outcome) {
	above := &frame.Frame{Self: sender, Tx: w.tx, Depth: -1, PagesLeft: w.fork.schedule.Limits.FramePages}
	address, result := w.machine().Create(above,
		frame.Creation{Value: new(uint256.Int), Code: data, Gas: gas.NewTank(plenty)})
	return address, outcome{result, plenty - result.Left.Left()}
}

// repeater is a constructor that stores the size of its calldata in slot 1 and finishes with its calldata.
func repeater(t testing.TB) []byte {
	return contract(t, data(31, "\x01"),
		"(i32.store8 (i32.const 95) "+get("getCallDataSize")+")", do("storageStore", 0, 64),
		do("callDataCopy", 128, 0, get("getCallDataSize")), do("finish", 128, get("getCallDataSize")))
}

func TestWhatFollowsTheSectionArgsIsTheConstructorsCalldata(t *testing.T) {
	for _, arguments := range []string{"", "x", strings.Repeat("\x00", 64), "\x00\x05\x04args again", "x\x00asm"} {
		w := osaka.world(t)
		address, o := w.create(append(contracts.WithArguments(repeater(t)), arguments...))
		o.finished(t)
		equal(t, "code", string(w.GetCode(address)), arguments)
		equal(t, "size of the calldata", w.slot(address, 1), common.Hash{31: byte(len(arguments))})
	}
}

func TestAConstructorsCodeIsAllOfTheCreationData(t *testing.T) {
	size := func(at string) []byte {
		return contract(t, put32(0, get("getCodeSize")), do("codeCopy", 4, at, 3), finish(0, 7))
	}
	w := osaka.world(t)
	whole := append(contracts.WithArguments(size("(i32.sub "+get("getCodeSize")+" (i32.const 3))")), "the end"...)
	address, o := w.create(whole)
	o.finished(t)
	code := w.GetCode(address)
	equal(t, "size", int(u32(code)), len(whole))
	equal(t, "end", string(code[4:]), "end")
}

func TestTheSectionRuntimeIsWhatIsDeployed(t *testing.T) {
	runtime := contract(t, data(0, "alive"), finish(0, 5))
	for name, main := range map[string][]string{
		"returns":                 {"nop"},
		"finishes with something": {finish(0, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			w := osaka.world(t)
			for _, code := range [][]byte{runtime, {}, []byte("text")} {
				data := append(contracts.WithRuntime(contract(t, append(main, mark...)...), code), "argument"...)
				if name == "returns" {
					data = append(contracts.WithRuntime(contract(t, append(mark, main...)...), code), "argument"...)
				}
				address, o := w.create(data)
				equal(t, "output", string(o.finished(t)), string(code))
				equal(t, "code", string(w.GetCode(address)), string(code))
				w.SetNonce(sender, w.GetNonce(sender)+1, 0)
			}
		})
	}
	w := osaka.world(t)
	address, o := w.create(contracts.Deploy(runtime))
	o.finished(t)
	equal(t, "code hash", w.GetCodeHash(address), crypto.Keccak256Hash(runtime))
	equal(t, "output", string(w.call(message{to: address}).finished(t)), "alive")
	equal(t, "gas", o.Used, 200*uint64(len(runtime)))
}

func TestARuntimeIsNotDeployedIfTheConstructorFails(t *testing.T) {
	for name, test := range map[string]struct {
		main string
		end  frame.End
	}{
		"trap":   {"unreachable", frame.Halted},
		"revert": {do("revert", 0, 3), frame.Reverted},
	} {
		t.Run(name, func(t *testing.T) {
			w := osaka.world(t)
			address, o := w.create(
				contracts.WithRuntime(contract(t, append(slices.Clone(mark), test.main)...), emptyContract),
			)
			equal(t, "end", o.End, test.end)
			equal(t, "exists", w.Exist(address), false)
		})
	}
}

func TestADeployedRuntimeIsAdmittedAsAnyCode(t *testing.T) {
	for name, code := range map[string][]byte{
		"float":     contract(t, "(drop (f32.const 0))"),
		"truncated": emptyContract[:len(emptyContract)-1],
		"reserved":  {0xef},
		"too large": make([]byte, gas.Default().Limits.Code+1),
		"creation":  append(contracts.WithArguments(emptyContract), 1, 2, 3), // markers mean nothing in code
	} {
		t.Run(name, func(t *testing.T) {
			w := osaka.world(t)
			address, o := w.create(contracts.Deploy(code))
			equal(t, "end", o.End, frame.Halted)
			equal(t, "gas", o.Used, plenty)
			equal(t, "code", w.GetCodeSize(address), 0)
		})
	}
}

// custom is a custom section with a size and a name of any spelling.
func custom(size []byte, name string, content string) []byte {
	return slices.Concat([]byte{0}, size, []byte(name), []byte(content))
}

func TestTheModuleEndsAtItsFirstMarker(t *testing.T) {
	module := repeater(t)
	args, other := "\x04args", "\x04name"
	for _, test := range []struct {
		name string
		tail []byte
		want string // the calldata; "-" if the data is refused
	}{
		{"args with content", custom([]byte{8}, args, "abc"), ""},
		{"padded size", append(custom([]byte{0x85, 0x80, 0x80, 0x80, 0x00}, args, ""), "data"...), "data"},
		{"padded name", append(custom([]byte{6}, "\x84\x00args", ""), "data"...), "data"},
		{"another section before", append(custom([]byte{6}, other, "x"), custom([]byte{5}, args, "data")...), "data"},
		{
			"two markers", append(custom([]byte{5}, args, ""), custom([]byte{8}, "\x07runtime", "")...),
			"\x00\x08\x07runtime",
		},
		{"a marker within a section", custom([]byte{12}, other, "\x00\x05\x04args"), ""},
		{"a marker within a section, and data", append(custom([]byte{12}, other, "\x00\x05\x04args"), "data"...), "-"},
		{"size over the end", append(custom([]byte{100}, args, ""), "data"...), "-"},
		{"largest size", append(custom([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, args, ""), "data"...), "-"},
		{"size of six bytes", append(custom([]byte{0x85, 0x80, 0x80, 0x80, 0x80, 0x00}, args, ""), "data"...), "-"},
		{"size over 32 bits", append(custom([]byte{0x85, 0x80, 0x80, 0x80, 0x10}, args, ""), "data"...), "-"},
		{"size less than the name", append(custom([]byte{4}, args, ""), "data"...), "-"},
		{"no size", []byte{0}, "-"},
		{"section of no bytes", append([]byte{0, 0}, custom([]byte{5}, args, "")...), "-"},
		{"name that is not UTF-8", append(custom([]byte{2}, "\x01\xff", ""), custom([]byte{5}, args, "")...), "-"},
		{"name with more", append(custom([]byte{6}, "\x05args2", ""), "data"...), "-"},
		{"name in capitals", append(custom([]byte{5}, "\x04ARGS", ""), "data"...), "-"},
		{"unknown section before", append([]byte{14, 0}, custom([]byte{5}, args, "data")...), "-"},
		{"only data", make([]byte, 64), "-"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := osaka.world(t)
			address, o := w.create(append(slices.Clone(module), test.tail...))
			if test.want == "-" {
				o.trapped(t, ewasm.ErrMalformed)
				return
			}
			o.finished(t)
			equal(t, "calldata", string(w.GetCode(address)), test.want)
		})
	}
}

func TestAMarkerBeforeTheCodeEndsTheModuleThere(t *testing.T) {
	w := osaka.world(t)
	early := slices.Concat(emptyContract[:8], []byte("\x00\x05\x04args"), emptyContract[8:])
	_, o := w.create(early)
	equal(t, "end", o.End, frame.Halted)
	if !errors.Is(o.Cause, ewasm.ErrMain) {
		t.Errorf("cause %v, want %v", o.Cause, ewasm.ErrMain)
	}
}

func TestAppendedArgumentsWithoutAMarkerAreRefusedWithTheRemedy(t *testing.T) {
	for _, schedule := range []*gas.Schedule{gas.Default(), gas.Development(), osaka.schedule} {
		w := fork{schedule.Name, schedule, osakaRules}.world(t)
		_, o := w.create(append(slices.Clone(emptyContract), make([]byte, 32)...))
		o.trapped(t, ewasm.ErrMalformed)
		if !strings.Contains(o.Cause.Error(), `end it by a custom section "args"`) {
			t.Errorf("error %q does not say what to do", o.Cause)
		}
	}
}

func TestByzantiumKnowsNoMarkers(t *testing.T) {
	w := byzantium.world(t)
	address, o := w.create(contracts.WithRuntime(repeater(t), emptyContract))
	o.finished(t)
	equal(t, "code", w.GetCodeSize(address), 0)
	equal(t, "calldata", w.slot(address, 1), common.Hash{})
	w = byzantium.world(t)
	_, o = w.create(append(contracts.WithArguments(emptyContract), make([]byte, 32)...))
	o.trapped(t, ewasm.ErrMalformed)
	if strings.Contains(o.Cause.Error(), "args") {
		t.Errorf("error %q names a remedy that there is not", o.Cause)
	}
}

func TestContractsCreateWithArgumentsToo(t *testing.T) {
	initcode := append(contracts.WithArguments(repeater(t)), "argument"...)
	w := osaka.world(t)
	m := w.make(initcode, 0)
	equal(t, "answer", m.answer, 0)
	equal(t, "code", string(w.GetCode(m.address)), "argument")

	salt := common.Hash{1, 2, 3}
	w = osaka.world(t)
	w.run(data(0, amount(0)), data(100, salt[:]), data(1000, initcode),
		do("create2", 0, 1000, len(initcode), 100, 200)).finished(t)
	at := crypto.CreateAddress2(self, salt, crypto.Keccak256(initcode))
	equal(t, "code by create2, at the address of all bytes", string(w.GetCode(at)), "argument")
}

func TestOtherArgumentsDoNotCompileTheConstructorAgain(t *testing.T) {
	w := fork{"default", gas.Default(), osakaRules}.world(t)
	constructor := contracts.WithArguments(contract(t, data(0, "compiled once"), do("finish", 0, 0)))
	var used []uint64
	before := engine.Stats().Compiled
	for _, argument := range []string{"one", "two", "three hundred"} {
		w.SetNonce(sender, w.GetNonce(sender)+1, 0)
		_, o := w.create(append(slices.Clone(constructor), argument...))
		o.finished(t)
		used = append(used, o.Used)
	}
	equal(t, "compilations", engine.Stats().Compiled-before, 1)
	equal(t, "gas does not depend on what was compiled", used[0], used[2])
	for _, size := range []int{1, 100} {
		w.SetNonce(sender, w.GetNonce(sender)+1, 0)
		_, o := w.create(contracts.Deploy(bytes.Repeat([]byte{1}, size)))
		o.finished(t)
		used = append(used, o.Used-200*uint64(size))
	}
	equal(t, "a runtime is data, and not compiled with its constructor", used[3], used[4])
}
