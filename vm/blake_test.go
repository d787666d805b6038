package vm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethvm "github.com/ethereum/go-ethereum/core/vm"

	"hestia/frame"
)

// blakeCall returns an input of BLAKE2F.
func blakeCall(random *rand.Rand, rounds uint32) []byte {
	input := binary.BigEndian.AppendUint32(nil, rounds)
	for len(input) < blakeInput-1 {
		input = append(input, byte(random.Uint32()))
	}
	return append(input, byte(random.Uint32()%2))
}

func TestManyRoundsOfBlakeGiveWhatGethsGive(t *testing.T) {
	geths := gethvm.PrecompiledContractsOsaka[common.BytesToAddress([]byte{9})]
	random := rand.New(rand.NewPCG(1, 2))
	m := new(Machine)
	for i := range 100 {
		input := blakeCall(random, blakeRounds+1+uint32(i))
		patient := m.patient(geths, input)
		if patient == geths {
			t.Fatal("many rounds are done in one piece")
		}
		have, err := patient.Run(input)
		want, err2 := geths.Run(input)
		if err != nil || err2 != nil || !bytes.Equal(have, want) {
			t.Fatalf("%d rounds give %x, %v, and in geth %x, %v", blakeRounds+1+i, have, err, want, err2)
		}
	}
	wrong := blakeCall(random, blakeRounds+1)
	wrong[blakeInput-1] = 2
	_, err := m.patient(geths, wrong).Run(wrong)
	if _, want := geths.Run(wrong); err == nil || err.Error() != want.Error() {
		t.Errorf("a wrong flag: %v, and in geth %v", err, want)
	}
	for _, input := range [][]byte{nil, blakeCall(random, 12), append(blakeCall(random, 1<<31), 0)} {
		if m.patient(geths, input) != geths {
			t.Errorf("%d bytes are not left to geth", len(input))
		}
	}
}

func TestManyRoundsOfBlakeEndWithTheirRequest(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	m := &Machine{Environment: Environment{Interrupt: frame.InterruptAfter(ctx)}}
	defer m.Interrupt.Release()
	input := blakeCall(rand.New(rand.NewPCG(1, 2)), 1<<32-1)
	began := time.Now()
	_, err := m.patient(gethvm.PrecompiledContractsOsaka[common.BytesToAddress([]byte{9})], input).Run(input)
	if !errors.Is(err, frame.ErrInterrupted) || time.Since(began) > time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	if end, ok := interrupted(err); !ok || end.End != frame.Fault || !frame.IsFault(end.Cause) {
		t.Errorf("the frame ends with %v", end)
	}
}
