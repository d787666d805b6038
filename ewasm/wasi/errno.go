package wasi

import "strconv"

// Errno is the answer of a function: the codes of wasi_snapshot_preview1.
type Errno uint16

// The codes that programs get here.
const (
	BadF        Errno = 8  // no such descriptor, or not for this
	Exist       Errno = 20 // a file is there
	FBig        Errno = 22 // a file of more than MaxFile bytes
	IlSeq       Errno = 25 // a path that is not UTF-8, or has a NUL
	Inval       Errno = 28 // an operand that means nothing
	IO          Errno = 29 // slots that hold no file as Solidity writes it
	IsDir       Errno = 31
	MFile       Errno = 33 // no more descriptors
	NameTooLong Errno = 37 // a path of more than MaxPath bytes
	NoEnt       Errno = 44 // no such file
	NotDir      Errno = 54
	NotSup      Errno = 58
	ROFS        Errno = 69 // a change in a static frame
	SPipe       Errno = 70 // seeking in a stream
	NotCapable  Errno = 76 // outside the directory, or without the right
)

var names = map[Errno]string{
	BadF: "BADF", Exist: "EXIST", FBig: "FBIG", IlSeq: "ILSEQ", Inval: "INVAL", IO: "IO", IsDir: "ISDIR",
	MFile: "MFILE", NameTooLong: "NAMETOOLONG", NoEnt: "NOENT", NotDir: "NOTDIR", NotSup: "NOTSUP", ROFS: "ROFS",
	SPipe:      "SPIPE",
	NotCapable: "NOTCAPABLE",
}

// Error returns the name of the code, as WASI has it.
func (e Errno) Error() string {
	if name := names[e]; name != "" {
		return name
	}
	return "errno " + strconv.Itoa(int(e))
}
