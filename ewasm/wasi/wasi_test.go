package wasi_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"hestia/ewasm/wasi"
)

var operations = flag.Int("operations", 3000, "how many random operations files are compared with a byte slice in")

// storage is a host that charges nothing and counts.
type storage struct {
	slots         map[common.Hash]common.Hash
	loads, stores int
	moved         uint64
	fails         error // of every store, if it is set
}

func (s *storage) Load(slot common.Hash) (common.Hash, error) {
	s.loads++
	return s.slots[slot], nil
}

func (s *storage) Store(slot, value common.Hash) error {
	s.stores++
	if s.fails != nil {
		return s.fails
	}
	if s.slots[slot] = value; value == (common.Hash{}) {
		delete(s.slots, slot)
	}
	return nil
}

func (s *storage) Hash(data []byte) (common.Hash, error) {
	return crypto.Keccak256Hash(data), nil
}

func (s *storage) Move(n uint64) error {
	s.moved += n
	return nil
}

func process(w wasi.World) (*wasi.Process, *storage) {
	s := &storage{slots: map[common.Hash]common.Hash{}}
	return again(w, s), s
}

// again is another process of the same contract.
func again(w wasi.World, s *storage) *wasi.Process {
	if w.Value == nil {
		w.Value = new(uint256.Int)
	}
	return wasi.New(w, s)
}

const (
	root      = 3
	forBoth   = 1<<1 | 1<<6 | 1<<22
	forRead   = 1 << 1
	create    = 1
	directory = 2
	exclusive = 4
	truncate  = 8
	appends   = 1
)

func is(t testing.TB, what string, have, want error) {
	t.Helper()
	if !errors.Is(have, want) && have != want {
		t.Errorf("%s: %v, want %v", what, have, want)
	}
}

func equal[T comparable](t testing.TB, what string, have, want T) {
	t.Helper()
	if have != want {
		t.Errorf("%s: %v, want %v", what, have, want)
	}
}

func open(t testing.TB, p *wasi.Process, path string, how uint16) uint32 {
	t.Helper()
	fd, err := p.Open(wasi.Opening{Directory: root, Path: []byte(path), How: how, Rights: forBoth})
	if err != nil {
		t.Fatalf("open %q: %v", path, err)
	}
	return fd
}

// buffers cuts data into pieces at random, some of them empty.
func buffers(r *rand.Rand, data []byte) *wasi.Buffers {
	b := new(wasi.Buffers)
	for len(data) > 0 {
		n := r.IntN(len(data) + 1)
		b.Add(data[:n])
		data = data[n:]
	}
	return b
}

func whole(data []byte) *wasi.Buffers {
	b := new(wasi.Buffers)
	b.Add(data)
	return b
}

// layout is the slots in which solc keeps a mapping of these bytes.
func layout(files map[string][]byte) map[common.Hash]common.Hash {
	slots := map[common.Hash]common.Hash{}
	for path, data := range files {
		slot := crypto.Keccak256Hash([]byte(path), wasi.Base[:])
		switch {
		case len(data) == 0:
		case len(data) < 32:
			head := common.Hash{31: byte(2 * len(data))}
			copy(head[:], data)
			slots[slot] = head
		default:
			slots[slot] = common.Hash(uint256.NewInt(uint64(2*len(data) + 1)).Bytes32())
			at := new(uint256.Int).SetBytes(crypto.Keccak256(slot[:]))
			for part := range slices.Chunk(data, 32) {
				var value common.Hash
				copy(value[:], part)
				if value != (common.Hash{}) {
					slots[at.Bytes32()] = value
				}
				at.AddUint64(at, 1)
			}
		}
	}
	return slots
}

func TestFilesAreByteSlicesInSolidityStorage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p, s := process(wasi.World{})
	files := map[string][]byte{}
	names := []string{"a", "dir/b", "c"}
	sizes := []int{0, 1, 5, 30, 31, 32, 33, 63, 64, 65, 200, 1000}
	for n := range *operations {
		if r.IntN(20) == 0 {
			p = again(wasi.World{}, s)
		}
		name := names[r.IntN(len(names))]
		act(t, r, p, files, name, sizes[r.IntN(len(sizes))])
		if want := layout(files); !maps.Equal(s.slots, want) {
			t.Fatalf("operation %d: slots\n%v, want\n%v", n, s.slots, want)
		}
	}
}

// act does one operation on a file and on its model.
func act(t *testing.T, r *rand.Rand, p *wasi.Process, files map[string][]byte, name string, size int) {
	t.Helper()
	data := files[name]
	fd := open(t, p, name, create)
	defer p.Close(fd)
	offset := r.IntN(len(data) + 40)
	resized := func(n int) []byte {
		return append(slices.Clone(data[:min(n, len(data))]), make([]byte, max(0, n-len(data)))...)
	}
	switch r.IntN(8) {
	case 0, 1:
		written := make([]byte, size)
		for i := range written {
			written[i] = byte(r.IntN(3)) // zeros too
		}
		is(t, "write", p.WriteAt(fd, uint64(offset), buffers(r, written)), nil)
		if size > 0 {
			data = resized(max(len(data), offset+size))
			copy(data[offset:], written)
			files[name] = data
		}
	case 2:
		is(t, "flags", p.SetFlags(fd, appends), nil)
		is(t, "append", p.Write(fd, buffers(r, bytes.Repeat([]byte{7}, size))), nil)
		files[name] = append(slices.Clone(data), bytes.Repeat([]byte{7}, size)...)
	case 3:
		is(t, "resize", p.Resize(fd, uint64(size)), nil)
		files[name] = resized(size)
	case 4, 5:
		have := make([]byte, size)
		n, err := p.ReadAt(fd, uint64(offset), buffers(r, have))
		is(t, "read", err, nil)
		if want := data[min(offset, len(data)):min(offset+size, len(data))]; !bytes.Equal(have[:n], want) {
			t.Fatalf("read %x, want %x", have[:n], want)
		}
	case 6:
		to := []string{"a", "dir/b", "c", "d"}[r.IntN(4)]
		err := p.Rename(wasi.Place{Directory: root, Path: []byte(name)}, wasi.Place{Directory: root, Path: []byte(to)})
		if is(t, "rename", err, failsIf(len(data) == 0)); len(data) > 0 {
			delete(files, name)
			files[to] = data
		}
	case 7:
		is(t, "remove", p.Remove(root, []byte(name)), failsIf(len(data) == 0))
		delete(files, name)
	}
}

func failsIf(missing bool) error {
	if missing {
		return wasi.NoEnt
	}
	return nil
}

func TestTheBaseIsTheERC7201Location(t *testing.T) {
	id := new(uint256.Int).SetBytes(crypto.Keccak256([]byte("hestia.files")))
	inner := id.SubUint64(id, 1).Bytes32()
	want := crypto.Keccak256Hash(inner[:])
	want[31] = 0
	equal(t, "base", wasi.Base, want)
}

func TestASmallFileIsOneSlot(t *testing.T) {
	p, s := process(wasi.World{})
	is(t, "write", p.Write(open(t, p, "state/count", create), whole([]byte("2\n"))), nil)
	equal(t, "slots", len(s.slots), 1)
	for slot, value := range s.slots {
		equal(t, "slot", slot, wasi.SlotOf("state/count"))
		equal(t, "slot", slot.Hex()[:10], "0xf7033150")
		equal(t, "value", value.Hex(), "0x320a"+strings.Repeat("0", 58)+"04")
	}
	equal(t, "stores", s.stores, 1)
}

func TestHolesTakeNoSlots(t *testing.T) {
	p, s := process(wasi.World{})
	fd := open(t, p, "f", create)
	is(t, "write", p.WriteAt(fd, wasi.MaxFile-1, whole([]byte{1})), nil)
	equal(t, "slots", len(s.slots), 2)
	is(t, "over the end", p.WriteAt(fd, wasi.MaxFile, whole([]byte{1})), wasi.FBig)
	is(t, "far over the end", p.WriteAt(fd, 1<<64-1, whole([]byte{1})), wasi.FBig)
	is(t, "resize", p.Resize(fd, wasi.MaxFile+1), wasi.FBig)
	is(t, "nothing at all", p.WriteAt(fd, 1<<64-1, whole(nil)), nil)
}

func TestSlotsThatHoldNoFileAreErrors(t *testing.T) {
	for name, test := range map[string]struct {
		head common.Hash
		want error
	}{
		"short of 32":       {common.Hash{31: 64}, wasi.IO},
		"long of 31":        {common.Hash{31: 63}, wasi.IO},
		"over 16 MiB":       {common.Hash{28: 2, 31: 3}, wasi.FBig},
		"2^255 - 1 bytes":   {common.HexToHash("0x" + strings.Repeat("f", 64)), wasi.FBig},
		"16 MiB is allowed": {common.Hash{28: 2, 31: 1}, nil},
	} {
		p, s := process(wasi.World{})
		s.slots[wasi.SlotOf("f")] = test.head
		_, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), Rights: forRead})
		is(t, name, err, test.want)
		_, err = p.InfoOf(root, []byte("f"))
		is(t, name, err, test.want)
	}
}

func TestWhatSolidityLeavesBehindAShortStringIsNotRead(t *testing.T) {
	p, s := process(wasi.World{})
	dirty := common.HexToHash("0x" + strings.Repeat("a", 62) + "02") // one byte
	s.slots[wasi.SlotOf("f")] = dirty
	fd := open(t, p, "f", 0)
	is(t, "resize", p.Resize(fd, 40), nil)
	have := make([]byte, 40)
	n, err := p.ReadAt(fd, 0, whole(have))
	is(t, "read", err, nil)
	equal(t, "content", fmt.Sprintf("%d %x", n, have), "40 aa"+strings.Repeat("00", 39))
}

func TestPathsFoldAndStayInside(t *testing.T) {
	long := strings.Repeat("x", wasi.MaxPath)
	for path, want := range map[string]any{
		"a": "a", "./a": "a", "/a": "a", "a/": "a", "a//b": "a/b", "a/./b": "a/b", "a/../b": "b", "a/b/../../c": "c",
		"..": wasi.NotCapable, "a/../..": wasi.NotCapable, "../a": wasi.NotCapable, "/..": wasi.NotCapable,
		"a\x00b": wasi.IlSeq, "\xff": wasi.IlSeq, "\xc0\x80": wasi.IlSeq, "ä/→": "ä/→",
		long: long, long + "x": wasi.NameTooLong, "...": "...", "a..": "a..",
	} {
		p, s := process(wasi.World{})
		err := p.Write(4, whole([]byte{1}))
		is(t, "closed", err, wasi.BadF)
		fd, err := p.Open(wasi.Opening{Directory: root, Path: []byte(path), How: create, Rights: forBoth})
		if code, fails := want.(wasi.Errno); fails {
			is(t, fmt.Sprintf("%.20q", path), err, code)
			continue
		}
		is(t, path, err, nil)
		is(t, path, p.Write(fd, whole([]byte{1})), nil)
		if _, there := s.slots[wasi.SlotOf(want.(string))]; !there {
			t.Errorf("%q is not %q", path, want)
		}
	}
}

func TestPathsAreRelativeToTheirDirectory(t *testing.T) {
	p, s := process(wasi.World{})
	fd := open(t, p, "a/b", directory)
	file, err := p.Open(wasi.Opening{Directory: fd, Path: []byte("c/../d"), How: create, Rights: forBoth})
	is(t, "open", err, nil)
	is(t, "write", p.Write(file, whole([]byte{1})), nil)
	if _, there := s.slots[wasi.SlotOf("a/b/d")]; !there {
		t.Error("no file a/b/d")
	}
	_, err = p.Open(wasi.Opening{Directory: fd, Path: []byte("../d"), Rights: forRead})
	is(t, "above the directory", err, wasi.NotCapable)
	_, err = p.Open(wasi.Opening{Directory: file, Path: []byte("d"), Rights: forRead})
	is(t, "below a file", err, wasi.NotDir)
	_, err = p.Open(wasi.Opening{Directory: root, Path: []byte("a/b/d"), How: directory, Rights: forRead})
	is(t, "a file as a directory", err, wasi.NotDir)
	deep := strings.Repeat("x", wasi.MaxPath-1)
	fd = open(t, p, deep, directory)
	_, err = p.Open(wasi.Opening{Directory: fd, Path: []byte("y"), Rights: forRead})
	is(t, "longer from the root", err, wasi.NameTooLong)
}

func TestOpeningFlags(t *testing.T) {
	p, s := process(wasi.World{})
	try := func(path string, how uint16) error {
		fd, err := p.Open(wasi.Opening{Directory: root, Path: []byte(path), How: how, Rights: forBoth})
		if err == nil {
			err = p.Close(fd)
		}
		return err
	}
	is(t, "nothing there", try("f", 0), wasi.NoEnt)
	is(t, "created", try("f", create), nil)
	is(t, "empty files do not exist", try("f", 0), wasi.NoEnt)
	is(t, "so they can be created again", try("f", create|exclusive), nil)
	is(t, "write", p.Write(open(t, p, "f", create), whole(bytes.Repeat([]byte{1}, 100))), nil)
	is(t, "exists", try("f", create|exclusive), wasi.Exist)
	is(t, "exists", try("f", create), nil)
	is(t, "truncated", try("f", truncate), nil)
	equal(t, "slots", len(s.slots), 0)
	is(t, "the root", try(".", 0), wasi.IsDir)
	is(t, "the root", try("", create|exclusive), wasi.Exist)
	is(t, "the root", try("/", directory), nil)
	is(t, "unknown flag", try("f", 16), wasi.Inval)
	is(t, "a directory is not created", try("f", create|directory), wasi.Inval)
}

func TestThereAre1024Descriptors(t *testing.T) {
	p, _ := process(wasi.World{})
	for want := uint32(4); want < wasi.MaxDescriptors; want++ {
		equal(t, "descriptor", open(t, p, "f", create), want)
	}
	_, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), How: create, Rights: forBoth})
	is(t, "one more", err, wasi.MFile)
	is(t, "close", p.Close(700), nil)
	equal(t, "the lowest free one", open(t, p, "f", create), 700)
	for fd := range uint32(4) {
		is(t, "close", p.Close(fd), nil)
		is(t, "twice", p.Close(fd), wasi.BadF)
	}
	_, err = p.Open(wasi.Opening{Directory: root, Path: []byte("f"), How: create, Rights: forBoth})
	is(t, "without the root", err, wasi.BadF)
	is(t, "renumber", p.Renumber(700, 5), nil)
	is(t, "renumbered", p.Check(700), wasi.BadF)
	is(t, "to none", p.Renumber(5, 2000), wasi.BadF)
	is(t, "from none", p.Renumber(2000, 5), wasi.BadF)
	is(t, "to itself", p.Renumber(5, 5), nil)
}

func TestStaticProcessesChangeNothing(t *testing.T) {
	_, s := process(wasi.World{})
	p := again(wasi.World{}, s)
	is(t, "write", p.Write(open(t, p, "f", create), whole([]byte("hello"))), nil)
	before := maps.Clone(s.slots)
	p = again(wasi.World{Static: true}, s)
	for _, how := range []uint16{0, create, truncate, create | exclusive} {
		_, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), How: how, Rights: forBoth})
		is(t, "open to write", err, wasi.ROFS)
	}
	_, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), How: truncate, Rights: forRead})
	is(t, "truncate", err, wasi.ROFS)
	_, err = p.Open(wasi.Opening{Directory: root, Path: []byte("g"), How: create, Rights: forRead})
	is(t, "create", err, wasi.ROFS)
	is(t, "remove", p.Remove(root, []byte("f")), wasi.ROFS)
	is(t, "rename", p.Rename(wasi.Place{Directory: root, Path: []byte("f")},
		wasi.Place{Directory: root, Path: []byte("g")}), wasi.ROFS)
	fd, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), How: create, Rights: forRead})
	is(t, "open to read", err, nil)
	have := make([]byte, 9)
	n, err := p.Read(fd, whole(have))
	is(t, "read", err, nil)
	equal(t, "content", string(have[:n]), "hello")
	is(t, "write", p.Write(fd, whole([]byte{1})), wasi.NotCapable)
	is(t, "output", p.Write(1, whole([]byte("out"))), nil)
	if !maps.Equal(s.slots, before) {
		t.Error("the storage has changed")
	}
}

func TestPositions(t *testing.T) {
	p, _ := process(wasi.World{})
	fd := open(t, p, "f", create)
	is(t, "write", p.Write(fd, whole([]byte("0123456789"))), nil)
	for _, test := range []struct {
		offset int64
		whence uint8
		want   any
	}{
		{0, 1, uint64(10)},
		{3, 0, uint64(3)},
		{2, 1, uint64(5)},
		{-4, 2, uint64(6)},
		{100, 2, uint64(110)},
		{-1, 0, wasi.Inval},
		{-111, 1, wasi.Inval},
		{-1 << 63, 1, wasi.Inval},
		{1<<63 - 1, 2, wasi.Inval},
		{wasi.MaxFile, 0, uint64(wasi.MaxFile)},
		{wasi.MaxFile + 1, 0, wasi.Inval},
		{0, 3, wasi.Inval},
	} {
		at, err := p.Seek(fd, test.offset, test.whence)
		if code, fails := test.want.(wasi.Errno); fails {
			is(t, fmt.Sprint(test), err, code)
		} else {
			equal(t, fmt.Sprint(test), at, test.want.(uint64))
		}
	}
	n, err := p.Read(fd, whole(make([]byte, 4)))
	equal(t, "read behind the end", fmt.Sprint(n, err), "0 <nil>")
	for _, stream := range []uint32{0, 1, 2, 3} {
		_, err := p.Seek(stream, 0, 0)
		is(t, "seek", err, wasi.SPipe)
		_, err = p.Tell(stream)
		is(t, "tell", err, wasi.SPipe)
	}
}

func TestStreams(t *testing.T) {
	p, _ := process(wasi.World{Input: []byte("input")})
	have := make([]byte, 3)
	for _, want := range []string{"inp", "ut", ""} {
		n, err := p.Read(0, whole(have))
		equal(t, "input", fmt.Sprint(string(have[:n]), err), want+"<nil>")
	}
	_, err := p.ReadAt(0, 0, whole(have))
	is(t, "input at an offset", err, wasi.SPipe)
	for _, fd := range []uint32{1, 2} {
		_, err := p.Read(fd, whole(have))
		is(t, "read of an output", err, wasi.BadF)
		is(t, "output at an offset", p.WriteAt(fd, 0, whole(have)), wasi.SPipe)
		is(t, "all of it", p.Write(fd, whole(make([]byte, wasi.MaxOutput))), nil)
		is(t, "nothing", p.Write(fd, whole(nil)), nil)
		is(t, "a byte more", p.Write(fd, whole([]byte{1})), wasi.ErrOutput)
	}
	_, err = p.Read(3, whole(have))
	is(t, "read of a directory", err, wasi.IsDir)
	is(t, "write of a directory", p.Write(3, whole(have)), wasi.BadF)
	is(t, "write of the input", p.Write(0, whole(have)), wasi.BadF)
}

func TestRightsAreKept(t *testing.T) {
	p, _ := process(wasi.World{})
	is(t, "write", p.Write(open(t, p, "f", create), whole([]byte{1})), nil)
	reads, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), Rights: forRead})
	is(t, "open", err, nil)
	is(t, "write", p.Write(reads, whole([]byte{1})), wasi.NotCapable)
	is(t, "resize", p.Resize(reads, 0), wasi.NotCapable)
	writes, err := p.Open(wasi.Opening{Directory: root, Path: []byte("f"), Rights: 1 << 6})
	is(t, "open", err, nil)
	_, err = p.Read(writes, whole([]byte{1}))
	is(t, "read", err, wasi.NotCapable)
}

func TestSleepingMovesTheMonotonicClockAlone(t *testing.T) {
	p, _ := process(wasi.World{Time: 1000})
	now := func(clock uint32) uint64 {
		n, err := p.Now(clock)
		is(t, "now", err, nil)
		return n
	}
	events, err := p.Poll([]wasi.Subscription{
		{User: 1, Clock: 1, Timeout: 70},
		{User: 2, Clock: 1, Timeout: 50},
		{User: 3, Clock: 0, Timeout: 1000e9 + 50, Absolute: true},
	})
	equal(t, "events", fmt.Sprint(events, err), "[{2 errno 0 0 0 false} {3 errno 0 0 0 false}] <nil>")
	equal(t, "monotonic", now(1), 1000e9+50)
	equal(t, "realtime", now(0), 1000e9)
	events, _ = p.Poll([]wasi.Subscription{{User: 1, Clock: 1, Timeout: 5}, {User: 2, Type: wasi.ReadEvent, FD: 0}})
	equal(t, "input that has ended", fmt.Sprint(events), "[{2 errno 0 1 0 true}]")
	equal(t, "monotonic", now(1), 1000e9+50)
	events, _ = p.Poll([]wasi.Subscription{{Clock: 2, Timeout: 5}, {Type: wasi.WriteEvent, FD: 77}})
	equal(t, "what is wrong", fmt.Sprint(events), "[{0 INVAL 0 0 false} {0 BADF 2 0 false}]")
	_, err = p.Poll([]wasi.Subscription{{Type: 3}})
	is(t, "unknown type", err, wasi.Inval)
	_, _ = p.Poll([]wasi.Subscription{{Clock: 1, Timeout: 1<<64 - 1}})
	equal(t, "monotonic", now(1), 1<<64-1)
	_, err = p.Now(2)
	is(t, "another clock", err, wasi.Inval)
	_, err = p.Resolution(2)
	is(t, "another clock", err, wasi.Inval)
	p, _ = process(wasi.World{Time: 1 << 40})
	equal(t, "a time beyond 64 bits of nanoseconds", now(0), 1<<64-1)
}

func TestRandomIsAHashOfTheFrame(t *testing.T) {
	w := wasi.World{Randao: [32]byte{1}, Number: 7, Nonce: 8, Frame: 9}
	p, _ := process(w)
	have := make([]byte, 40)
	p.Random(have)
	block := func(k byte) []byte {
		return crypto.Keccak256([]byte("hestia.random"), w.Randao[:], w.Origin[:], w.Self[:],
			[]byte{7: 7, 15: 8, 23: 9, 31: k})
	}
	equal(t, "random", fmt.Sprintf("%x", have), fmt.Sprintf("%x", append(block(0), block(1)[:8]...)))
	p.Random(have[:1])
	equal(t, "the next block", have[0], block(2)[0])
}

func TestEnvironmentAndArguments(t *testing.T) {
	p, _ := process(wasi.World{
		Self: common.Address{0xab}, Value: uint256.MustFromDecimal("340282366920938463463374607431768211456"),
		ChainID: 31337, Number: 5, Time: 6, Deploys: true,
	})
	zeros := "0x" + strings.Repeat("0", 40)
	equal(t, "environment", strings.Join(p.Environment(), " "), "ETH_SELF=0xab"+strings.Repeat("0", 38)+
		" ETH_CALLER="+zeros+" ETH_ORIGIN="+zeros+
		" ETH_VALUE=340282366920938463463374607431768211456 ETH_CHAIN_ID=31337 ETH_BLOCK_NUMBER=5 ETH_BLOCK_TIME=6")
	equal(t, "arguments", strings.Join(p.Arguments(), " "), "contract deploy")
	p, _ = process(wasi.World{})
	equal(t, "arguments", strings.Join(p.Arguments(), " "), "contract")
}

func TestAnExitSaysWhatWasWritten(t *testing.T) {
	for _, test := range []struct{ out, err, want string }{
		{"", "", "exit status 3"},
		{"out\n", "", "out"},
		{"out", "err\r\n\n", "err"},
		{"out", "\n\n", "out"},
		{"", strings.Repeat("x", 2000), strings.Repeat("x", 1024)},
		{"", "\xff\xfe ok", "? ok"},
		{"", strings.Repeat("x", 1023) + "ä", strings.Repeat("x", 1023) + "?"},
	} {
		p, _ := process(wasi.World{})
		is(t, "write", p.Write(1, whole([]byte(test.out))), nil)
		is(t, "write", p.Write(2, whole([]byte(test.err))), nil)
		equal(t, "reason", p.Reason(3), test.want)
	}
	equal(t, "data", common.Bytes2Hex(wasi.RevertData("say who you are")),
		"08c379a0"+strings.Repeat("0", 62)+"20"+strings.Repeat("0", 62)+"0f"+
			common.Bytes2Hex([]byte("say who you are"))+strings.Repeat("0", 34))
	equal(t, "length", len(wasi.RevertData(strings.Repeat("x", 32))), 4+96)
}

func TestAFailingHostEndsTheOperation(t *testing.T) {
	p, s := process(wasi.World{})
	fd := open(t, p, "f", create)
	s.fails = errors.New("out of gas")
	is(t, "write", p.Write(fd, whole(make([]byte, 100))), s.fails)
	is(t, "resize", p.Resize(fd, 100), s.fails)
}

func TestADescriptorFollowsItsFile(t *testing.T) {
	p, _ := process(wasi.World{})
	fd := open(t, p, "f", create)
	is(t, "write", p.Write(fd, whole([]byte("one"))), nil)
	is(t, "rename", p.Rename(wasi.Place{Directory: root, Path: []byte("f")},
		wasi.Place{Directory: root, Path: []byte("g")}), nil)
	is(t, "write", p.Write(fd, whole([]byte("two"))), nil)
	info, err := p.InfoOf(root, []byte("g"))
	equal(t, "size", fmt.Sprint(info.Size, err), "6 <nil>")
	_, err = p.InfoOf(root, []byte("f"))
	is(t, "the old name", err, wasi.NoEnt)
}

func TestHeldCountsWhatTheHostKeeps(t *testing.T) {
	p, _ := process(wasi.World{})
	before := p.Held()
	fd := open(t, p, strings.Repeat("x", 1000), directory)
	if grown := p.Held() - before; grown < 1000 {
		t.Errorf("a directory holds %d bytes", grown)
	}
	is(t, "close", p.Close(fd), nil)
	is(t, "write", p.Write(1, whole(make([]byte, 5000))), nil)
	if grown := p.Held() - before; grown < 5000 || grown > 20000 {
		t.Errorf("5,000 bytes of output hold %d", grown)
	}
}
