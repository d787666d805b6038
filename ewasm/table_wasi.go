package ewasm

import (
	"hestia/ewasm/wasi"
	"hestia/gas"
	"hestia/internal/wasm"
)

// The operands that several functions of programs have.
var (
	pathAt    = counted(Reads, "path", "path_len")
	buffersAt = items(Reads, "iovs", "iovs_len", 8)
)

// programs are the functions of WASI, in the order of its documents, with its names for their operands. All but
// proc_exit answer an errno, 0 for success.
var programs = rows{
	gas.WASIArgsGet: {
		Name: "args_get", Operands: list(answer("argv", 0), answer("argv_buf", 0)),
		answers: argsGet,
		Says:    "Writes the arguments and pointers to them: \"contract\" and, in a constructor, \"deploy\".",
	},
	gas.WASIArgsSizesGet: {
		Name: "args_sizes_get", Operands: list(answer("argc", 4), answer("argv_buf_size", 4)),
		answers: argsSizesGet,
		Says:    "Writes how many arguments there are and how many bytes they take.",
	},
	gas.WASIEnvironGet: {
		Name: "environ_get", Operands: list(answer("environ", 0), answer("environ_buf", 0)),
		answers: environGet,
		Says:    "Writes the variables of the environment and pointers to them.",
	},
	gas.WASIEnvironSizesGet: {
		Name: "environ_sizes_get", Operands: list(answer("environc", 4), answer("environ_buf_size", 4)),
		answers: environSizesGet,
		Says:    "Writes how many variables there are and how many bytes they take.",
	},
	gas.WASIClockResGet: {
		Name: "clock_res_get", Operands: list(number("id", wasm.I32), answer("resolution", 8)),
		answers: clockResGet,
		Says:    "Writes the resolution of clock 0 or 1 in nanoseconds, a second; INVAL for others.",
	},
	gas.WASIClockTimeGet: {
		Name:     "clock_time_get",
		Operands: list(number("id", wasm.I32), number("precision", wasm.I64), answer("time", 8)),
		answers:  clockTimeGet,
		Says: "Writes the time of the block in nanoseconds, on clock 1 with what the program has slept; INVAL " +
			"for others.",
	},
	gas.WASIFDAdvise: {
		Name: "fd_advise",
		Operands: list(
			number("fd", wasm.I32), number("offset", wasm.I64), number("len", wasm.I64), number("advice", wasm.I32),
		),
		answers: onDescriptor,
		Says:    "Does nothing.",
	},
	gas.WASIFDAllocate: {
		Name:     "fd_allocate",
		Operands: list(number("fd", wasm.I32), number("offset", wasm.I64), number("len", wasm.I64)),
		answers:  refused(0, wasi.NotSup),
		Says:     "Answers NOTSUP.",
	},
	gas.WASIFDClose: {
		Name: "fd_close", Operands: list(number("fd", wasm.I32)),
		answers: fdClose,
		Says:    "Closes a descriptor, a standard one too.",
	},
	gas.WASIFDDatasync: {
		Name: "fd_datasync", Operands: list(number("fd", wasm.I32)),
		answers: onDescriptor,
		Says:    "Does nothing: what is written is in the storage at once.",
	},
	gas.WASIFDFdstatGet: {
		Name: "fd_fdstat_get", Operands: list(number("fd", wasm.I32), answer("stat", 24)),
		answers: fdFdstatGet,
		Says:    "Writes type, flags and rights of a descriptor. The type of standard streams is 0, unknown.",
	},
	gas.WASIFDFdstatSetFlags: {
		Name: "fd_fdstat_set_flags", Operands: list(number("fd", wasm.I32), number("flags", wasm.I32)),
		answers: fdFdstatSetFlags,
		Says:    "Sets the flags of a descriptor, of which APPEND means something.",
	},
	gas.WASIFDFdstatSetRights: {
		Name:     "fd_fdstat_set_rights",
		Operands: list(number("fd", wasm.I32), number("rights", wasm.I64), number("inheriting", wasm.I64)),
		answers:  onDescriptor,
		Says:     "Does nothing: rights stay as they are.",
	},
	gas.WASIFDFilestatGet: {
		Name: "fd_filestat_get", Operands: list(number("fd", wasm.I32), answer("stat", 64)),
		answers: fdFilestatGet,
		Says: "Writes type, inode and size of what is open: the inode of a file is the first 8 bytes of its slot, " +
			"all times are 0.",
	},
	gas.WASIFDFilestatSetSize: {
		Name: "fd_filestat_set_size", Operands: list(number("fd", wasm.I32), number("size", wasm.I64)),
		Traps: traps(ErrSentry), answers: fdFilestatSetSize,
		Says: "Makes a file shorter, which clears slots, or longer, by zeros that take none; FBIG over 16 MiB.",
	},
	gas.WASIFDFilestatSetTimes: {
		Name: "fd_filestat_set_times",
		Operands: list(
			number("fd", wasm.I32), number("atim", wasm.I64), number("mtim", wasm.I64), number("flags", wasm.I32),
		),
		answers: onDescriptor,
		Says:    "Does nothing: there are no times.",
	},
	gas.WASIFDPread: {
		Name: "fd_pread",
		Operands: list(
			number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), number("offset", wasm.I64),
			answer("nread", 4),
		),
		answers: fdPread,
		Says:    "Reads from a file at an offset; SPIPE for standard input.",
	},
	gas.WASIFDPrestatGet: {
		Name: "fd_prestat_get", Operands: list(number("fd", wasm.I32), answer("prestat", 8)),
		answers: fdPrestatGet,
		Says:    "Writes that descriptor 3 is a directory whose name has 1 byte; BADF for others.",
	},
	gas.WASIFDPrestatDirName: {
		Name:     "fd_prestat_dir_name",
		Operands: list(number("fd", wasm.I32), counted(Writes, "path", "path_len"), number("path_len", wasm.I32)),
		answers:  fdPrestatDirName,
		Says:     "Writes the name of descriptor 3, \"/\"; BADF for others.",
	},
	gas.WASIFDPwrite: {
		Name: "fd_pwrite",
		Operands: list(
			number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), number("offset", wasm.I64),
			answer("nwritten", 4),
		),
		Traps: traps(ErrSentry), answers: fdPwrite,
		Says: "Writes to a file at an offset, or at its end if the descriptor appends; SPIPE for standard output and " +
			"error.",
	},
	gas.WASIFDRead: {
		Name:     "fd_read",
		Operands: list(number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), answer("nread", 4)),
		answers:  fdRead,
		Says:     "Reads from the calldata, as standard input, or from a file.",
	},
	gas.WASIFDReaddir: {
		Name: "fd_readdir",
		Operands: list(
			number("fd", wasm.I32), counted(Writes, "buf", "buf_len"), number("buf_len", wasm.I32),
			number("cookie", wasm.I64), answer("bufused", 4),
		),
		answers: refused(0, wasi.NotSup),
		Says:    "Answers NOTSUP: nothing lists what lies in a mapping.",
	},
	gas.WASIFDRenumber: {
		Name: "fd_renumber", Operands: list(number("fd", wasm.I32), number("to", wasm.I32)),
		answers: fdRenumber,
		Says:    "Gives a descriptor the number of another, which is closed.",
	},
	gas.WASIFDSeek: {
		Name: "fd_seek",
		Operands: list(
			number("fd", wasm.I32), number("offset", wasm.I64), number("whence", wasm.I32), answer("newoffset", 8),
		),
		answers: fdSeek,
		Says:    "Moves the position in a file and writes it; SPIPE if it is no file, INVAL below 0 or over 16 MiB.",
	},
	gas.WASIFDSync: {
		Name: "fd_sync", Operands: list(number("fd", wasm.I32)),
		answers: onDescriptor,
		Says:    "Does nothing: what is written is in the storage at once.",
	},
	gas.WASIFDTell: {
		Name: "fd_tell", Operands: list(number("fd", wasm.I32), answer("offset", 8)),
		answers: fdTell,
		Says:    "Writes the position in a file; SPIPE if it is no file.",
	},
	gas.WASIFDWrite: {
		Name:     "fd_write",
		Operands: list(number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), answer("nwritten", 4)),
		Traps:    traps(ErrOutput, ErrSentry), answers: fdWrite,
		Says: "Writes to standard output, to standard error, or to a file; FBIG over 16 MiB.",
	},
	gas.WASIPathCreateDirectory: {
		Name: "path_create_directory", Operands: list(number("fd", wasm.I32), pathAt, number("path_len", wasm.I32)),
		answers: pathCreateDirectory,
		Says:    "Does nothing, because every directory exists; EXIST if a file has the name.",
	},
	gas.WASIPathFilestatGet: {
		Name: "path_filestat_get",
		Operands: list(
			number("fd", wasm.I32), number("flags", wasm.I32), pathAt, number("path_len", wasm.I32), answer("stat", 64),
		),
		answers: pathFilestatGet,
		Says:    "Writes type, inode and size of a file; NOENT if there is none.",
	},
	gas.WASIPathFilestatSetTimes: {
		Name: "path_filestat_set_times",
		Operands: list(
			number("fd", wasm.I32), number("flags", wasm.I32), pathAt, number("path_len", wasm.I32),
			number("atim", wasm.I64), number("mtim", wasm.I64), number("fst_flags", wasm.I32),
		),
		answers: onDescriptor,
		Says:    "Does nothing: there are no times.",
	},
	gas.WASIPathLink: {
		Name: "path_link",
		Operands: list(
			number("old_fd", wasm.I32), number("old_flags", wasm.I32), counted(Reads, "old_path", "old_path_len"),
			number("old_path_len", wasm.I32), number("new_fd", wasm.I32), counted(Reads, "new_path", "new_path_len"),
			number("new_path_len", wasm.I32),
		),
		answers: refused(0, wasi.NotSup),
		Says:    "Answers NOTSUP: there are no links.",
	},
	gas.WASIPathOpen: {
		Name: "path_open",
		Operands: list(
			number("fd", wasm.I32), number("dirflags", wasm.I32), pathAt, number("path_len", wasm.I32),
			number("oflags", wasm.I32), number("rights", wasm.I64), number("inheriting", wasm.I64),
			number("fdflags", wasm.I32), answer("opened", 4),
		),
		Traps: traps(ErrSentry), answers: pathOpen,
		Says: "Opens a file or directory and writes the lowest free descriptor from 4 on; MFILE if 1,024 are open.",
	},
	gas.WASIPathReadlink: {
		Name: "path_readlink",
		Operands: list(
			number("fd", wasm.I32), pathAt, number("path_len", wasm.I32), counted(Writes, "buf", "buf_len"),
			number("buf_len", wasm.I32), answer("bufused", 4),
		),
		answers: refused(0, wasi.Inval),
		Says:    "Answers INVAL: nothing is a link.",
	},
	gas.WASIPathRemoveDirectory: {
		Name: "path_remove_directory", Operands: list(number("fd", wasm.I32), pathAt, number("path_len", wasm.I32)),
		answers: refused(0, wasi.NotSup),
		Says:    "Answers NOTSUP: directories exist by being named.",
	},
	gas.WASIPathRename: {
		Name: "path_rename",
		Operands: list(
			number("fd", wasm.I32), counted(Reads, "old_path", "old_path_len"), number("old_path_len", wasm.I32),
			number("new_fd", wasm.I32), counted(Reads, "new_path", "new_path_len"), number("new_path_len", wasm.I32),
		),
		Traps: traps(ErrSentry), answers: pathRename,
		Says: "Copies a file to another name and clears the old; NOENT if there is none.",
	},
	gas.WASIPathSymlink: {
		Name: "path_symlink",
		Operands: list(
			counted(Reads, "old_path", "old_path_len"), number("old_path_len", wasm.I32), number("fd", wasm.I32),
			counted(Reads, "new_path", "new_path_len"), number("new_path_len", wasm.I32),
		),
		answers: refused(2, wasi.NotSup),
		Says:    "Answers NOTSUP: there are no links.",
	},
	gas.WASIPathUnlinkFile: {
		Name: "path_unlink_file", Operands: list(number("fd", wasm.I32), pathAt, number("path_len", wasm.I32)),
		Traps: traps(ErrSentry), answers: pathUnlinkFile,
		Says: "Clears all slots of a file; NOENT if there is none.",
	},
	gas.WASIPollOneoff: {
		Name: "poll_oneoff",
		Operands: list(
			items(Reads, "in", "nsubscriptions", 48), items(Writes, "out", "nsubscriptions", 32),
			number("nsubscriptions", wasm.I32), answer("nevents", 4),
		),
		answers: pollOneoff,
		Says: "Writes what of 1 to 1,024 subscriptions is ready: descriptors at once, else the earliest clock, to " +
			"which time then passes.",
	},
	gas.WASIProcExit: {
		Name: "proc_exit", Operands: list(number("code", wasm.I32)),
		Ends: Exits, do: procExit,
		Says: "Ends the program: with what it wrote to standard output if the code is 0, else by a revert whose " +
			"reason is what it wrote to standard error, else to standard output, else the code.",
	},
	gas.WASIProcRaise: {
		Name: "proc_raise", Operands: list(number("signal", wasm.I32)),
		Traps: traps(ErrRaised), answers: procRaise,
		Says: "Halts the frame.",
	},
	gas.WASISchedYield: {
		Name:    "sched_yield",
		answers: schedYield,
		Says:    "Does nothing.",
	},
	gas.WASIRandomGet: {
		Name: "random_get", Operands: list(counted(Writes, "buf", "buf_len"), number("buf_len", wasm.I32)),
		answers: randomGet,
		Says:    "Draws from the random stream of the frame, which can be predicted from prevrandao.",
	},
	gas.WASISockAccept: {
		Name: "sock_accept", Operands: list(number("fd", wasm.I32), number("flags", wasm.I32), answer("accepted", 4)),
		answers: noSockets,
		Says:    "Answers NOTCAPABLE.",
	},
	gas.WASISockRecv: {
		Name: "sock_recv",
		Operands: list(
			number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), number("ri_flags", wasm.I32),
			answer("datalen", 4), answer("ro_flags", 2),
		),
		answers: noMessages,
		Says:    "Answers NOTCAPABLE.",
	},
	gas.WASISockSend: {
		Name: "sock_send",
		Operands: list(
			number("fd", wasm.I32), buffersAt, number("iovs_len", wasm.I32), number("si_flags", wasm.I32),
			answer("datalen", 4),
		),
		answers: noMessages,
		Says:    "Answers NOTCAPABLE.",
	},
	gas.WASISockShutdown: {
		Name: "sock_shutdown", Operands: list(number("fd", wasm.I32), number("how", wasm.I32)),
		answers: noSockets,
		Says:    "Answers NOTCAPABLE.",
	},
}
