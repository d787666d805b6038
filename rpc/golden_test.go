package rpc_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/rpc"
)

var update = flag.Bool("update", false, "write the goldens anew")

// changing is what no script can hold, and what stands for it in answers, and in later requests for the last of its kind: the
// random id of a filter, a compressed state, a name of the process, a table of timings. $third is the third block as bytes and
// $hash the fourth's hash, so that a change of prices changes no request.
var changing = []struct {
	method  string // prefix
	pattern *regexp.Regexp
	name    string
}{
	{"eth_new", regexp.MustCompile(`0x[0-9a-f]{1,32}`), "$filter"},
	{"anvil_dumpState", regexp.MustCompile(`0x[0-9a-f]+`), "$state"},
	{"hardhat_dumpState", regexp.MustCompile(`0x[0-9a-f]+`), "$state"},
	{"anvil_metadata", regexp.MustCompile(`0x[0-9a-f]{64}`), "$instance"}, // the first there is
	{"debug_chaindbProperty", regexp.MustCompile(`Compactions[^"]+`), "$table"},
}

// Each script is a conversation with a fresh node of five blocks: a line ">> " is sent as it is, and the line "<< " after it
// is the answer. Other lines are comments.
func TestGoldenScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txt")
	check(t, err)
	if len(scripts) == 0 {
		t.Fatal("no script in testdata")
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(script)
			check(t, err)
			s := start(t, miner.Instant, rpc.Config{Version: "Hestia/test"})
			s.populate(t)
			got := s.play(t, want)
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

// play sends a script's requests and returns the script with the answers the node gives now.
func (s *server) play(t *testing.T, script []byte) []byte {
	var out bytes.Buffer
	third, err := rlp.EncodeToBytes(s.chain.BlockByNumber(3))
	check(t, err)
	held := map[string]string{"$third": hexutil.Encode(third), "$hash": s.chain.BlockByNumber(4).Hash().Hex()}
	lines := bufio.NewScanner(bytes.NewReader(script))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		request, isRequest := strings.CutPrefix(line, ">> ")
		switch {
		case strings.HasPrefix(line, "<<"):
			continue
		case !isRequest:
			out.WriteString(line + "\n")
			continue
		}
		answer := s.exchange(t, request, held)
		out.WriteString(line + "\n" + strings.TrimSpace("<< "+answer) + "\n")
		if answer != "" && !json.Valid([]byte(answer)) {
			t.Errorf("%s is answered by what is not JSON: %q", request, answer)
		}
	}
	check(t, lines.Err())
	return out.Bytes()
}

// exchange sends a request and returns its answer, both by the names in a script; held are what they stand for.
func (s *server) exchange(t *testing.T, request string, held map[string]string) string {
	sent := request
	for name, value := range held {
		sent = strings.ReplaceAll(sent, name, value)
	}
	_, answer := s.post(t, sent)
	for _, c := range changing {
		if strings.Contains(request, `"method":"`+c.method) && strings.Contains(answer, `"result"`) {
			held[c.name] = c.pattern.FindString(answer)
		}
	}
	for name, value := range held {
		answer = strings.ReplaceAll(answer, value, name)
	}
	return answer
}
