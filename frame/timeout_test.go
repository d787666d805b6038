package frame

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errSlow = errors.New("too slow")

// ends returns how long a context lasts from now, and why it ended.
func ends(ctx context.Context) (time.Duration, error) {
	begin := time.Now()
	<-ctx.Done()
	return time.Since(begin), context.Cause(ctx)
}

// release releases an interrupt and waits until it asks nothing any more.
func release(i *Interrupt) {
	i.Release()
	time.Sleep(2 * askEvery)
}

func TestTheTimeOfARequestDoesNotCountCompilations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := WithTimeout(t.Context(), 5*time.Second, errSlow)
		defer cancel()
		i := InterruptAfter(ctx)
		defer release(i)
		begin := time.Now()
		for range 3 {
			time.Sleep(time.Second)
			done := i.Compiling()
			time.Sleep(8 * time.Second)
			done()
		}
		if ctx.Err() != nil || i.Due() {
			t.Fatalf("ended: %v", context.Cause(ctx))
		}
		_, err := ends(ctx)
		if took := time.Since(begin); took != (5+3*8)*time.Second || !errors.Is(err, errSlow) {
			t.Errorf("ended after %v: %v", took, err)
		}
	})
}

// Else requests could hold the places of calls for as long as they find code to compile.
func TestCompilationsCountOnceTheyTakeLong(t *testing.T) {
	for _, each := range []time.Duration{time.Second, 7 * time.Second, 2 * MostCompiling} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := WithTimeout(t.Context(), 5*time.Second, errSlow)
			defer cancel()
			i := InterruptAfter(ctx)
			defer release(i)
			begin := time.Now()
			for ctx.Err() == nil {
				done := i.Compiling()
				select {
				case <-time.After(each):
				case <-i.Given():
				}
				done()
			}
			if took := time.Since(begin); took != 5*time.Second+MostCompiling {
				t.Errorf("%v each: ended after %v", each, took)
			}
		})
	}
}

func TestATimeoutWithinATimeoutStandsStillTooAndTheShorterEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, cancel := WithTimeout(t.Context(), 5*time.Second, errors.New("the outer one"))
		defer cancel()
		inner, cancel := WithTimeout(outer, 3*time.Second, errSlow)
		defer cancel()
		i := InterruptAfter(inner)
		defer release(i)
		done := i.Compiling()
		time.Sleep(10 * time.Second)
		done()
		took, err := ends(inner)
		if took != 3*time.Second || !errors.Is(err, errSlow) {
			t.Errorf("the inner one ended after %v: %v", took, err)
		}
		if took, _ = ends(outer); took != 2*time.Second {
			t.Errorf("the outer one ended %v later", took)
		}
	})
}

func TestARequestWithoutATimeoutWaitsForCompilations(t *testing.T) {
	var none *Interrupt
	none.Compiling()()
	ctx, cancel := context.WithCancel(t.Context())
	i := InterruptAfter(ctx)
	i.Compiling()()
	cancel()
	<-i.Given()
	i.Release()
}

func TestARequestThatIsOverEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := WithTimeout(t.Context(), time.Second, errSlow)
		cancel()
		if _, err := ends(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("ended by %v", err)
		}
	})
}
