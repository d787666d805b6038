package main

import (
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

// stuck is a terminal that nobody reads until it is let go.
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
	l := newTxLog(w, logSettings{level: logInfo, known: newInterfaces()})
	begun := time.Now()
	for range 2 * queuedLines {
		l.print("line")
	}
	l.close(10 * time.Millisecond)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("printing to nobody took %v", took)
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
	l := newTxLog(w, logSettings{level: logInfo, known: newInterfaces()})
	for range queuedLines + 10 {
		l.print("line")
	}
	close(w.free)
	for deadline := time.Now().Add(5 * time.Second); len(l.lines) > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	l.print("next")
	l.close(5 * time.Second)
	if !strings.Contains(w.text.String(), "lines before this one were dropped") {
		t.Error("nothing tells of the lines that were dropped")
	}
}

func TestEtherHasNoIdleDigits(t *testing.T) {
	for wei, want := range map[string]string{
		"0": "0", "1": "0.000000000000000001", "1500000000000000000": "1.5", "10000000000000000000000": "10000",
	} {
		amount, _ := new(big.Int).SetString(wei, 10)
		if got := ether(amount); got != want {
			t.Errorf("%s wei are %s ether, want %s", wei, got, want)
		}
	}
}
