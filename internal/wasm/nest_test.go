package wasm

import (
	"fmt"
	"slices"
	"testing"

	"hestia/internal/wat"
)

// nested is a body with every kind of construct.
func nested(t *testing.T) []Instruction {
	t.Helper()
	m, err := Decode(wat.Assemble(t, `(module (func
		block
			loop
				i32.const 1
				if
					nop
				else
					br 1
				end
			end
		end))`))
	if err != nil {
		t.Fatal(err)
	}
	return m.Codes[0].Body
}

func TestNestShowsWhatIsOpenAtEachInstruction(t *testing.T) {
	body := nested(t)
	var nest Nest[int]
	for range 2 { // it can be used again
		var got []string
		for i, in := range nest.Over(body) {
			if in.Op.Opens() {
				if nest.Top().Data != 0 {
					t.Error("a construct opens with data of another")
				}
				nest.Top().Data = 100 + i
			}
			top := nest.Top()
			got = append(got, fmt.Sprintf("%v %d %d %v %d %d",
				in.Op, nest.Depth(), nest.Around().Loops, top.Op, top.Start, top.Data))
		}
		want := []string{
			"block 0 0 block 0 100", "loop 1 0 loop 1 101", "i32.const 2 1 loop 1 101", "if 2 1 if 3 103",
			"nop 3 1 if 3 103", "else 3 1 if 3 103", "br 3 1 else 3 103", "end 3 1 else 3 103",
			"end 2 1 loop 1 101", "end 1 0 block 0 100", "end 0 0 block -1 0",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if nest.Unclosed() != 0 {
			t.Errorf("%d constructs are open at the end", nest.Unclosed())
		}
	}
}

func TestNestFindsTheTargetsOfLabels(t *testing.T) {
	var nest Nest[struct{}]
	for _, in := range nest.Over(nested(t)) {
		if in.Op != OpBr {
			continue
		}
		for label, start := range []int{3, 1, 0, -1} {
			if target := nest.Target(uint32(label)); target == nil || target.Start != start {
				t.Errorf("label %d: %+v, want the construct at %d", label, target, start)
			}
		}
		if nest.Target(4) != nil {
			t.Error("a label that names nothing has a target")
		}
	}
}

func TestNestWalksTheInsideOfAConstruct(t *testing.T) {
	body := nested(t)
	var nest Nest[struct{}]
	last, depth := 0, 0
	for i := range nest.Over(body[2:]) {
		last, depth = i, nest.Depth()
	}
	if at := 2 + last; body[at+1].Op != OpEnd || at != len(body)-3 || depth != 0 {
		t.Errorf("the walk inside the loop ends at instruction %d, depth %d", at, depth)
	}
}

func TestNestWalksBackwardAndShowsTheSameNesting(t *testing.T) {
	body := nested(t)
	var forward, backward Nest[struct{}]
	depths := map[int]int{}
	for i := range forward.Over(body) {
		depths[i] = len(forward.open)
	}
	for i := range backward.Backward(body) {
		if len(backward.open) != depths[i] {
			t.Errorf("instruction %d: %d constructs open backward, %d forward", i, len(backward.open), depths[i])
		}
	}
}

func TestNestToleratesBodiesThatDoNotEnd(t *testing.T) {
	var nest Nest[struct{}]
	for range nest.Over([]Instruction{{Op: OpBlock}, {Op: OpNop}}) {
	}
	if nest.Unclosed() != 2 {
		t.Errorf("%d constructs are open, want 2", nest.Unclosed())
	}
	n := 0
	for range nest.Over([]Instruction{{Op: OpEnd}, {Op: OpNop}}) {
		n++
	}
	if n != 1 {
		t.Errorf("%d instructions up to the end, want 1", n)
	}
}
