//go:build linux

package calibrate

import (
	"math/rand/v2"
	"slices"
)

// The operations that steps choose from.
var (
	binaries = []string{
		"i64.add", "i64.sub", "i64.mul", "i64.and", "i64.or", "i64.xor", "i64.shl", "i64.shr_s", "i64.shr_u",
		"i64.rotl",
		"i64.rotr",
	}
	divisions = []string{"i64.div_u", "i64.rem_u"}
	unaries   = []string{
		"i64.clz", "i64.ctz", "i64.popcnt", "i64.extend8_s", "i64.extend16_s", "i64.extend32_s",
	}
	comparisons = []string{"i64.eq", "i64.ne", "i64.lt_s", "i64.lt_u", "i64.gt_s", "i64.ge_u", "i64.le_s"}
	loadNames   = []string{"i64.load", "i64.load8_u", "i64.load16_s", "i64.load32_u", "i64.load32_s"}
	storeNames  = []string{"i64.store", "i64.store8", "i64.store16", "i64.store32"}
)

// kinds are what steps do; arithmetic and memory stand there more often.
var kinds = []kind{
	doBinary, doBinary, doBinary, doBinary, doConstant, doUnary, doCompare, doNext, doWalk, doChase, doLoad, doLoad,
	doStore,
	doStore, doStore, doForward, doCoin, doTable, doSelect, doGlobal, doCall, doIndirect, doSpin, doLabels,
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// randomBait makes a bait of a few steps over a few locals.
func randomBait(r *rand.Rand) bait {
	b := bait{Copies: 1 << r.IntN(9), End: ending(r.IntN(int(endings)))}
	b.resize(r)
	for range 1 + r.IntN(4) {
		b.Steps = append(b.Steps, b.randomStep(r))
	}
	return b
}

// resize chooses the memory: mostly little, sometimes what a module may have at near prices, or at far ones.
func (b *bait) resize(r *rand.Rand) {
	b.Bits = pick(r, []int{15, 15, 15, 16, 18, 20, 21, 22, 25})
	b.Pages = max(1, 1<<b.Bits>>16)
	b.Grain = pick(r, []int{6, 6, 7, 12})
}

func (b *bait) randomStep(r *rand.Rand) step {
	few := 1 + r.IntN(3) // so that values meet
	s := step{Kind: pick(r, kinds), D: r.IntN(few), L: r.IntN(few), R: r.IntN(few)}
	switch s.Kind {
	case doBinary:
		if s.Op = pick(r, binaries); r.IntN(12) == 0 {
			s.Op = pick(r, divisions)
		}
	case doConstant:
		s.Op, s.N = pick(r, binaries), pick(r, []int64{0, 1, -1, 3, 23, 64, 255, 1 << 40, r.Int64()})
	case doUnary:
		s.Op = pick(r, unaries)
	case doCompare:
		s.Op = pick(r, comparisons)
	case doWalk:
		s.N = pick(r, []int64{1, 8, 63, 64, 4096, 4160})
	case doLoad, doStore, doForward:
		s.place(r, b)
	case doTable:
		s.N = 1 << (1 + r.IntN(5))
	case doSpin:
		s.N = int64(1 + r.IntN(9))
	case doLabels:
		s.N = int64(1 + r.IntN(3))
	}
	return s
}

// place chooses where a load or store goes: at one place, along memory, or at random; aligned or not.
func (s *step) place(r *rand.Rand, b *bait) {
	s.Op = pick(r, storeNames)
	if s.Kind == doLoad {
		s.Op = pick(r, loadNames)
	}
	s.N = pick(r, []int64{4096, 4093, 4089, 4157, 4160, 8192, int64(r.IntN(8192))})
	s.Stride = pick(r, []int64{0, 1, 8, 60, 64, 4096, 4160, 4096 * 397, 4160 * 397})
	if s.L = addresses - 1; r.IntN(2) == 0 { // the local that is always zero, or a random one
		s.L, s.Masked = 0, true
		s.N, s.Stride = s.N%8192, min(s.Stride, 8)
	}
}

// changed is a bait with one thing different.
func (b *bait) changed(r *rand.Rand) bait {
	n := *b
	n.Name, n.Most, n.Steps = "", 0, slices.Clone(b.Steps)
	at := 0
	if len(n.Steps) > 0 {
		at = r.IntN(len(n.Steps))
	}
	switch r.IntN(9) {
	case 0:
		n.resize(r)
	case 1:
		n.Copies = max(1, min(2*n.Copies, 1<<10/max(1, len(n.Steps))))
	case 2:
		n.Copies = max(1, n.Copies/2)
	case 3:
		n.End = ending(r.IntN(int(endings)))
	case 4:
		if len(n.Steps) > 1 {
			n.Steps = slices.Delete(n.Steps, at, at+1)
		}
	case 5, 6:
		if len(n.Steps) < 12 {
			n.Steps = slices.Insert(n.Steps, at, n.randomStep(r))
		}
	case 7:
		if len(n.Steps) > 0 {
			s := &n.Steps[at]
			s.D, s.L, s.R = r.IntN(3), r.IntN(3), r.IntN(3)
			if s.Kind == doLoad || s.Kind == doStore || s.Kind == doForward {
				s.place(r, &n)
			}
		}
	default:
		if len(n.Steps) > 0 {
			n.Steps[at] = n.randomStep(r)
		}
	}
	return n
}
