package rpc_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hestia/chain/miner"
	"hestia/rpc"
)

var update = flag.Bool("update", false, "write the goldens anew")

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
		_, answer := s.post(t, request)
		out.WriteString(line + "\n" + strings.TrimSpace("<< "+answer) + "\n")
		if answer != "" && !json.Valid([]byte(answer)) {
			t.Errorf("%s is answered by what is not JSON: %q", request, answer)
		}
	}
	check(t, lines.Err())
	return out.Bytes()
}
