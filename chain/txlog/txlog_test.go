package txlog

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"hestia/chain"
	"hestia/contracts"
	"hestia/iface/abi"
)

// stuck is a terminal that takes nothing until it is let go.
type stuck struct {
	free chan struct{}
	mu   sync.Mutex
	text strings.Builder
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func TestATerminalThatHangsNeverHoldsUpABlock(t *testing.T) {
	w := &stuck{free: make(chan struct{})}
	l := New(w, Options{Level: Info})
	begun := time.Now()
	for range 2 * queuedLines {
		l.print("line")
	}
	l.Close(10 * time.Millisecond)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("printing to a terminal that hangs took %v", took)
	}
	l.print("after the end")
	close(w.free)
	<-l.done
	if lines := strings.Count(w.text.String(), "line\n"); lines < queuedLines || lines > queuedLines+1 {
		t.Errorf("%d lines were kept, want about %d", lines, queuedLines)
	}
}

func TestDroppedLinesAreCounted(t *testing.T) {
	w := &stuck{free: make(chan struct{})}
	l := New(w, Options{Level: Info})
	for range queuedLines + 10 {
		l.print("line")
	}
	close(w.free)
	for deadline := time.Now().Add(5 * time.Second); len(l.lines) > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	l.print("next")
	l.Close(5 * time.Second)
	if !strings.Contains(w.text.String(), "lines before this one were dropped") {
		t.Error("no line says that lines were dropped")
	}
}

func TestALogWritesWhatItsLevelSays(t *testing.T) {
	mined := chain.Print{Line: "a\x1b", From: common.Address{19: 1}, Tx: common.Hash{31: 2}}
	tried := chain.Print{Line: "a\x1b", From: common.Address{19: 1}, Method: "eth_call"}
	const from = `"from":"0x0000000000000000000000000000000000000001"`
	for _, row := range []struct {
		options Options
		muted   bool
		print   chain.Print
		want    string
	}{
		{Options{Level: Info}, false, mined, "debug: a\uFFFD\n"},
		{Options{Level: Info}, false, tried, "debug, eth_call of 0x0000..0001, which changes nothing: a\uFFFD\n"},
		{
			Options{Level: Info, JSON: true},
			false, mined,
			`{"event":"debug","text":"a\u001b",` + from + `,"transaction":"` + mined.Tx.Hex() + `"}` + "\n",
		},
		{
			Options{Level: Info, JSON: true},
			false, tried,
			`{"event":"debug","text":"a\u001b",` + from + `,"call":"eth_call"}` + "\n",
		},
		{Options{Level: Warnings}, false, mined, ""},
		{Options{Level: Info}, true, mined, ""},
	} {
		var w strings.Builder
		l := New(&w, row.options)
		l.Mute(row.muted)
		l.Print(row.print)
		l.Close(time.Minute)
		if w.String() != row.want {
			t.Errorf("%+v, muted %v: %q, want %q", row.options, row.muted, w.String(), row.want)
		}
	}
}

func TestWordsNameWhatTheBookKnows(t *testing.T) {
	book := abi.NewBook()
	book.AddWellKnown()
	token, err := abi.Parse([]byte(contracts.Token.ABI))
	if err != nil {
		t.Fatal(err)
	}
	book.Add(token)
	for input, want := range map[string]string{
		"0xd09de08a":     "increment()",
		"0x01020304ff":   "0x01020304",
		"0xa9059cbb0000": "0xa9059cbb", // a transfer that is cut
	} {
		if got := callWords(book, common.FromHex(input)); got.String() != want {
			t.Errorf("%s is %v, want %s", input, got, want)
		}
	}
	if callWords(book, []byte{1, 2}) != nil {
		t.Error("two bytes are a call")
	}
	transfer := token.Events["Transfer"].ID
	one := common.Hash{31: 1}
	for _, row := range []struct {
		log  types.Log
		want string
	}{
		{types.Log{Topics: []common.Hash{transfer, one, one}, Data: one[:]}, "Transfer(0x0000..0001, 0x0000..0001, 1)"},
		{types.Log{Topics: []common.Hash{transfer}}, "0xddf252ad"},
		{types.Log{Data: []byte{1}}, "log of 1 bytes"},
	} {
		if got := eventWords(book, &row.log); got.String() != row.want {
			t.Errorf("%+v is %v, want %s", row.log, got, row.want)
		}
	}
	said := abi.Argument{Value: "a\x1b[2J" + strings.Repeat("x", 200)}
	if got := cut(said.Text()); strings.Contains(got, "\x1b") || len(got) > maxText+2 {
		t.Errorf("%q", got)
	}
}
