package mirror

import "encoding/binary"

// Window is the part of the second memory that belongs to one running frame:
//
//	0                           the view's words
//	callDataHeld                how many bytes of the calldata are here, 8 bytes
//	returnSize, returnHeld      how many bytes the last call returned, and how many of them are here, 8 bytes each
//	callDataAt                  the beginning of the calldata
//	returnAt                    the beginning of what the last call returned
//
// Numbers are little-endian. Beyond the bytes held is data of earlier frames, which no function of the mirror reads.
type Window []byte

// WindowBytes is the length of a window. Host functions answer for data that does not fit: copying more than a few
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

// Open fills the window for a frame that begins, with its words and its calldata.
func (w Window) Open(words []uint64, callData []byte) {
	for i, word := range words {
		binary.LittleEndian.PutUint64(w[8*i:], word)
	}
	w.hold(callDataHeld, callDataAt, callData)
	w.SetReturnData(nil)
}

// SetReturnData puts the output of a call into the window.
func (w Window) SetReturnData(data []byte) {
	binary.LittleEndian.PutUint64(w[returnSize:], uint64(len(data)))
	w.hold(returnHeld, returnAt, data)
}

func (w Window) hold(count, at int, data []byte) {
	held := copy(w[at:at+dataRoom], data)
	binary.LittleEndian.PutUint64(w[count:], uint64(held))
}
