package wasi

import "math"

// The clocks. Time stands still while a program runs, but for what it sleeps: a result must not depend on prices.
const (
	realtime = iota
	monotonic
	clocks
)

const second = 1_000_000_000

// Resolution returns the resolution of a clock, in nanoseconds: blocks have whole seconds.
func (p *Process) Resolution(clock uint32) (uint64, error) {
	if clock >= clocks {
		return 0, Inval
	}
	return second, nil
}

// Now returns what a clock shows, in nanoseconds: the time of the block and, on the monotonic one, what the program has
// slept.
func (p *Process) Now(clock uint32) (uint64, error) {
	now := uint64(math.MaxUint64)
	if p.Time <= now/second {
		now = p.Time * second
	}
	switch clock {
	case realtime:
		return now, nil
	case monotonic:
		return plus(now, p.slept), nil
	}
	return 0, Inval
}

// plus adds, at most to the largest number.
func plus(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// Subscription is something that a program waits for: a time, or a descriptor that can be read or written.
type Subscription struct {
	User     uint64
	Type     EventType
	Clock    uint32
	Timeout  uint64 // nanoseconds
	Absolute bool   // whether Timeout is a time, or what is left
	FD       uint32
}

// EventType is what a subscription waits for.
type EventType uint8

// The types of events.
const (
	ClockEvent EventType = iota
	ReadEvent
	WriteEvent
)

// Event is a subscription whose wait is over.
type Event struct {
	User   uint64
	Errno  Errno
	Type   EventType
	Bytes  uint64 // that can be read from standard input
	HangUp bool   // standard input has ended
}

// MaxSubscriptions is how many subscriptions a program can wait for at once.
const MaxSubscriptions = 1024

// Poll waits for the first of some subscriptions. Descriptors, and subscriptions that are wrong, are ready at once. If
// there are none of these, time passes until the earliest clock.
func (p *Process) Poll(list []Subscription) (events []Event, err error) {
	waits := make([]uint64, len(list))
	least := uint64(math.MaxUint64)
	ready := false
	for i, s := range list {
		if s.Type > WriteEvent {
			return nil, Inval
		}
		wait, known := p.wait(s)
		if !known || s.Type != ClockEvent {
			events = append(events, p.readiness(s))
			ready = true
		}
		waits[i], least = wait, min(least, wait)
	}
	if ready {
		return events, nil
	}
	p.slept = plus(p.slept, least)
	for i, s := range list {
		if waits[i] == least {
			events = append(events, Event{User: s.User})
		}
	}
	return events, nil
}

// wait returns for how long a subscription waits. It is not known of a clock that does not exist.
func (p *Process) wait(s Subscription) (nanoseconds uint64, known bool) {
	now, err := p.Now(s.Clock)
	switch {
	case err != nil:
		return 0, false
	case !s.Absolute:
		return s.Timeout, true
	case s.Timeout > now:
		return s.Timeout - now, true
	}
	return 0, true
}

// readiness returns the event of a subscription that is ready at once.
func (p *Process) readiness(s Subscription) Event {
	e := Event{User: s.User, Type: s.Type}
	d, err := p.descriptor(s.FD)
	switch {
	case s.Type == ClockEvent:
		e.Errno = Inval
	case err != nil:
		e.Errno = BadF
	case s.Type == ReadEvent && d.kind == standardInput:
		e.Bytes = uint64(len(p.Input) - p.taken)
		e.HangUp = e.Bytes == 0
	}
	return e
}
