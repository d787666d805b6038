package abi

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/lru"
	"github.com/ethereum/go-ethereum/core/types"
)

// What a book keeps. Contracts write into it, so of more than this the entry that was not used for longest is
// forgotten.
const (
	maxEntries  = 4096 // of each kind: methods, events, errors, and modules whose sections were read
	maxVariants = 16   // events of one topic: they may differ in which arguments are indexed
	maxMet      = 32   // modules whose sections are to be read
)

// wellKnown are methods that many contracts have.
var wellKnown = []string{
	"transfer(address,uint256)", "approve(address,uint256)", "transferFrom(address,address,uint256)",
	"mint(address,uint256)", "burn(uint256)", "safeTransferFrom(address,address,uint256)",
	"setApprovalForAll(address,bool)", "transferOwnership(address)", "renounceOwnership()", "deposit()",
	"withdraw(uint256)", "withdraw()", "initialize()", "increment()", "add(uint256)", "multicall(bytes[])",
	"set(uint256)", "store(uint256)", "setGreeting(string)",
}

// Book knows methods and errors by their selector and events by their topic, from the interfaces it was taught. What
// its user taught goes before what modules say: no contract can give the calls of another a wrong name, or push what
// the user taught out. Of two from one side with one selector it knows the later. It is safe for concurrent use.
type Book struct {
	// a use changes an LRU too: only Contains of read takes it for reading
	mu            sync.RWMutex
	given, spoken shelf                               // what the user taught, and what modules say
	read          lru.BasicLRU[common.Hash, struct{}] // code hashes
	met           lru.BasicLRU[common.Hash, []byte]   // code whose sections are to be read

	reading sync.Mutex // held while sections of what was met are read
}

// shelf holds what a book knows from one side.
type shelf struct {
	methods lru.BasicLRU[[4]byte, gethabi.Method]
	errors  lru.BasicLRU[[4]byte, gethabi.Error]
	events  lru.BasicLRU[common.Hash, []gethabi.Event]
}

func newShelf() shelf {
	return shelf{
		methods: lru.NewBasicLRU[[4]byte, gethabi.Method](maxEntries),
		errors:  lru.NewBasicLRU[[4]byte, gethabi.Error](maxEntries),
		events:  lru.NewBasicLRU[common.Hash, []gethabi.Event](maxEntries),
	}
}

// NewBook returns a book that knows nothing.
func NewBook() *Book {
	return &Book{
		given: newShelf(), spoken: newShelf(),
		read: lru.NewBasicLRU[common.Hash, struct{}](maxEntries),
		met:  lru.NewBasicLRU[common.Hash, []byte](maxMet),
	}
}

// AddWellKnown teaches the book the methods that many contracts have, such as transfer(address,uint256). What modules
// say goes before them.
func (b *Book) AddWellKnown() {
	entries := make([]gethabi.SelectorMarshaling, len(wellKnown))
	for i, signature := range wellKnown {
		var err error
		if entries[i], err = gethabi.ParseSelector(signature); err != nil {
			panic(err) // the list above is wrong
		}
	}
	text, err := json.Marshal(entries)
	if err != nil {
		panic(err) // plain data
	}
	known, err := parse(text)
	if err != nil {
		panic(err) // the list above is wrong
	}
	b.teach(&b.spoken, known)
}

// Add teaches the book an interface that its user chose.
func (b *Book) Add(known gethabi.ABI) { b.teach(&b.given, known) }

func (b *Book) teach(s *shelf, known gethabi.ABI) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range known.Methods {
		s.methods.Add([4]byte(m.ID), m)
	}
	for _, e := range known.Errors {
		s.errors.Add([4]byte(e.ID[:4]), e)
	}
	for _, e := range known.Events {
		s.addEvent(e)
	}
}

// addEvent adds a variant of the events with one topic, unless one with the same arguments indexed is there.
func (s *shelf) addEvent(e gethabi.Event) {
	variants, _ := s.events.Get(e.ID)
	alike := func(x, y gethabi.Argument) bool { return x.Indexed == y.Indexed }
	same := func(other gethabi.Event) bool { return slices.EqualFunc(e.Inputs, other.Inputs, alike) }
	if len(variants) < maxVariants && !slices.ContainsFunc(variants, same) {
		s.events.Add(e.ID, append(slices.Clip(variants), e)) // clipped, as readers hold the old list
	}
}

// Learn teaches the book the interface in the sections of a module, once for each hash. Code that is no module and
// sections that are no interface are passed over: a contract may carry any nonsense.
func (b *Book) Learn(hash common.Hash, code []byte) {
	b.mu.RLock()
	done := b.read.Contains(hash)
	b.mu.RUnlock()
	if done {
		return
	}
	b.mu.Lock()
	b.read.Add(hash, struct{}{})
	b.mu.Unlock()
	for _, text := range Sections(code) {
		if known, err := Parse(text); err == nil {
			b.teach(&b.spoken, known)
		}
	}
}

// Meet is Learn that takes no time now: the sections are read when a name is asked for that is not known. The book
// keeps the code until then.
func (b *Book) Meet(hash common.Hash, code []byte) {
	b.mu.RLock()
	done := b.read.Contains(hash) || b.met.Contains(hash)
	b.mu.RUnlock()
	if done {
		return
	}
	speaks := bytes.Contains(code, []byte(SectionName))
	b.mu.Lock()
	defer b.mu.Unlock()
	if speaks {
		b.met.Add(hash, code)
	} else {
		b.read.Add(hash, struct{}{})
	}
}

// readMet learns what was met.
func (b *Book) readMet() {
	b.reading.Lock()
	defer b.reading.Unlock()
	for {
		b.mu.Lock()
		hash, code, more := b.met.RemoveOldest()
		b.mu.Unlock()
		if !more {
			return
		}
		b.Learn(hash, code)
	}
}

// lookUp returns what a book has for a key, after a look into what it met if it has nothing. of returns the list of a
// shelf.
func lookUp[K comparable, V any](b *Book, of func(*shelf) *lru.BasicLRU[K, V], key K) (value V, known bool) {
	get := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if value, known = of(&b.given).Get(key); !known {
			value, known = of(&b.spoken).Get(key)
		}
	}
	if get(); !known {
		b.readMet()
		get()
	}
	return value, known
}

func methodsOf(s *shelf) *lru.BasicLRU[[4]byte, gethabi.Method]     { return &s.methods }
func errorsOf(s *shelf) *lru.BasicLRU[[4]byte, gethabi.Error]       { return &s.errors }
func eventsOf(s *shelf) *lru.BasicLRU[common.Hash, []gethabi.Event] { return &s.events }

// variants returns the events with a topic: those that the user taught before those of modules, which may differ in
// what is indexed.
func (b *Book) variants(topic common.Hash) []gethabi.Event {
	first, _ := lookUp(b, eventsOf, topic)
	b.mu.Lock()
	defer b.mu.Unlock()
	if given, _ := b.given.events.Peek(topic); len(given) > 0 {
		spoken, _ := b.spoken.events.Peek(topic)
		return slices.Concat(given, spoken)
	}
	return first
}

// Call returns the method and arguments that calldata encodes, or false if it is of no known method.
func (b *Book) Call(input []byte) (Named, bool) {
	if len(input) < 4 {
		return Named{}, false
	}
	method, known := lookUp(b, methodsOf, [4]byte(input))
	if !known {
		return Named{}, false
	}
	return named(method.RawName, method.Inputs, input[4:])
}

// Error returns the error and arguments that the output of a reverted call encodes, or false if it is of no known
// error.
func (b *Book) Error(output []byte) (Named, bool) {
	if len(output) < 4 {
		return Named{}, false
	}
	declared, known := lookUp(b, errorsOf, [4]byte(output))
	if !known {
		return Named{}, false
	}
	return named(declared.Name, declared.Inputs, output[4:])
}

// revertPrefix is what a reason begins with if a contract reverted with data that could not be decoded.
const revertPrefix = "execution reverted: 0x"

// Explain returns why a call or transaction failed with the contract's error by its name, if the reason is that of a
// revert with the data of a known error in hex. It returns any other reason as it is.
func (b *Book) Explain(reason string) string {
	text, undecoded := strings.CutPrefix(reason, revertPrefix)
	if !undecoded {
		return reason
	}
	data, err := hex.DecodeString(text)
	if err != nil {
		return reason
	}
	known, ok := b.Error(data)
	if !ok {
		return reason
	}
	return strings.TrimSuffix(revertPrefix, "0x") + known.String()
}

// EventName returns the name of the events with a topic, or false if none is known.
func (b *Book) EventName(topic common.Hash) (string, bool) {
	variants := b.variants(topic)
	if len(variants) == 0 {
		return "", false
	}
	return variants[0].RawName, true
}

// Event returns the event and arguments that a log encodes, or false if it is of no known event.
func (b *Book) Event(log *types.Log) (Named, bool) {
	if len(log.Topics) == 0 {
		return Named{}, false
	}
	for _, event := range b.variants(log.Topics[0]) {
		if values, err := eventValues(event, log, unpack); err == nil {
			return join(event.RawName, event.Inputs, values), true
		}
	}
	return Named{}, false
}
