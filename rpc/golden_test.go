package rpc_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

// changing is what no script can hold, and what stands for it in answers, and in later requests for the last of its
// kind: the random id of a filter or a subscription, a compressed state, a name of the process, a table of timings.
// $third is the third block as bytes and $hash the fourth's hash, so that a change of prices changes no request.
var changing = []struct {
	method  string // prefix
	pattern *regexp.Regexp
	name    string
}{
	{"eth_subscribe", regexp.MustCompile(`0x[0-9a-f]{1,32}`), "$subscription"},
	{"eth_new", regexp.MustCompile(`0x[0-9a-f]{1,32}`), "$filter"},
	{"anvil_dumpState", regexp.MustCompile(`0x[0-9a-f]+`), "$state"},
	{"hardhat_dumpState", regexp.MustCompile(`0x[0-9a-f]+`), "$state"},
	{"anvil_metadata", regexp.MustCompile(`0x[0-9a-f]{64}`), "$instance"}, // the first there is
	{"debug_chaindbProperty", regexp.MustCompile(`Compactions[^"]+`), "$table"},
}

// scripts are all conversations; settings say how those of a folder are played.
func scripts(t *testing.T) []string {
	t.Helper()
	var all []string
	for folder := range settings {
		some, err := filepath.Glob(filepath.Join(folder, "*.txt"))
		check(t, err)
		if len(some) == 0 {
			t.Fatalf("no script in %s", folder)
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	return all
}

// Each script is a conversation with a fresh node of five blocks: a line ">> " is sent as it is, and the line "<< "
// after it is the answer; with a number after ">>" it is sent so many times, and the last answer shown. A line "<-" is
// what is pushed. Other lines are comments.
func TestGoldenScripts(t *testing.T) {
	for _, script := range scripts(t) {
		t.Run(strings.TrimSuffix(script, ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(script)
			check(t, err)
			s, over := settings[filepath.Dir(script)].serve(t)
			got := s.play(t, want, over)
			if *update {
				check(t, os.WriteFile(script, got, 0o644))
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("run with -update if this is meant (-golden +now):\n%s", diff)
			}
		})
	}
}

// What is asked over HTTP is answered alike on connections that stay, but for what belongs to a transport: subscribing,
// and what is not JSON, which ends a connection.
func TestScriptsAreAnsweredAlikeOnEveryTransport(t *testing.T) {
	for _, script := range scripts(t) {
		if filepath.Dir(script) != "testdata" {
			continue
		}
		text, err := os.ReadFile(script)
		check(t, err)
		for _, folder := range []string{"testdata/ws", "testdata/ipc"} {
			t.Run(filepath.Base(folder)+"/"+filepath.Base(script), func(t *testing.T) {
				want := withoutTransportsOwn(string(text))
				s, over := settings[folder].serve(t)
				got := string(s.play(t, []byte(want), over))
				if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
					t.Errorf("(-HTTP +here):\n%s", diff)
				}
			})
		}
	}
}

// withoutTransportsOwn leaves exchanges out of a script that no two transports need have alike.
func withoutTransportsOwn(script string) string {
	var kept []string
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "<< ") &&
			(strings.Contains(line, `"code":-32700`) || strings.Contains(kept[len(kept)-1], "subscribe\"")) {
			kept = kept[:len(kept)-1]
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "")
}

// repeated is what stands for a list in a request, and joined for a long text: <3:x> is x,x,x and <3*x> is xxx.
var repeated = regexp.MustCompile(`<(\d+)([:*])([^>]*)>`)

func written(request string) string {
	return repeated.ReplaceAllStringFunc(request, func(short string) string {
		parts := repeated.FindStringSubmatch(short)
		times, _ := strconv.Atoi(parts[1]) // digits
		if parts[2] == "*" {
			return strings.Repeat(parts[3], times)
		}
		return strings.TrimSuffix(strings.Repeat(parts[3]+",", times), ",")
	})
}

// asking is a line of a script that asks.
var asking = regexp.MustCompile(`^>>(\d*) (.*)$`)

// play sends a script's requests and returns the script with the answers the node gives now.
func (s *server) play(t *testing.T, script []byte, over transport) []byte {
	var out bytes.Buffer
	third, err := rlp.EncodeToBytes(s.chain.BlockByNumber(3))
	check(t, err)
	held := map[string]string{"$third": hexutil.Encode(third), "$hash": s.chain.BlockByNumber(4).Hash().Hex()}
	lines := bufio.NewScanner(bytes.NewReader(script))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if asked := asking.FindStringSubmatch(line); asked != nil {
			times, _ := strconv.Atoi(asked[1]) // none is once
			var said string
			for range max(times, 1) {
				said = answer(t, over, asked[2], held)
			}
			out.WriteString(line + "\n" + strings.TrimSpace("<< "+said) + "\n")
		} else if strings.HasPrefix(line, "<-") {
			out.WriteString("<- " + named(over.pushed(t), held) + "\n")
		} else if !strings.HasPrefix(line, "<<") {
			out.WriteString(line + "\n")
		}
	}
	check(t, lines.Err())
	return out.Bytes()
}

// answer sends a request and returns its answer, both by the names in a script; held are what they stand for.
func answer(t *testing.T, over transport, request string, held map[string]string) string {
	sent := written(request)
	for name, value := range held {
		sent = strings.ReplaceAll(sent, name, value)
	}
	said := over.ask(t, sent)
	if said != "" && !json.Valid([]byte(said)) {
		t.Errorf("%s is answered by what is not JSON: %q", request, said)
	}
	for _, c := range changing {
		if strings.Contains(request, `"method":"`+c.method) && strings.Contains(said, `"result"`) {
			held[c.name] = c.pattern.FindString(said)
		}
	}
	return named(said, held)
}

// named has names for what they stand for.
func named(text string, held map[string]string) string {
	for name, value := range held {
		text = strings.ReplaceAll(text, value, name)
	}
	return text
}
