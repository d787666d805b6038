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
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sys/unix"

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
				ours, theirs = min(ours, timed(b, k, hestia, ownThread)), min(theirs, timed(b, k, geth, ownThread))
			}
			b.ReportMetric(float64(ours), "best-ns/op")
			b.ReportMetric(float64(theirs)/float64(ours), "times-geth")
		})
	}
}

// clock tells how much of some time has passed. Processor time is what busy neighbours do not add to.
type clock func() time.Duration

// ownThread is the processor time of this thread, which the caller has locked.
func ownThread() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// process is the processor time of another process, all its threads that live.
func process(t *testing.T, id int) clock {
	return func() (sum time.Duration) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", id))
		if err != nil || len(threads) == 0 {
			t.Fatal("no threads to measure: ", err)
		}
		for _, thread := range threads {
			text, err := os.ReadFile(thread)
			if err != nil {
				continue // it has just ended
			}
			var nanoseconds int64
			fmt.Sscan(string(text), &nanoseconds)
			sum += time.Duration(nanoseconds)
		}
		return sum
	}
}

var began = time.Now()

func wall() time.Duration { return time.Since(began) }

// timed is what a task takes, once.
func timed(t testing.TB, k task, who contender, passed clock) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times, start := 0, passed()
	for began := time.Now(); times == 0 || time.Since(began) < time.Millisecond; times++ {
		if _, err := who(k); err != nil {
			t.Fatal(err)
		}
	}
	return (passed() - start) / time.Duration(times)
}

// measured is a contender and the time that counts for it.
type measured struct {
	contender
	clock
}

// best is the least of several measurements for each, taken by turns.
func best(t *testing.T, k task, who ...measured) []time.Duration {
	t.Helper()
	least := make([]time.Duration, len(who))
	for i := range least {
		least[i] = math.MaxInt64
	}
	for range rounds {
		for i, m := range who {
			for end := time.Now().Add(leastTime); ; {
				least[i] = min(least[i], timed(t, k, m.contender, m.clock))
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
		call := map[string]any{
			"from": caller, "to": k.target, "data": hexutil.Bytes(k.input), "gas": hexutil.Uint64(plenty),
		}
		err := client.CallContext(context.Background(), &output, "eth_call", call, "latest")
		return output, err
	}
}

// startAnvil starts anvil on a free port and returns where it answers and its process.
func startAnvil(t *testing.T) (url string, id int) {
	t.Helper()
	command := exec.Command(
		*anvil, "--port", "0", "--gas-limit", fmt.Sprint(uint64(1<<40)), "--code-size-limit", "1000000",
	)
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
				for lines.Scan() { // it must not wait for its reader
				}
			}()
			return "http://" + found[1], command.Process.Pid
		}
	}
	t.Fatal("anvil does not say where it listens")
	return "", 0
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
	url, id := startAnvil(t)
	anvilCall := overRPC(t, url, func(b binary) []byte { return b.evm })
	engine, interpreter := measured{hestia, ownThread}, measured{geth, ownThread}
	var out strings.Builder
	out.WriteString(preface)
	for _, k := range tasks() {
		same(t, k, hestia, geth, nodeCall, anvilCall)
		if k.target == kernels {
			d := best(t, k, engine, interpreter, measured{anvilCall, process(t, id)})
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %.1f | %.1f |\n",
				k.name, k.bits(), shown(d[0]), shown(d[1]), shown(d[2]), ratio(d[1], d[0]), ratio(d[2], d[0]))
		}
	}
	out.WriteString(tokenPreface)
	for _, k := range tasks() {
		if k.target == token {
			d := best(t, k, engine, interpreter, measured{nodeCall, wall}, measured{anvilCall, wall})
			fmt.Fprintf(&out, "| %s | %s | %s | %.1f | %s | %s | %.1f |\n", k.name, shown(d[0]), shown(d[1]), ratio(
				d[1], d[0],
			),
				shown(d[2]), shown(d[3]), ratio(d[3], d[2]))
		}
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

// bits says which arithmetic a task is about.
func (k task) bits() string {
	if k.wide {
		return "256"
	}
	return "32/64"
}

func ratio(theirs, ours time.Duration) float64 { return float64(theirs) / float64(ours) }

func shown(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.1f us", float64(d)/1e3)
	}
	return fmt.Sprintf("%.2f ms", float64(d)/1e6)
}
