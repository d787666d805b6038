package budget_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"hestia/rpc/budget"
)

// wantLimit fails unless an error names a limit.
func wantLimit(t *testing.T, err error, of string) {
	t.Helper()
	if over := (*budget.LimitError)(nil); !errors.As(err, &over) || !strings.Contains(err.Error(), of) ||
		over.ErrorCode() != -32005 {
		t.Errorf("the error is %v, not the limit of %q", err, of)
	}
}

func TestEachOfThreeLimitsIsToldByNameAndValue(t *testing.T) {
	n := budget.NewNode(budget.Limits{Request: 100, Connection: 150, Node: 200})
	first, end := n.With(t.Context(), "a")
	wantLimit(t, n.Of(first).Keep(101), "a request is limited to 100 bytes")
	end()
	second, end2 := n.With(t.Context(), "a")
	third, end3 := n.With(t.Context(), "a")
	if err := n.Of(second).Keep(100); err != nil {
		t.Fatal(err)
	}
	wantLimit(t, n.Of(third).Keep(51), "a connection waits for is limited to 150 bytes")
	other, end4 := n.With(t.Context(), "b")
	if err := n.Of(other).Keep(100); err != nil {
		t.Fatal(err)
	}
	last, end5 := n.With(t.Context(), "c")
	wantLimit(t, n.Of(last).Keep(1), "clients of the node wait for is limited to 200 bytes")
	for _, end := range []func(){end2, end3, end4, end5} {
		end()
		end() // which is harmless
	}
	all, end6 := n.With(t.Context(), "a")
	defer end6()
	if err := n.Of(all).Keep(100); err != nil {
		t.Errorf("after all have ended: %v", err)
	}
}

func TestARequestOverItsLimitKeepsNothingMore(t *testing.T) {
	n := budget.NewNode(budget.Limits{Request: 100})
	ctx, end := n.With(t.Context(), "a")
	defer end()
	r := n.Of(ctx)
	wantLimit(t, errors.Join(r.Keep(60), r.Keep(60)), "a request")
	wantLimit(t, r.Keep(1), "a request")
	wantLimit(t, r.Failed(), "a request")
	if used := r.Used(); used != 60 {
		t.Errorf("%d bytes are counted, not 60", used)
	}
}

func TestWhatIsDroppedMayBeKeptAgain(t *testing.T) {
	n := budget.NewNode(budget.Limits{Request: 100})
	ctx, end := n.With(t.Context(), "a")
	defer end()
	r := n.Of(ctx)
	for range 10 {
		if err := r.Keep(90); err != nil {
			t.Fatal(err)
		}
		r.Drop(10)
		r.Free(10)
	}
	if used := r.Used(); used != 0 {
		t.Errorf("%d bytes are counted", used)
	}
}

func TestARequestOfAContextEndsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := budget.NewNode(budget.Limits{Node: 100})
		for range 3 {
			ctx, cancel := context.WithCancel(context.Background())
			first, second := n.Of(ctx), n.Of(ctx)
			if first != second {
				t.Error("a context has two requests")
			}
			if err := second.Keep(100); err != nil {
				t.Fatal(err)
			}
			cancel()
			synctest.Wait()
		}
	})
}

func TestSubscriptionsOfAConnectionAreCounted(t *testing.T) {
	n := budget.NewNode(budget.Limits{})
	var ends []func()
	c := n.Connect("a")
	defer c.Close()
	for range budget.Subscriptions {
		end, err := c.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	_, err := c.Subscribe()
	wantLimit(t, err, "a connection is limited to 1000 subscriptions")
	ends[0]()
	if _, err := c.Subscribe(); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	for i := range budget.NodeSubscriptions - budget.Subscriptions {
		other := n.Connect(string(rune('b' + i/budget.Subscriptions)))
		if _, err := other.Subscribe(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = n.Connect("z").Subscribe()
	wantLimit(t, err, "the node is limited to 4096 subscriptions in all")
}

func TestANotificationCountsUntilItIsSent(t *testing.T) {
	n := budget.NewNode(budget.Limits{Connection: 10_000})
	c := n.Connect("a")
	defer c.Close()
	sent := 0
	for range 3 {
		if err := c.Tell(9_000, func() error { sent++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	wantLimit(t, c.Tell(11_000, func() error { sent++; return nil }), "a connection")
	if sent != 3 {
		t.Errorf("%d are sent, not 3", sent)
	}
}
