package eei

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/ewasm"
	"hestia/ewasm/wasi"
)

// answer is a call of a function of programs, its errno, and what it then writes.
type answered struct {
	name     string
	operands []any
	errno    uint32
	at       int // where it writes
	want     []byte
}

// numbers are laid out as a struct is: bytes, words of 4 as uint32, of 8 as uint64.
func numbers(list ...any) (bytes []byte) {
	for _, n := range list {
		switch n := n.(type) {
		case byte:
			bytes = append(bytes, n)
		case uint16:
			bytes = binary.LittleEndian.AppendUint16(bytes, n)
		case uint32:
			bytes = binary.LittleEndian.AppendUint32(bytes, n)
		case uint64:
			bytes = binary.LittleEndian.AppendUint64(bytes, n)
		case int:
			bytes = append(bytes, make([]byte, n)...) // a gap
		}
	}
	return bytes
}

const (
	day     = uint64(1_700_000_000_000_000_000) // of the block, in nanoseconds
	success = 0
)

// fileInode is the inode of the file "state".
func fileInode() uint64 {
	slot := wasi.SlotOf("state")
	return binary.BigEndian.Uint64(slot[:])
}

func rootInode() uint64 {
	slot := wasi.SlotOf("")
	return binary.BigEndian.Uint64(slot[:])
}

// answers are made after descriptor 4 was opened for the file "state" of 6 bytes, with its position at the end. At
// 512 stand a subscription of clock 1 for 5 ns, and one of standard input.
func answers() []answered {
	const at = answerAt + 100
	file := numbers(uint64(0), fileInode(), byte(4), 7, uint64(1), uint64(6), uint64(0), uint64(0), uint64(0))
	none := []byte{0xee, 0xee}
	return []answered{
		{"args_sizes_get", []any{at, at + 4}, success, at, numbers(uint32(1), uint32(9))},
		{
			"args_get",
			[]any{at, at + 8},
			success, at,
			append(numbers(uint32(at+8), uint32(0xeeeeeeee)), "contract\x00\xee"...),
		},
		{"environ_sizes_get", []any{at, at + 4}, success, at, numbers(uint32(7))},
		{"clock_res_get", []any{0, at}, success, at, numbers(uint64(1_000_000_000))},
		{"clock_res_get", []any{2, at}, uint32(wasi.Inval), at, none},
		{"clock_time_get", []any{0, 1, at}, success, at, numbers(day)},
		{"clock_time_get", []any{1, 1, at}, success, at, numbers(day)},
		{"clock_time_get", []any{3, 1, at}, uint32(wasi.Inval), at, none},
		{"fd_advise", []any{4, 0, 0, 0}, success, at, none},
		{"fd_advise", []any{9, 0, 0, 0}, uint32(wasi.BadF), at, none},
		{"fd_allocate", []any{4, 0, 0}, uint32(wasi.NotSup), at, none},
		{"fd_close", []any{4}, success, at, none},
		{"fd_close", []any{5}, uint32(wasi.BadF), at, none},
		{"fd_datasync", []any{4}, success, at, none},
		{"fd_sync", []any{4}, success, at, none},
		{"fd_fdstat_get", []any{0, at}, success, at, numbers(uint64(0), uint64(1<<1), uint64(0), byte(0xee))},
		{"fd_fdstat_get", []any{1, at}, success, at, numbers(uint64(0), uint64(1<<6), uint64(0), byte(0xee))},
		{
			"fd_fdstat_get",
			[]any{3, at},
			success, at,
			numbers(byte(3), 7, uint64(allRights), uint64(allRights), byte(0xee)),
		},
		{"fd_fdstat_get", []any{4, at}, success, at, numbers(byte(4), 7, uint64(allRights), uint64(0), byte(0xee))},
		{"fd_fdstat_set_flags", []any{4, 1}, success, at, none},
		{"fd_fdstat_set_flags", []any{4, 32}, uint32(wasi.Inval), at, none},
		{"fd_fdstat_set_flags", []any{4, 1 << 16}, uint32(wasi.Inval), at, none},
		{"fd_fdstat_set_rights", []any{4, 0, 0}, success, at, none},
		{"fd_filestat_get", []any{4, at}, success, at, append(file, 0xee)},
		{
			"fd_filestat_get",
			[]any{3, at},
			success, at,
			numbers(uint64(0), rootInode(), byte(3), 7, uint64(1), uint64(0)),
		},
		{"fd_filestat_set_size", []any{4, 17 << 20}, uint32(wasi.FBig), at, none},
		{"fd_filestat_set_size", []any{3, 1}, uint32(wasi.Inval), at, none},
		{"fd_filestat_set_times", []any{4, 0, 0, 0}, success, at, none},
		{"fd_pread", []any{4, listAt, 1, 2, at}, success, at, numbers(uint32(4))},
		{"fd_pread", []any{0, listAt, 1, 2, at}, uint32(wasi.SPipe), at, none},
		{"fd_pread", []any{3, listAt, 1, 2, at}, uint32(wasi.IsDir), at, none},
		{"fd_read", []any{1, listAt, 1, at}, uint32(wasi.BadF), at, none},
		{"fd_prestat_get", []any{3, at}, success, at, numbers(uint32(0), uint32(1), byte(0xee))},
		{"fd_prestat_get", []any{4, at}, uint32(wasi.BadF), at, none},
		{"fd_prestat_dir_name", []any{3, at, 1}, success, at, []byte("/\xee")},
		{"fd_prestat_dir_name", []any{3, at, 0}, uint32(wasi.NameTooLong), at, none},
		{"fd_prestat_dir_name", []any{0, at, 1}, uint32(wasi.BadF), at, none},
		{"fd_pwrite", []any{4, listAt, 1, 0, at}, success, at, numbers(uint32(6))},
		{"fd_pwrite", []any{4, listAt, 1, 1<<62 + 1, at}, uint32(wasi.FBig), at, none},
		{"fd_pwrite", []any{1, listAt, 1, 0, at}, uint32(wasi.SPipe), at, none},
		{"fd_readdir", []any{3, at, 10, 0, at}, uint32(wasi.NotSup), at, none},
		{"fd_renumber", []any{4, 1}, success, at, none},
		{"fd_renumber", []any{4, 9}, uint32(wasi.BadF), at, none},
		{"fd_seek", []any{4, -2, 2, at}, success, at, numbers(uint64(4))},
		{"fd_seek", []any{4, -7, 2, at}, uint32(wasi.Inval), at, none},
		{"fd_seek", []any{4, 0, 256, at}, uint32(wasi.Inval), at, none},
		{"fd_seek", []any{1, 0, 0, at}, uint32(wasi.SPipe), at, none},
		{"fd_tell", []any{4, at}, success, at, numbers(uint64(6))},
		{"fd_write", []any{1, listAt, 1, at}, success, at, numbers(uint32(6))},
		{"fd_write", []any{0, listAt, 1, at}, uint32(wasi.BadF), at, none},
		{"path_create_directory", []any{3, pathAt, 4}, success, at, none},
		{"path_create_directory", []any{3, pathAt, 5}, uint32(wasi.Exist), at, none},
		{"path_filestat_get", []any{3, 0, pathAt, 5, at}, success, at, append(file, 0xee)},
		{"path_filestat_get", []any{3, 0, pathAt, 4, at}, uint32(wasi.NoEnt), at, none},
		{"path_filestat_get", []any{4, 0, pathAt, 5, at}, uint32(wasi.NotDir), at, none},
		{"path_filestat_get", []any{3, 0, pathAt, 1025, at}, uint32(wasi.NameTooLong), at, none},
		{"path_filestat_set_times", []any{3, 0, pathAt, 5, 0, 0, 0}, success, at, none},
		{"path_link", []any{3, 0, pathAt, 5, 3, pathAt, 4}, uint32(wasi.NotSup), at, none},
		{"path_open", []any{3, 0, pathAt, 5, 0, readRights, 0, 0, at}, success, at, numbers(uint32(5))},
		{"path_open", []any{3, 0, pathAt, 5, 5, readRights, 0, 0, at}, uint32(wasi.Exist), at, none},
		{"path_open", []any{3, 0, pathAt, 5, 2, readRights, 0, 0, at}, uint32(wasi.NotDir), at, none},
		{"path_open", []any{3, 0, pathAt, 5, 1 << 16, readRights, 0, 0, at}, uint32(wasi.Inval), at, none},
		{"path_open", []any{3, 0, pathAt, 5, 0, readRights, 0, 1 << 16, at}, uint32(wasi.Inval), at, none},
		{"path_readlink", []any{3, pathAt, 5, at, 1, at}, uint32(wasi.Inval), at, none},
		{"path_remove_directory", []any{3, pathAt, 4}, uint32(wasi.NotSup), at, none},
		{"path_rename", []any{3, pathAt, 5, 3, pathAt, 4}, success, at, none},
		{"path_rename", []any{3, pathAt, 3, 3, pathAt, 4}, uint32(wasi.NoEnt), at, none},
		{"path_symlink", []any{pathAt, 5, 3, pathAt, 4}, uint32(wasi.NotSup), at, none},
		{"path_unlink_file", []any{3, pathAt, 5}, success, at, none},
		{"path_unlink_file", []any{3, pathAt, 4}, uint32(wasi.NoEnt), at, none},
		{
			"poll_oneoff",
			[]any{512, at, 1, answerAt},
			success, at,
			numbers(uint64(77), uint16(0), byte(0), 5, uint64(0), uint16(0), 6, byte(0xee)),
		},
		{
			"poll_oneoff",
			[]any{512, at, 2, answerAt},
			success, at,
			numbers(uint64(88), uint16(0), byte(1), 5, uint64(3), uint16(0), 6, byte(0xee)),
		},
		{"poll_oneoff", []any{512, at, 0, answerAt}, uint32(wasi.Inval), at, none},
		{"poll_oneoff", []any{512, at, 1025, answerAt}, uint32(wasi.Inval), at, none},
		{"sched_yield", nil, success, at, none},
		{"random_get", []any{at, 0}, success, at, none},
		{"sock_accept", []any{0, 0, at}, uint32(wasi.NotCapable), at, none},
		{"sock_recv", []any{0, listAt, 1, 0, at, at}, uint32(wasi.NotCapable), at, none},
		{"sock_send", []any{0, listAt, 1, 0, at}, uint32(wasi.NotCapable), at, none},
		{"sock_shutdown", []any{0, 0}, uint32(wasi.NotCapable), at, none},
	}
}

func TestFunctionsOfProgramsAnswer(t *testing.T) {
	clock := numbers(uint64(77), byte(0), 7, uint32(1), 4, uint64(5), uint64(0), uint16(0), 6)
	input := numbers(uint64(88), byte(1), 7, uint32(0), 28)
	seen := map[string]bool{"proc_exit": true, "proc_raise": true} // in programs_test.go
	for _, a := range answers() {
		seen[a.name] = true
		t.Run(fmt.Sprint(a.name, a.operands), func(t *testing.T) {
			w := osaka.world(t)
			w.place(self, contract(t, texts, data(pathAt, "state"), data(512, append(clock, input...)),
				open(1, allRights), write(opened, "output"), put32(listAt, "(i32.const 8192)"),
				fmt.Sprintf("(memory.fill (i32.const %d) (i32.const 0xee) (i32.const 200))", answerAt+100),
				put32(answerAt, get(a.name, a.operands...)), finish(answerAt, 300)))
			out := w.call(message{input: []byte("in!")}).finished(t)
			if a.name != "poll_oneoff" || a.errno != 0 {
				equal(t, "errno", u32(out), a.errno)
			}
			have := out[a.at-answerAt:][:len(a.want)]
			equal(t, "writes", common.Bytes2Hex(have), common.Bytes2Hex(a.want))
		})
	}
	for _, row := range ewasm.Functions() {
		if row.Module == ewasm.WASI && row.Name != "environ_get" && !seen[row.Name] {
			t.Errorf("%s is not called", row.Name)
		}
	}
}
