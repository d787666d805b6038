package node

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestALowLimitOfTheAddressSpaceIsToldAsWhatItIs(t *testing.T) {
	err := checkAddressSpace(8 << 30)
	if !errors.Is(err, ErrAddressSpace) || !strings.Contains(err.Error(), "8192 MiB") ||
		!strings.Contains(err.Error(), "5242880 MiB") {
		t.Errorf("8 GiB: %v", err)
	}
	for _, enough := range []uint64{neededAddresses, math.MaxUint64, addressSpace()} {
		if err := checkAddressSpace(enough); err != nil {
			t.Errorf("%d bytes: %v", enough, err)
		}
	}
}
