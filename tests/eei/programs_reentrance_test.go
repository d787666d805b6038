package eei

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/ewasm/wasi"
	"hestia/frame"
)

// A program that has a file open calls a contract of either kind, which calls the program again. Each frame has its
// own descriptors, and all see the same files at once.

const innerAt = 6000 // what the inner frame has answered

// reentrant is a program at self. With no input it opens the file, writes "output", calls other, and finishes with
// what the inner frame answered, 8 bytes from an offset of the return data on, and with the file's first 64 bytes.
// With input, as from other, it does inner, and finishes with the errno and the descriptor of its opening.
func reentrant(t testing.TB, offset int, inner, after string) []byte {
	return contract(t, texts, data(pathAt, "statesight"), address(5000, other), data(5100, amount(0)),
		buffersAt(8, innerAt+8, 64),
		"(if "+get("getCallDataSize")+" (then "+inner+finish(answerAt+4, 8)+"))",
		open(1, allRights), write(opened, "output"), do("call", 5_000_000, 5000, 5100, 0, 0),
		do("returnDataCopy", innerAt, offset, 8),
		after,
		do("fd_pread", opened, 8, 1, 0, answerAt),
		do("finish", innerAt, "(i32.add (i32.const 8) (i32.load (i32.const 1000)))"))
}

// middlemen are contracts that call self again, by a kind of call, and the place at which the callee's output begins
// in theirs.
func middlemen(t testing.TB, kind frame.CallKind) map[codeKind][]byte {
	all := map[codeKind][]byte{}
	for _, k := range codeKinds {
		all[k] = k.write(t, func(p puppet) {
			p.call(kind, self, 3_000_000, 0)
			p.finish()
		})
	}
	return all
}

const callees = 64 // a word of success, and one with the size

// innerSays is what the inner frame answers: an errno and, if that is 0, a descriptor.
func innerSays(errno uint32) string {
	fd := uint32(4)
	if errno != 0 {
		fd = 0
	}
	return string(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, fd), errno))
}

func TestAnOpenFileShowsWhatAFrameBelowHasDone(t *testing.T) {
	const create, truncate, rofs = 1, 8, 69
	appending := put32(answerAt+8, get("path_open", 3, 0, pathAt, 5, create, allRights, 0, 1, answerAt+4)) +
		write(opened, "errors\n")
	for name, test := range map[string]struct {
		kind         frame.CallKind
		inner, after string
		answer, file string
	}{
		"appends":    {0, appending, "", innerSays(0), "outputerrors\n"},
		"overwrites": {0, open(create, allRights) + write(opened, "errors\n"), "", innerSays(0), "errors\n"},
		"appends, and the outer frame goes on where it was": {
			0, appending, write(opened, ",state"), innerSays(0), "output,state\n",
		},
		"truncates": {0, open(create|truncate, allRights), "", innerSays(0), ""},
		"truncates, and the outer frame goes on where it was": {
			0, open(create|truncate, allRights), write(opened, ",state"), innerSays(0),
			"\x00\x00\x00\x00\x00\x00,state",
		},
		"makes it long": {
			0, open(create, allRights) + do("fd_filestat_set_size", opened, 40), "", innerSays(0),
			"output" + strings.Repeat("\x00", 34),
		},
		"removes":           {0, do("path_unlink_file", 3, pathAt, 5), "", string(make([]byte, 8)), ""},
		"renames":           {0, do("path_rename", 3, pathAt, 5, 3, pathAt+5, 5), "", string(make([]byte, 8)), ""},
		"closes everything": {0, do("fd_close", 3) + do("fd_close", 4), "", string(make([]byte, 8)), "output"},
		"renumbers": {
			0, open(create, allRights) + do("fd_renumber", 4, 1), write(1, "state"), innerSays(0), "output",
		},
		"exits":          {0, appending + exits(1), "", "", "output"},
		"traps":          {0, appending + "unreachable", "", "", "output"},
		"may not write":  {frame.CallStatic, open(create, allRights), "", innerSays(rofs), "output"},
		"may not create": {frame.CallStatic, open(create, readRights), "", innerSays(0), "output"},
		"may not remove": {
			frame.CallStatic, put32(answerAt+8, get("path_unlink_file", 3, pathAt, 5)), "", innerSays(rofs), "output",
		},
	} {
		for kind, middleman := range middlemen(t, test.kind) {
			t.Run(fmt.Sprintf("%s/through=%s", name, kind), func(t *testing.T) {
				w := osaka.world(t)
				w.place(other, middleman)
				w.place(self, reentrant(t, callees, test.inner, test.after))
				have := string(w.call(message{}).finished(t))
				if test.answer != "" && have[:8] != test.answer {
					t.Errorf("the inner frame answers %x, want %x", have[:8], test.answer)
				}
				equal(t, "file", have[8:], test.file)
			})
		}
	}
}

func TestAProgramThatIsDelegatedToHasTheFilesOfItsCaller(t *testing.T) {
	// The inner frame runs as other, so its file is another.
	inner := open(1, allRights) + write(opened, "errors\n")
	for _, call := range []frame.CallKind{frame.CallDelegate, frame.CallCode} {
		for kind, middleman := range middlemen(t, call) {
			t.Run(fmt.Sprintf("%v/by=%s", call, kind), func(t *testing.T) {
				w := osaka.world(t)
				w.place(other, middleman)
				w.place(self, reentrant(t, callees, inner, ""))
				have := string(w.call(message{}).finished(t))
				equal(t, "the program's own file", have, innerSays(0)+"output")
				for account, want := range map[common.Address]string{self: "output", other: "errors\n"} {
					content, err := wasi.New(wasi.World{}, accountFiles{w, account}).ReadFile("state")
					equal(t, "file of "+account.Hex(), string(content), want)
					equal(t, "error", err, nil)
				}
			})
		}
	}
}

// accountFiles is the storage of an account, as package wasi sees it.
type accountFiles struct {
	w  *world
	at common.Address
}

func (f accountFiles) Load(slot common.Hash) (common.Hash, error) {
	return f.w.GetState(f.at, slot), nil
}

func (f accountFiles) Store(slot, value common.Hash) error {
	f.w.SetState(f.at, slot, value)
	return nil
}

func (f accountFiles) Hash(data []byte) (common.Hash, error) { return crypto.Keccak256Hash(data), nil }

func (f accountFiles) Move(uint64) error { return nil }

// A delegation inside a static frame may read the files of the account, and write none.
func TestADelegationInAStaticFrameWritesNoFile(t *testing.T) {
	read := contract(t, texts, data(pathAt, "state"), open(1, allRights), put32(roomAt, "(i32.load (i32.const 1008))"),
		open(0, readRights), put32(roomAt+4, "(i32.load (i32.const 1008))"), finish(roomAt, 8))
	for _, kind := range codeKinds {
		w := osaka.world(t)
		w.place(library, read)
		w.place(self, kind.write(t, func(p puppet) {
			p.call(frame.CallDelegate, library, 1_000_000, 0)
			p.finish()
		}))
		have := w.call(message{kind: frame.CallStatic}).finished(t)
		equal(t, string(kind), fmt.Sprint(u32(have[callees:]), u32(have[callees+4:])), "69 44")
	}
}
