//go:build linux

package calibrate

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// figure is a measured time in reference nanoseconds, and between which bounds it lies with a probability of 95 %.
type figure struct {
	name          string
	at, low, high float64
}

// samples are times of one thing, in any order. Other work on the machine makes them longer, never shorter, and a busy
// neighbour in the same core makes a share of them much longer, so that their lower quartile is what is reported.
type samples []float64

// figure is the lower quartile of samples, between its order statistics.
func (s samples) figure(name string) figure {
	sorted := slices.Sorted(slices.Values(s))
	const quantile = 0.25
	n := float64(len(sorted))
	spread := 1.96 * math.Sqrt(n*quantile*(1-quantile))
	at := func(rank float64) float64 { return sorted[int(min(max(rank, 0), n-1))] }
	return figure{name, at(n * quantile), at(n*quantile - spread), at(n*quantile + spread)}
}

// minus is the difference of two figures, as uncertain as both.
func (f figure) minus(other figure) figure {
	return figure{f.name, f.at - other.at, f.low - other.high, f.high - other.low}
}

// by divides a figure.
func (f figure) by(n float64) figure { return figure{f.name, f.at / n, f.low / n, f.high / n} }

// Kinds of figures, which open their names in the file.
const (
	dependent   = "dependent"
	independent = "independent"
	situation   = "instance"
	kernelTime  = "kernel"
	hostTime    = "host"
	stepTime    = "step"
)

const measuredFile = "testdata/measured.tsv"

func writeFigures(t testing.TB, all []figure) { addFigures(t, "", all) }

// addFigures writes figures behind those of a text.
func addFigures(t testing.TB, before string, all []figure) {
	t.Helper()
	var text strings.Builder
	text.WriteString(before)
	for _, f := range all {
		fmt.Fprintf(&text, "%s\t%.3f\t%.3f\t%.3f\n", f.name, f.at, f.low, f.high)
	}
	must(t, os.WriteFile(measuredFile, []byte(text.String()), 0o644))
}

// figureLines returns what was measured as it is written.
func figureLines(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(measuredFile)
	must(t, err)
	return string(text)
}

// readFigures returns what was measured, by kind and name.
func readFigures(t testing.TB) map[string]figure {
	t.Helper()
	file, err := os.Open(measuredFile)
	must(t, err)
	defer file.Close()
	all := map[string]figure{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 4 {
			t.Fatalf("%s: %q is not a figure", measuredFile, lines.Text())
		}
		var numbers [3]float64
		for i := range numbers {
			numbers[i], err = strconv.ParseFloat(fields[i+1], 64)
			must(t, err)
		}
		all[fields[0]] = figure{fields[0], numbers[0], numbers[1], numbers[2]}
	}
	return all
}

// measureProbes times all probes, one round after the other, so that what disturbs the machine for a while disturbs a
// part of each and not one of them. The first figure is the step's. Probes that are known are left out.
func measureProbes(t *testing.T, known map[string]figure) []figure {
	c := newClock(t)
	var contests []*contest
	for i := range probes {
		p := &probes[i]
		_, waits := known[dependent+" "+p.name]
		if _, apart := known[independent+" "+p.name]; waits || apart {
			continue
		}
		if p.dependent.step != "" {
			contests = append(contests, newContest(t, p, dependent, p.dependent, 1))
		}
		if p.independent.step != "" {
			contests = append(contests, newContest(t, p, independent, p.independent, 4))
		}
	}
	for range *rounds {
		for _, k := range contests {
			k.round(t, c)
		}
	}
	all := []figure{c.nanos.figure(stepTime)}
	for _, k := range contests {
		all = append(all, k.figure())
	}
	return all
}

// contest is a probe in one of its ways.
type contest struct {
	name       string
	with, less *program
	took, rest samples
}

func newContest(t testing.TB, p *probe, kind string, code pair, accumulators int) *contest {
	t.Helper()
	k := &contest{
		name: kind + " " + p.name, with: newProgram(t, p, code.step, accumulators),
		less: newProgram(t, p, code.less, accumulators),
	}
	k.with.settle(t)
	k.less.n = k.with.n
	return k
}

func (k *contest) round(t testing.TB, c *clock) {
	rate := c.rate(t)
	k.took = append(k.took, rate*k.with.warmTime(t))
	k.rest = append(k.rest, rate*k.less.warmTime(t))
}

func (k *contest) figure() figure {
	return k.took.figure(k.name).minus(k.rest.figure("")).by(k.with.units())
}

// warmTime is the time of a run that directly follows another, or what is to go before each.
func (g *program) warmTime(t testing.TB) float64 {
	switch {
	case g.probe.once:
		g.renew(t)
	case g.probe.sweeps:
		_, err := g.sweep.Call(g.store)
		must(t, err)
	default:
		g.time(t)
	}
	return g.time(t)
}
