package limits
import ("testing";"os";"fmt";"path/filepath";"hestia/gas";"hestia/gas/admit";"hestia/internal/wasm";"time";"crypto/sha256";"encoding/binary";"slices")
func TestZZ(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("FILES"))
	s := *gas.Development()
	s.Limits.Module.CompileTime = 60_000_000_000
	s.Limits.Module.CompilePerKB = 60_000_000_000
	for _, f := range files {
		code, _ := os.ReadFile(f)
		m, err := wasm.Decode(code)
		if err != nil { t.Fatal(err) }
		code = adopted(m)
		_, counts, err := admit.Module(code, &s)
		if err != nil { fmt.Println(f, err); continue }
		est := time.Duration(s.Compile.Estimate(counts))
		best := time.Hour
		for try := range 2 {
			rate := reference(t)
			before := processor(t)
			h := sha256.Sum256(binary.LittleEndian.AppendUint64(slices.Clone(code), uint64(try)))
			if err := engine.Prepare(code, h, &s, nil); err != nil { t.Fatal(f, err) }
			best = min(best, time.Duration(float64(processor(t)-before)*rate))
			if best < 50*time.Millisecond { continue }
		}
		fmt.Printf("%-30s %8d B est %v took %v ratio %.2f\n", filepath.Base(f), len(code), est.Round(time.Millisecond/10), best.Round(time.Millisecond/10), float64(est)/float64(best))
		if os.Getenv("COUNTS") != "" {
			for i, n := range counts { fmt.Printf("   %d: %d x %d = %.1f%%\n", i, n, s.Compile[i], 100*float64(n)*float64(s.Compile[i])/float64(est)) }
		}
	}
}
func TestZZS(t *testing.T) {
	for _, s := range floatShapes() {
		n := most(200_000, func(n int) bool { return s.accepted(pushed{n, 1, 1}) })
		for _, p := range []pushed{{n/8+1, 1, 1}, {n, 1, 1}} {
			code := s.code(p)
			_, counts, err := admit.Module(code, gas.Default())
			if err != nil { t.Fatal(err) }
			est := time.Duration(gas.Default().Compile.Estimate(counts))
			best := time.Hour
			for try := range 2 {
				rate := reference(t)
				before := processor(t)
				h := sha256.Sum256(binary.LittleEndian.AppendUint64(slices.Clone(code), uint64(try)))
				if err := engine.Prepare(code, h, gas.Default(), nil); err != nil { t.Fatal(s.name, err) }
				best = min(best, time.Duration(float64(processor(t)-before)*rate))
			}
			fmt.Printf("%-36s %6d %8d B est %v took %v ratio %.2f per %.1fus\n", s.name, p.a, len(code), est.Round(time.Millisecond/10), best.Round(time.Millisecond/10), float64(est)/float64(best), float64(best.Microseconds())/float64(p.a))
		}
	}
}
