package tests

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hestia/internal/wat"
)

// attacked is a binary to attack in place of the one that is built here, to compare with.
var attacked = flag.String("attacked", "", "path of a hestia binary to attack; empty = build it")

// What an attack may leave: the time of an answer, memory, and the time of an end.
const (
	answerTime = 100 * time.Millisecond
	keptBytes  = 50 << 20
	peakBytes  = 1500 << 20
	endTime    = 2 * time.Second
)

// victim is a node in a process of its own.
type victim struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
	ipc string
}

// begin starts a node to attack.
func begin(t *testing.T, binary string) *victim {
	t.Helper()
	v := &victim{t: t, ipc: t.TempDir() + "/ipc"}
	p := startProcess(t, binary, "--ipc", v.ipc)
	p.client.Close()
	v.cmd, v.url = p.cmd, p.url
	return v
}

// ask sends a request over a connection of its own and returns the answer, empty if there is none within the time.
func (v *victim) ask(method, params string, limit time.Duration) string {
	client := http.Client{Timeout: limit, Transport: &http.Transport{DisableKeepAlives: true}}
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params)
	response, err := client.Post(v.url, "application/json", strings.NewReader(body))
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return ""
	}
	return string(answer)
}

// atOnce sends a request so many times at once and returns an answer.
func (v *victim) atOnce(n int, method, params string, limit time.Duration) (answer string) {
	var all sync.WaitGroup
	var mu sync.Mutex
	for range n {
		all.Go(func() {
			text := v.ask(method, params, limit)
			mu.Lock()
			defer mu.Unlock()
			if answer == "" {
				answer = text
			}
		})
	}
	all.Wait()
	return answer
}

// must sends a request that is no attack.
func (v *victim) must(method string, params ...any) json.RawMessage {
	v.t.Helper()
	text, err := json.Marshal(params)
	check(v.t, err)
	var answer struct{ Result, Error json.RawMessage }
	check(v.t, json.Unmarshal([]byte(v.ask(method, string(text), time.Minute)), &answer))
	if answer.Error != nil {
		v.t.Fatalf("%s: %s", method, answer.Error)
	}
	return answer.Result
}

// code gives an account code.
func (v *victim) code(address, text string) {
	v.t.Helper()
	v.must("anvil_setCode", address, "0x"+fmt.Sprintf("%x", wat.Assemble(v.t, text)))
}

// memory returns a line of /proc/pid/status in bytes: VmRSS is the memory now, VmHWM the most there was.
func (v *victim) memory(line string) int {
	v.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	if err != nil {
		v.t.Skip(err)
	}
	found := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		return 0
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	check(v.t, err)
	return kilobytes << 10
}

// answers reports how long eth_blockNumber takes at best of some tries.
func (v *victim) answers() time.Duration {
	best := time.Hour
	for begun := time.Now(); time.Since(begun) < 20*answerTime ||
		best == time.Hour && time.Since(begun) < time.Minute; {
		began := time.Now()
		if v.ask("eth_blockNumber", "[]", 35*time.Second) != "" {
			best = min(best, time.Since(began))
		}
		if best < answerTime {
			break
		}
		time.Sleep(answerTime)
	}
	return best
}

// settles waits until the memory is near what it was, and returns what is too much.
func (v *victim) settles(before int) int {
	over := 0
	for range 60 {
		if over = v.memory("VmRSS") - before - keptBytes; over <= 0 {
			return 0
		}
		time.Sleep(answerTime)
	}
	return over
}

// end asks the node to end and returns how long that took.
func (v *victim) end() time.Duration {
	began := time.Now()
	check(v.t, v.cmd.Process.Signal(syscall.SIGTERM))
	ended := make(chan struct{})
	go func() { _ = v.cmd.Wait(); close(ended) }() // how it ended does not matter
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = v.cmd.Process.Kill()
	}
	return time.Since(began)
}

// attackCase is a pattern of requests.
type attackCase struct {
	prepare func(v *victim)        // what the memory is measured after; may be nil
	attack  func(v *victim) string // returns an answer
	want    string                 // in the answer
}

// TestNoRequestTakesTheNode makes every attack on a fresh node. Then the node answers at once, has given its memory
// back and ends when it is told to. With -siege there are more of each.
func TestNoRequestTakesTheNode(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a node for each attack")
	}
	binary := *attacked
	if binary == "" {
		binary = buildHestia(t)
	}
	for name, c := range attacks() {
		t.Run(name, func(t *testing.T) {
			v := begin(t, binary)
			if c.prepare != nil {
				c.prepare(v)
			}
			before := v.memory("VmRSS")
			began := time.Now()
			answer := c.attack(v)
			took := time.Since(began)
			latency := v.answers()
			over, peak := v.settles(before), v.memory("VmHWM")
			ended := v.end()
			t.Logf("%v, peak %d MB, answers in %v, %d MB too much, ends in %v: %.120s",
				took.Round(time.Millisecond), peak>>20, latency.Round(time.Millisecond), over>>20,
				ended.Round(time.Millisecond), answer)
			if !strings.Contains(answer, c.want) {
				t.Errorf("the answer is %.300q, not one with %q", answer, c.want)
			}
			if latency > answerTime || over > 0 || peak > peakBytes || ended > endTime {
				t.Errorf("the node does not hold: see the line above")
			}
		})
	}
}

// times returns few in the gate and many in a siege.
func times(few, many int) int {
	if *siege > 0 {
		return many
	}
	return few
}

// TestALowLimitOfAddressesIsToldAtTheStart starts a node with less address space than it needs.
func TestALowLimitOfAddressesIsToldAtTheStart(t *testing.T) {
	binary := buildHestia(t)
	shell := exec.Command("sh", "-c", "ulimit -v 16000000 && exec "+binary+" devnet --port 0")
	out := new(bytes.Buffer)
	shell.Stdout, shell.Stderr = out, out
	if err := shell.Run(); err == nil || !strings.Contains(out.String(), "address space") ||
		!strings.Contains(out.String(), "15625 MiB") {
		t.Errorf("%v: %s", err, out)
	}
}

// silent opens connections over which nothing is said.
func silent(v *victim, n int, network, address string, hello string) string {
	for range n {
		conn, err := net.DialTimeout(network, address, 5*time.Second)
		if err != nil {
			return err.Error()
		}
		v.t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, hello); err != nil {
			return err.Error()
		}
	}
	return ""
}
