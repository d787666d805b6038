// Package rivals measures a built Hestia beside anvil and Hardhat, all in one run and with one load generator: HTTP
// with keep-alive on the loopback interface. Run it with make rivals; docs/rivals.md keeps a table it printed.
package rivals

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	binary = flag.String("hestia", "", "the built program to measure; without it nothing is measured")
	rounds = flag.Int("rounds", 3, "how often everything is measured; the best counts")
)

// cycles is how many snapshots are taken and gone back to.
const cycles = 2000

// measure is a figure of a devnet. What is a rate is better when it is higher, what is a time when it is lower.
type measure struct {
	name  string
	lower bool
	of    func(t *testing.T, d *devnet) float64
}

var measures = []measure{
	{"start to first answer, ms", true, func(_ *testing.T, d *devnet) float64 { return d.started }},
	{"resident memory when idle, MB", true, func(t *testing.T, d *devnet) float64 { return d.memory(t) }},
	{"empty blocks/s (evm_mine)", false, func(t *testing.T, d *devnet) float64 { return d.rate(t, 1, d.mine) }},
	{"eth_getBalance/s, 1 client", false, func(t *testing.T, d *devnet) float64 { return d.rate(t, 1, d.balance) }},
	{
		"eth_getBalance/s, 16 clients", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, clients, d.balance) },
	},
	{
		"eth_call of balanceOf/s, 1 client", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, 1, d.balanceOf) },
	},
	{
		"eth_call of balanceOf/s, 16 clients", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, clients, d.balanceOf) },
	},
	{"transfers of ether/s, 1 client", false, func(t *testing.T, d *devnet) float64 { return d.rate(t, 1, d.pay) }},
	{
		"transfers of ether/s, 16 clients", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, clients, d.pay) },
	},
	{
		"transfers of a token/s, 1 client", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, 1, d.transfer) },
	},
	{
		"transfers of a token/s, 16 clients", false,
		func(t *testing.T, d *devnet) float64 { return d.rate(t, clients, d.transfer) },
	},
	{
		"deployment of the token, ms", true,
		func(t *testing.T, d *devnet) float64 { return 1000 / d.rate(t, 1, d.deploy) },
	},
}

const cycleName = "snapshot + transaction + revert, ms"

func TestBesideOtherDevnets(t *testing.T) {
	if *binary == "" {
		t.Skip("measures; run it with make rivals")
	}
	names := []string{"hestia", "anvil", "hardhat"}
	best := make(map[string][]float64, len(names))
	for range *rounds {
		for _, name := range names {
			d := start(t, name)
			figures := make([]float64, len(measures))
			for i, m := range measures {
				figures[i] = m.of(t, d)
			}
			d.stop()
			best[name] = better(best[name], figures)
		}
	}
	cycle := make(map[string]float64, len(names))
	for _, name := range names {
		d := start(t, name)
		began := time.Now()
		for range cycles {
			d.cycle(t)
		}
		cycle[name] = float64(time.Since(began).Microseconds()) / 1000 / cycles
		d.stop()
	}

	var table strings.Builder
	table.WriteString(
		"| | Hestia | anvil | Hardhat | as good as anvil | as good as Hardhat |\n|---|---|---|---|---|---|\n",
	)
	for i, m := range measures {
		table.WriteString(row(m.name, m.lower, best["hestia"][i], best["anvil"][i], best["hardhat"][i]))
	}
	table.WriteString(row(cycleName, true, cycle["hestia"], cycle["anvil"], cycle["hardhat"]))
	t.Log("\n" + table.String())
	if cycle["hestia"] > cycle["hardhat"] {
		t.Errorf(
			"a cycle of snapshot, transaction and revert takes %.2f ms, with Hardhat %.2f", cycle["hestia"],
			cycle["hardhat"],
		)
	}
}

// better takes the best of each figure.
func better(old, now []float64) []float64 {
	if old == nil {
		return now
	}
	merged := slices.Clone(now)
	for i, m := range measures {
		if m.lower {
			merged[i] = min(old[i], now[i])
		} else {
			merged[i] = max(old[i], now[i])
		}
	}
	return merged
}

// row is a line of the table, with how many times as good Hestia is.
func row(name string, lower bool, hestia, anvil, hardhat float64) string {
	times := func(other float64) float64 {
		if lower {
			return other / hestia
		}
		return hestia / other
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %.2f | %.2f |\n",
		name, digits(hestia), digits(anvil), digits(hardhat), times(anvil), times(hardhat))
}

// digits writes a figure with as many digits as mean something.
func digits(f float64) string {
	switch {
	case f < 10:
		return fmt.Sprintf("%.2f", f)
	case f < 100:
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.0f", f)
}
