package abi_test

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/iface/abi"
)

func TestReasonsAreToldAsSolidityMeansThem(t *testing.T) {
	const zeros = "000000000000000000000000000000000000000000000000000000000000" // 30 bytes
	for output, want := range map[string]string{
		"0x4e487b71" + zeros + "0011":                     "panic: arithmetic underflow or overflow (0x11)",
		"0x4e487b71" + zeros + "0000":                     "panic: generic panic (0x00)",
		"0x4e487b71" + zeros + "0099":                     "panic: unknown code (0x99)",
		"0x4e487b7101" + zeros + "11":                     "panic: unknown code (0x1" + zeros + "11)",
		"0x4e487b71" + zeros:                              "",
		errorOf(zeros+"0020", zeros+"0002", "6869"+zeros): "hi",
		errorOf(zeros+"0020", zeros+"0003"):               "",
		"0x12345678":                                      "",
		"0x":                                              "",
	} {
		if have, known := abi.Reason(common.FromHex(output)); have != want || known != (want != "") {
			t.Errorf("%s: %q, %v, want %q", output, have, known, want)
		}
	}
}

// errorOf is an Error(string) with the words of its arguments.
func errorOf(words ...string) string { return "0x08c379a0" + strings.Join(words, "") }
