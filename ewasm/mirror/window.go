package mirror

import "encoding/binary"

// Window is the stretch of the second memory that belongs to one running frame:
//
//	0                           the view's words
//	callDataHeld                how many bytes of the calldata are here, 8 bytes
//	returnSize, returnHeld      how many bytes the last call returned, and how many of them are here, 8 bytes each
//	callDataAt                  the beginning of the calldata
//	returnAt                    the beginning of what the last call returned
//
// Numbers are little-endian. What stands beyond the bytes held is of earlier frames, and no function of the mirror reads it.
type Window []byte

// WindowBytes is the length of a window. More data than fits is left to the host functions: copying more than a few
// kilobytes in advance costs more than crossing to the host.
const WindowBytes = 8 << 10

const (
	callDataHeld = 8 * MaxWords
	returnSize   = callDataHeld + 8
	returnHeld   = returnSize + 8
	callDataAt   = 512
	returnAt     = callDataAt + dataRoom
	dataRoom     = (WindowBytes - callDataAt) / 2
)

// Open makes the window show a frame that begins: its words and its calldata.
func (w Window) Open(words []uint64, callData []byte) {
	for i, word := range words {
		binary.LittleEndian.PutUint64(w[8*i:], word)
	}
	w.hold(callDataHeld, callDataAt, callData)
	w.SetReturnData(nil)
}

// SetReturnData makes the window show what a call returned.
func (w Window) SetReturnData(data []byte) {
	binary.LittleEndian.PutUint64(w[returnSize:], uint64(len(data)))
	w.hold(returnHeld, returnAt, data)
}

func (w Window) hold(count, at int, data []byte) {
	held := copy(w[at:at+dataRoom], data)
	binary.LittleEndian.PutUint64(w[count:], uint64(held))
}
