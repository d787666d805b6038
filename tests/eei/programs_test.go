package eei

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/tracers/logger"
	"github.com/holiman/uint256"

	"hestia/contracts"
	"hestia/ewasm"
	"hestia/ewasm/wasi"
	"hestia/frame"
	"hestia/gas"
	"hestia/vm"
)

// Programs: modules that import WASI's functions. What these answer is tested in package wasi; here they meet memory,
// gas, frames and deployment.

// Where things stand in the memory of a program under test.
const (
	listAt   = 16   // of buffers
	answerAt = 1000 // what a function writes
	textAt   = 2000
	pathAt   = 3000
	roomAt   = 4096
)

// buffersAt lays down a list of buffers: pointers and lengths.
func buffersAt(at int, numbers ...uint32) string {
	var list []byte
	for _, n := range numbers {
		list = binary.LittleEndian.AppendUint32(list, n)
	}
	return data(at, list)
}

// write writes a text to a descriptor. It is laid down by texts.
func write(fd any, text string) string {
	at := textAt + 16*strings.Index(allTexts, text)
	return put32(listAt, fmt.Sprintf("(i32.const %d)", at)) +
		put32(listAt+4, fmt.Sprintf("(i32.const %d)", len(text))) +
		do("fd_write", fd, listAt, 1, answerAt)
}

// allTexts are what programs under test write; any text of at most 16 bytes that begins at a 16th byte's place.
const allTexts = "output,errors\n,state"

var texts = func() string {
	spread := make([]byte, 16*len(allTexts)+16)
	for i := range allTexts {
		copy(spread[16*i:], allTexts[i:])
	}
	return data(textAt, spread)
}()

const (
	allRights  = 1<<30 - 1
	readRights = 1 << 1
)

// open opens the file at the path, and leaves the errno at answerAt+8 and the descriptor at answerAt+4.
func open(how, rights int) string {
	return put32(answerAt+8, get("path_open", 3, 0, pathAt, 5, how, rights, 0, 0, answerAt+4))
}

const opened = "(i32.load (i32.const 1004))"

func exits(code int) string { return do("proc_exit", code) }

func TestAProgramsInputIsItsCalldataAndItsOutputTheResult(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, buffersAt(listAt, roomAt, 4, roomAt+4, 100), buffersAt(listAt+16, roomAt, 0),
		do("fd_read", 0, listAt, 2, answerAt),
		put32(listAt+20, "(i32.load (i32.const 1000))"),
		do("fd_write", 1, listAt+16, 1, answerAt), do("fd_write", 1, listAt+16, 1, answerAt)))
	equal(t, "output", string(w.call(message{input: []byte("hello, world")}).finished(t)), "hello, worldhello, world")
	equal(t, "output", string(w.call(message{}).finished(t)), "")
}

func TestTheExitOfAProgram(t *testing.T) {
	for name, test := range map[string]struct {
		parts  []string
		end    frame.End
		output string
	}{
		"returns":            {[]string{write(1, "output")}, frame.Finished, "output"},
		"exits with 0":       {[]string{write(1, "output"), exits(0), "unreachable"}, frame.Finished, "output"},
		"exits with 1":       {[]string{exits(1)}, frame.Reverted, "exit status 1"},
		"exits with -1":      {[]string{exits(-1)}, frame.Reverted, "exit status 4294967295"},
		"says why on output": {[]string{write(1, "output"), exits(2)}, frame.Reverted, "output"},
		"says why on errors": {
			[]string{write(1, "output"), write(2, "errors\n"), exits(2)}, frame.Reverted, "errors",
		},
		"errors but no output": {[]string{write(2, "errors\n"), exits(0)}, frame.Finished, ""},
		"finishes":             {[]string{write(1, "output"), finish(textAt, 3)}, frame.Finished, "out"},
		"finishes at length": {
			[]string{write(1, "output"), finish(8000, 600)}, frame.Finished, strings.Repeat("\x00", 600),
		},
		"reverts": {[]string{write(1, "output"), do("revert", textAt, 1)}, frame.Reverted, "o"},
	} {
		w := osaka.world(t)
		o := w.run(append([]string{texts}, test.parts...)...)
		equal(t, name, o.End, test.end)
		want := []byte(test.output)
		if o.End == frame.Reverted && name != "reverts" {
			want = wasi.RevertData(test.output)
		}
		equal(t, name, common.Bytes2Hex(o.Output), common.Bytes2Hex(want))
	}
}

func TestErrorsOfAProgramArePrintedHoweverItEnds(t *testing.T) {
	for name, ends := range map[string]string{
		"finishes": "", "reverts": exits(3), "traps": "unreachable", "raises": do("proc_raise", 6),
		"runs out of gas": do("useGas", 1<<40),
	} {
		w := osaka.world(t)
		o := w.run(texts, write(2, "errors\n"), write(2, "state"), ends)
		equal(t, name, fmt.Sprintf("%q", w.prints), `["errors" "state"]`)
		if o.End == frame.Halted {
			equal(t, name, strings.HasSuffix(o.Cause.Error(), "; standard error: errors.state"), true)
			equal(t, name, len(o.Output), 0)
		}
	}
}

func TestRaisingASignalHalts(t *testing.T) {
	osaka.world(t).run(do("proc_raise", 0)).trapped(t, ewasm.ErrRaised)
}

func TestTooMuchOutputHalts(t *testing.T) {
	memory := `(memory (export "memory") 33)`
	for _, fd := range []int{1, 2} {
		osaka.world(t).run(memory, buffersAt(listAt, 0, 2<<20), do("fd_write", fd, listAt, 1, answerAt)).
			trapped(t, ewasm.ErrOutput)
		o := osaka.world(t).run(memory, buffersAt(listAt, 0, 1<<20), do("fd_write", fd, listAt, 1, answerAt))
		equal(t, "output", len(o.finished(t)), map[int]int{1: 1 << 20}[fd])
	}
}

func TestAFileIsTheContractsStorage(t *testing.T) {
	w := osaka.world(t)
	o := w.run(texts, data(pathAt, "state"), open(1, allRights), write(opened, "output,errors\n,s"))
	o.finished(t)
	equal(t, "slot", w.GetState(self, wasi.SlotOf("state")).Hex(),
		"0x"+common.Bytes2Hex([]byte("output,errors\n,s"))+strings.Repeat("0", 30)+"20")
	w.begin()
	slot := wasi.SlotOf("state")
	reader := contract(t, data(0, slot[:]), do("storageLoad", 0, 32), finish(32, 32))
	w.place(self, reader)
	equal(t, "by storageLoad", string(w.call(message{}).finished(t)[:16]), "output,errors\n,s")
}

func TestSlotsOfFilesCostWhatStorageCosts(t *testing.T) {
	const crossing, hash, path = 2, 30 + 2*6, 3
	opening := uint64(crossing + path + hash)
	writing := uint64(crossing + 3 + 3) // the list and the bytes
	for _, test := range []struct {
		name  string
		parts []string
		want  uint64
	}{
		{
			"a new file",
			[]string{open(1, allRights), write(opened, "output")},
			opening + slotCold + writing + 100 + 20000,
		},
		{"no such file", []string{open(0, allRights)}, opening + slotCold},
		{
			"written twice",
			[]string{open(1, allRights), write(opened, "output"), write(opened, "output")},
			opening + slotCold + 2*writing + 100 + 20000 + 100 + 100,
		},
		{
			"removed", []string{do("path_unlink_file", 3, pathAt, 5)}, opening + slotCold,
		},
		{
			"a large file", []string{
				put32(listAt, "(i32.const 8192)"), put32(listAt+4, "(i32.const 64)"), open(1, allRights),
				"(memory.fill (i32.const 8192) (i32.const 1) (i32.const 64))",
				do("fd_write", opened, listAt, 1, answerAt),
			}, opening + slotCold + crossing + 3 + 6 + 100 + 36 + 2*(slotCold+20000) + 20000,
		},
	} {
		o := osaka.world(t).run(append([]string{texts, data(pathAt, "state")}, test.parts...)...)
		o.finished(t)
		equal(t, test.name, o.Used, test.want)
	}
}

func TestStoresOfFilesNeedTheSentrysGas(t *testing.T) {
	parts := []string{texts, data(pathAt, "state"), open(1, allRights), write(opened, "output")}
	w := osaka.world(t)
	w.place(self, contract(t, parts...))
	w.call(message{gas: 2147 + 8 + 100 + 2300}).trapped(t, ewasm.ErrSentry)
}

func TestStaticProgramsAnswerROFS(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, texts, data(pathAt, "state"),
		open(1, allRights), put32(roomAt, "(i32.load (i32.const 1008))"),
		open(8, readRights), put32(roomAt+4, "(i32.load (i32.const 1008))"),
		put32(roomAt+8, get("path_unlink_file", 3, pathAt, 5)),
		put32(roomAt+12, get("path_rename", 3, pathAt, 5, 3, pathAt, 4)),
		open(1, readRights), put32(roomAt+16, "(i32.load (i32.const 1008))"),
		put32(roomAt+20, get("path_create_directory", 3, pathAt, 5)),
		buffersAt(listAt, roomAt, 24), do("fd_write", 1, listAt, 1, answerAt)))
	o := w.call(message{kind: frame.CallStatic})
	var have []uint32
	for out := o.finished(t); len(out) > 0; out = out[4:] {
		have = append(have, u32(out))
	}
	equal(t, "errnos", fmt.Sprint(have), "[69 69 69 69 69 0]")
	equal(t, "slot", w.GetState(self, wasi.SlotOf("state")), common.Hash{})
}

func TestWindowsOutsideMemoryHaltPrograms(t *testing.T) {
	const end = 65536
	for _, row := range ewasm.Functions() {
		for i, o := range row.Operands {
			if row.Module != ewasm.WASI || o.Use == ewasm.Number {
				continue
			}
			operands := make([]any, len(row.Operands))
			for j := range operands {
				operands[j] = 8
				if row.Operands[j].Name == o.Length {
					operands[j] = 1
				}
			}
			operands[i] = end
			if o.Width == 0 && o.Length == "" {
				operands[i] = end - 1
			}
			osaka.world(t).run(do(row.Name, operands...)).trapped(t, ewasm.ErrMemory)
		}
	}
	t.Run("buffers", func(t *testing.T) {
		for _, name := range []string{"fd_read", "fd_write"} {
			osaka.world(t).run(buffersAt(listAt, 0, 1, end-1, 2), do(name, 0, listAt, 2, answerAt)).
				trapped(t, ewasm.ErrMemory)
			osaka.world(t).run(buffersAt(listAt, 0xffffffff, 0xffffffff), do(name, 0, listAt, 1, answerAt)).
				trapped(t, ewasm.ErrMemory)
		}
	})
}

func TestMoreThan1024BuffersAreInvalid(t *testing.T) {
	for _, name := range []string{"fd_read", "fd_write"} {
		for count, want := range map[int]uint32{1024: 0, 1025: 28, -1: 28} {
			fd := map[string]int{"fd_write": 1}[name]
			o := osaka.world(t).run(put32(roomAt*4, get(name, fd, roomAt, count, answerAt)), finish(roomAt*4, 4))
			equal(t, fmt.Sprint(name, count), u32(o.finished(t)), want)
		}
	}
}

func TestAListOfBuffersIsReadOnce(t *testing.T) {
	// The first buffer is the list itself.
	w := osaka.world(t)
	w.place(self, contract(t, buffersAt(listAt, listAt, 16, roomAt, 4), do("fd_read", 0, listAt, 2, answerAt),
		finish(roomAt, 4)))
	input := append(bytes.Repeat([]byte{0xff}, 16), "rest"...)
	equal(t, "second buffer", string(w.call(message{input: input}).finished(t)), "rest")
}

func TestFramesOfOneContractShareItsFiles(t *testing.T) {
	// The outer frame writes "output", has the inner frame (which gets calldata) write "errors", and reads.
	w := osaka.world(t)
	w.place(self, contract(t, texts, data(pathAt, "state"), address(5000, self), data(5100, amount(0)),
		buffersAt(listAt+16, roomAt, 16), open(1, allRights),
		"(if "+get("getCallDataSize")+" (then "+write(opened, "errors\n")+") (else "+write(opened, "output")+
			do("call", 1_000_000, 5000, 5100, 0, 1)+
			do("fd_pread", opened, listAt+16, 1, 0, answerAt)+do("finish", roomAt, "(i32.load (i32.const 1000))")+"))"))
	equal(t, "what the outer reads", string(w.call(message{}).finished(t)), "errors\n")
}

func TestNoTwoFramesDrawTheSameRandomStream(t *testing.T) {
	// Frames with calldata revert with what they draw. The outer frame draws, calls itself twice and draws again.
	draw := func(at int) string { return do("random_get", at, 32) }
	call := func(at int) string {
		return do("call", 1_000_000, 5000, 5100, 0, 1) + do("returnDataCopy", at, 0, 32)
	}
	code := contract(t, address(5000, self), data(5100, amount(0)), draw(0),
		"(if "+get("getCallDataSize")+" (then "+do("revert", 0, 32)+"))", call(32), call(64), draw(96), finish(0, 128))
	w := osaka.world(t)
	w.place(self, code)
	first := w.call(message{}).finished(t)
	seen := map[string]bool{}
	for at := 0; at < 128; at += 32 {
		seen[string(first[at:at+32])] = true
	}
	equal(t, "streams", len(seen), 4)
	w.tx.Frames = 0
	equal(t, "again", bytes.Equal(w.call(message{}).finished(t), first), true)
}

func TestARandomStreamIsThatOfItsTransactionAndFrame(t *testing.T) {
	w := osaka.world(t)
	w.SetNonce(sender, 5, 0)
	w.tx.Frames = 3
	have := w.run(do("random_get", 0, 32), finish(0, 32)).finished(t)
	want := crypto.Keccak256([]byte("hestia.random"), w.block.Difficulty[:], sender[:], self[:],
		binary.BigEndian.AppendUint64(nil, blockNumber), []byte{7: 5, 15: 3, 23: 0})
	equal(t, "random", common.Bytes2Hex(have), common.Bytes2Hex(want))
}

func TestEnvironmentOfAProgram(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, do("environ_sizes_get", answerAt, answerAt+4), do("environ_get", 64, roomAt),
		buffersAt(listAt, roomAt, 0), put32(listAt+4, "(i32.load (i32.const 1004))"),
		do("fd_write", 1, listAt, 1, answerAt)))
	have := w.call(message{value: uint256.NewInt(12)}).finished(t)
	want := []string{
		"ETH_SELF=" + strings.ToLower(self.Hex()), "ETH_CALLER=" + strings.ToLower(sender.Hex()),
		"ETH_ORIGIN=" + strings.ToLower(sender.Hex()), "ETH_VALUE=12", "ETH_CHAIN_ID=9223372036854775813",
		"ETH_BLOCK_NUMBER=1000", "ETH_BLOCK_TIME=1700000000", "",
	}
	equal(t, "environment", string(have), strings.Join(want, "\x00"))
}

// deployer is a program that writes its arguments, or, as its own constructor, its input to the file.
func deployer(t testing.TB, more ...string) []byte {
	return contract(t, append([]string{
		texts, data(pathAt, "state"), do("args_sizes_get", answerAt, answerAt+12), do("args_get", 64, roomAt),
		buffersAt(listAt, roomAt, 0), put32(listAt+4, "(i32.load (i32.const 1012))"),
		do("fd_write", 1, listAt, 1, answerAt),
		"(if (i32.eq (i32.load (i32.const 1000)) (i32.const 0)) (then unreachable))",
		"(if (i32.eq (i32.load (i32.const 1012)) (i32.const 16)) (then ",
		buffersAtRun(listAt, roomAt, 64) + do("fd_read", 0, listAt, 1, answerAt) +
			put32(listAt+4, "(i32.load (i32.const 1000))") + open(1, allRights) +
			do("fd_write", opened, listAt, 1, answerAt),
	}, append(more, "))")...)...)
}

func buffersAtRun(at, pointer, length int) string {
	return put32(at, fmt.Sprintf("(i32.const %d)", pointer)) + put32(at+4, fmt.Sprintf("(i32.const %d)", length))
}

func TestAProgramIsItsOwnConstructorAndDeploysItself(t *testing.T) {
	code := deployer(t)
	for name, creation := range map[string][]byte{
		"": code, "arguments": append(contracts.WithArguments(code), "arguments"...),
	} {
		w := osaka.world(t)
		at, o := w.create(creation)
		o.finished(t)
		equal(t, "code", bytes.Equal(w.GetCode(at), code), true)
		file := w.GetState(at, wasi.SlotOf("state"))
		equal(t, "file", string(file[:file[31]/2]), name)
		equal(t, "arguments", string(w.call(message{to: at}).finished(t)), "contract\x00")
	}
}

func TestAProgramsConstructorCanRefuse(t *testing.T) {
	w := osaka.world(t)
	at, o := w.create(deployer(t, write(2, "errors\n"), exits(1)))
	equal(t, "end", o.End, frame.Reverted)
	equal(t, "reason", string(o.Output), string(wasi.RevertData("errors")))
	equal(t, "code", len(w.GetCode(at)), 0)
	equal(t, "file", w.GetState(at, wasi.SlotOf("state")), common.Hash{})
}

func TestAContractCreatesAProgram(t *testing.T) {
	code := deployer(t)
	w := osaka.world(t)
	o := w.run(data(1024, code), do("create", 0, 1024, len(code), 32), finish(32, 20))
	at := common.Address(o.finished(t))
	equal(t, "code", bytes.Equal(w.GetCode(at), code), true)
}

func TestAProgramThatDeploysItselfPaysForItsCodeOnce(t *testing.T) {
	f := osaka
	priced := *f.schedule
	priced.Name, priced.State.Compilation = "osaka, compilation", 10
	f.schedule = &priced
	code := deployer(t)
	_, dear := f.world(t).create(code)
	_, cheap := osaka.world(t).create(code)
	dear.finished(t)
	once := priceOfCompiling(t, code, &priced)
	equal(t, "compilation", dear.Used-cheap.Used, once)
}

func TestWhatAProgramHoldsCountsAsMemory(t *testing.T) {
	// The callee answers how far its memory grows. The caller holds 33 pages, and in the second call 1 MiB of output.
	callee := contract(t, `(memory (export "memory") 1 600)`,
		"(loop (br_if 0 (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))", put32(0, "(memory.size)"),
		finish(0, 4))
	w := osaka.world(t)
	limited := *osaka.schedule
	limited.Name, limited.Limits.FramePages, limited.Limits.PagesNear = "osaka, few pages", 80, 512
	w.fork.schedule = &limited
	w.place(other, callee)
	call := func(at int) string {
		return do("callStatic", 1_000_000, 5000, 0, 0) + do("returnDataCopy", at, 0, 4)
	}
	have := w.run(`(memory (export "memory") 33)`, address(5000, other), buffersAt(listAt, 65536, 1<<20), call(0),
		do("fd_write", 2, listAt, 1, answerAt), call(4), finish(0, 8)).finished(t)
	equal(t, "pages", fmt.Sprint(u32(have), u32(have[4:])), "47 30")
}

// priceOfCompiling returns the price of compiling code once.
func priceOfCompiling(t testing.TB, code []byte, s *gas.Schedule) uint64 {
	t.Helper()
	tank := gas.NewTank(plenty)
	if err := ewasm.PayCompilation(&tank, code, s); err != nil {
		t.Fatal(err)
	}
	return plenty - tank.Left()
}

func TestTracersSeeTheSlotsOfFiles(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, texts, data(pathAt, "state"), open(1, allRights), write(opened, "output")))
	watching := logger.NewAccessListTracer(nil, nil)
	var stacks []string
	hooks := watching.Hooks()
	list := hooks.OnOpcode
	hooks.OnOpcode = func(
		at uint64, op byte, gas, cost uint64, scope tracing.OpContext, out []byte, depth int, err error,
	) {
		stack := scope.StackData()
		stacks = append(stacks, fmt.Sprint(gethvm.OpCode(op), len(stack), stack[0].Hex()))
		list(at, op, gas, cost, scope, out, depth, err)
	}
	machine := w.machine()
	environment := machine.Environment
	environment.Tracing = vm.Tracing{Hooks: hooks}
	vm.New(environment).Call(
		&frame.Frame{Self: sender, Tx: w.tx, Depth: -1, PagesLeft: 100},
		frame.Call{Target: self, Value: new(uint256.Int), Gas: gas.NewTank(plenty)},
	)
	slot := wasi.SlotOf("state")
	key, value := new(uint256.Int).SetBytes(slot[:]).Hex(), w.GetState(self, slot)
	equal(t, "steps", strings.Join(stacks, " "), fmt.Sprintf("SLOAD 1%s SLOAD 1%s SSTORE 2%s", key, key, value.Hex()))
	equal(t, "access list", fmt.Sprint(watching.AccessList()), fmt.Sprint(types.AccessList{
		{Address: self, StorageKeys: []common.Hash{slot}},
	}))
}

func TestFilesOfManySlotsAreInterrupted(t *testing.T) {
	w := osaka.world(t)
	w.place(self, contract(t, data(pathAt, "state"), open(1, allRights),
		do("fd_filestat_set_size", opened, 16<<20), do("fd_filestat_set_size", opened, 0)))
	ctx, cancel := context.WithCancel(context.Background())
	environment := w.machine().Environment
	environment.Interrupt = frame.InterruptAfter(ctx)
	defer environment.Interrupt.Release()
	time.AfterFunc(20*time.Millisecond, cancel)
	begin := time.Now()
	result := vm.New(environment).Call(
		&frame.Frame{Self: sender, Tx: w.tx, Depth: -1, PagesLeft: 100},
		frame.Call{Target: self, Value: new(uint256.Int), Gas: gas.NewTank(1 << 40)},
	)
	equal(t, "end", result.End, frame.Fault)
	equal(t, "reason", errors.Is(result.Cause, frame.ErrInterrupted), true)
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAFramePrintsAThousandLinesOfErrors(t *testing.T) {
	for last, want := range map[string]string{
		"\n": "(and 24 more lines of standard error)", "x": "(and 24 more lines of standard error)",
	} {
		w := osaka.world(t)
		w.run(data(roomAt, strings.Repeat("\n", 1023)+last), buffersAt(listAt, roomAt, 1024),
			do("fd_write", 2, listAt, 1, answerAt)).finished(t)
		equal(t, "lines", len(w.prints), 1001)
		equal(t, "the last", w.prints[1000], want)
	}
}
