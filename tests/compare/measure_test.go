package compare

import (
	"bufio"
	"context"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/node"
)

var (
	anvil    = flag.String("anvil", "", "measure, with this anvil, and write the document")
	document = "../../docs/compare.md"
)

// leastTime is how long a task is repeated for one measurement, and rounds how often each is measured; the best counts.
const (
	leastTime = 150 * time.Millisecond
	rounds    = 7
)

// BenchmarkAgainstGeth measures each task on the engine, and how many times longer geth's interpreter takes.
func BenchmarkAgainstGeth(b *testing.B) {
	hestia, geth := contenders(b)
	for _, k := range tasks() {
		b.Run("task="+strings.ReplaceAll(strings.ReplaceAll(k.name, ", ", "-"), " ", "-"), func(b *testing.B) {
			ours, theirs := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for b.Loop() {
				ours, theirs = min(ours, timed(b, k, hestia)), min(theirs, timed(b, k, geth))
			}
			b.ReportMetric(float64(ours), "best-ns/op")
			b.ReportMetric(float64(theirs)/float64(ours), "times-geth")
		})
	}
}

// timed is what a task takes, once.
func timed(t testing.TB, k task, who contender) time.Duration {
	t.Helper()
	times := 0
	start := time.Now()
	for ; times == 0 || time.Since(start) < time.Millisecond; times++ {
		if _, err := who(k); err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start) / time.Duration(times)
}

// best is the least of several measurements for each contender, taken by turns.
func best(t *testing.T, k task, who ...contender) []time.Duration {
	t.Helper()
	least := make([]time.Duration, len(who))
	for i := range least {
		least[i] = math.MaxInt64
	}
	for range rounds {
		for i, c := range who {
			for end := time.Now().Add(leastTime); ; {
				least[i] = min(least[i], timed(t, k, c))
				if time.Now().After(end) {
					break
				}
			}
		}
	}
	return least
}

// overRPC is a node that answers eth_call, with the binaries of its kind in its state.
func overRPC(t *testing.T, url string, kind func(binary) []byte) contender {
	t.Helper()
	client, err := gethrpc.Dial(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	do := func(method string, arguments ...any) {
		if err := client.Call(nil, method, arguments...); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
	}
	for _, b := range binaries(t) {
		do("anvil_setCode", b.at, hexutil.Bytes(kind(b)))
	}
	key, value := stored()
	do("anvil_setStorageAt", token, key, value)
	return func(k task) ([]byte, error) {
		var output hexutil.Bytes
		call := map[string]any{"from": caller, "to": k.target, "data": hexutil.Bytes(k.input), "gas": hexutil.Uint64(plenty)}
		err := client.CallContext(context.Background(), &output, "eth_call", call, "latest")
		return output, err
	}
}

// startAnvil starts anvil on a free port and returns where it answers.
func startAnvil(t *testing.T) string {
	t.Helper()
	command := exec.Command(*anvil, "--port", "0", "--gas-limit", fmt.Sprint(uint64(1<<40)), "--code-size-limit", "1000000")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	listening := regexp.MustCompile(`Listening on (\S+)`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			go func() {
				for lines.Scan() { // it must not wait for who reads it
				}
			}()
			return "http://" + found[1]
		}
	}
	t.Fatal("anvil does not say where it listens")
	return ""
}

func TestMeasure(t *testing.T) {
	if *anvil == "" {
		t.Skip("measures with -anvil: make compare")
	}
	hestia, geth := contenders(t)
	ours, err := node.Start(node.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close() })
	nodeCall := overRPC(t, ours.URL(), func(b binary) []byte { return b.wasm })
	anvilCall := overRPC(t, startAnvil(t), func(b binary) []byte { return b.evm })
	var out strings.Builder
	out.WriteString(preface)
	for _, k := range tasks() {
		same(t, k, hestia, geth, nodeCall, anvilCall)
		d := best(t, k, hestia, geth, nodeCall, anvilCall)
		kind := "32/64"
		if k.wide {
			kind = "256"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %.1f | %s | %s | %.1f |\n", k.name, kind,
			shown(d[0]), shown(d[1]), ratio(d[1], d[0]), shown(d[2]), shown(d[3]), ratio(d[3], d[2]))
	}
	fmt.Print(out.String())
	if err := os.WriteFile(document, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// same holds the contenders to one result.
func same(t *testing.T, k task, who ...contender) {
	t.Helper()
	var first string
	for i, c := range who {
		output, err := c(k)
		if err != nil {
			t.Fatalf("%s: contender %d: %v", k.name, i, err)
		}
		if text := hex.EncodeToString(output); i == 0 {
			first = text
		} else if text != first {
			t.Fatalf("%s: contender %d gives %s, not %s", k.name, i, text, first)
		}
	}
}

func ratio(theirs, ours time.Duration) float64 { return float64(theirs) / float64(ours) }

func shown(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.1f us", float64(d)/1e3)
	}
	return fmt.Sprintf("%.2f ms", float64(d)/1e6)
}
