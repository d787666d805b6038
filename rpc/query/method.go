package query

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

// Method is a row of the method table: all that is said of a JSON-RPC method but what it does.
type Method struct {
	Name   string // without its namespace, as on the wire
	Do     any    // the function that answers
	Is     Property
	Params []Param // in order; none for methods of development, which decode and name their parameters themselves
}

// Property is a set of what can be said of a method.
type Property uint8

// The properties of a method.
const (
	Direct  Property = 1 << iota // is answered without geth's server: it only reads, and ends long before the server's timeout
	Writes                       // changes the pool, the chain or what the node remembers
	Push                         // is a kind of subscription, to be named to eth_subscribe
	Refused                      // answers with an error that says why, whatever it is asked
	Plain   Property = 0
)

// Has reports whether p holds all of q.
func (p Property) Has(q Property) bool { return p&q == q }

// Param is a parameter by its name, and what a client must give for it.
type Param struct{ Name, Want string }

// The parameters that methods have.
var (
	AbiParam            = Param{"abi", "a list of entries as compilers write it"}
	AddressParam        = Param{"address", "20 bytes in hex"}
	BlockParam          = Param{"block", "a block's number in hex, tag or hash"}
	BlockOverridesParam = Param{"blockOverrides", "an object of a block's fields"}
	CallsParam          = Param{"calls", "a list of pairs of a transaction and kinds of trace"}
	ConfigParam         = Param{"config", "an object"}
	CountParam          = Param{"count", "a number"}
	DataParam           = Param{"data", "bytes in hex"}
	FilterParam         = Param{"filter", "a filter's id"}
	FullParam           = Param{"full", "true or false"}
	GasParam            = Param{"gas", "a number in hex"}
	GasPriceParam       = Param{"gasPrice", "a number in hex"}
	HashParam           = Param{"hash", "32 bytes in hex"}
	IncompletesParam    = Param{"incompletes", "true or false"}
	IndexParam          = Param{"index", "a number in hex"}
	KeyParam            = Param{"key", "up to 32 bytes in hex"}
	KeysParam           = Param{"keys", "a list of storage keys in hex"}
	KindParam           = Param{"kind", "newHeads, logs, newPendingTransactions or syncing"}
	KindsParam          = Param{"kinds", "a list of trace, vmTrace and stateDiff"}
	MillisecondsParam   = Param{"milliseconds", "a number in hex"}
	NocodeParam         = Param{"nocode", "true or false"}
	NonceParam          = Param{"nonce", "a number"}
	NostorageParam      = Param{"nostorage", "true or false"}
	NumberParam         = Param{"number", "a block's number"}
	OptionsParam        = Param{"options", "a query of logs, or whether transactions in full"}
	PageParam           = Param{"page", "a number up to 255"}
	PercentilesParam    = Param{"percentiles", "a list of numbers"}
	PlaceParam          = Param{"place", "a list of numbers in hex"}
	QueryParam          = Param{"query", "an object"}
	RequestsParam       = Param{"requests", "an object of lists of storage keys, by address"}
	SignatureParam      = Param{"signature", "65 bytes in hex"}
	SimulationParam     = Param{"simulation", "an object with blockStateCalls"}
	SizeParam           = Param{"size", "a number"}
	StartParam          = Param{"start", "bytes in hex"}
	StateOverridesParam = Param{"stateOverrides", "an object of accounts, by address"}
	SubscriptionParam   = Param{"subscription", "a subscription's id"}
	TransactionParam    = Param{"transaction", "an object of a transaction's fields"}
	TypedDataParam      = Param{"typedData", "an object of EIP-712"}
)

// Group is the methods of one namespace that one value answers.
type Group struct {
	Namespace string
	Service   any // its exported methods are the group's, as geth's server finds them
	Methods   []Method
}

// NewGroup returns the group of a namespace that service answers by these rows.
func NewGroup(namespace string, service any, rows ...Method) Group {
	return Group{namespace, service, rows}
}

// Row returns a row of the table.
func Row(name string, do any, is Property, params ...Param) Method {
	return Method{name, do, is, params}
}

// Check reports methods of the group's service that have no row, rows that its service does not answer, and rows with more or
// fewer parameters than their function.
func (g *Group) Check() error {
	service := reflect.TypeOf(g.Service)
	found := make(map[string]bool, len(g.Methods))
	for _, m := range g.Methods {
		method, ok := service.MethodByName(strings.ToUpper(m.Name[:1]) + m.Name[1:])
		if !ok {
			return fmt.Errorf("%s_%s is in the method table, but %v has no such method", g.Namespace, m.Name, service)
		}
		if do := functionName(m.Do); do != method.Name {
			return fmt.Errorf("%s_%s is answered by %s in the method table, not by %s", g.Namespace, m.Name, do, method.Name)
		}
		if have, want := len(m.Params), parameters(method.Type); have != want && m.Params != nil {
			return fmt.Errorf("%s_%s has %d parameters in the method table, but its function takes %d", g.Namespace, m.Name, have, want)
		}
		found[method.Name] = true
	}
	for method := range service.Methods() {
		if !found[method.Name] {
			return fmt.Errorf("%s_%s%s has no row in the method table",
				g.Namespace, strings.ToLower(method.Name[:1]), method.Name[1:])
		}
	}
	return nil
}

// functionName returns the name of a method that is held as a value.
func functionName(do any) string {
	name := strings.TrimSuffix(runtime.FuncForPC(reflect.ValueOf(do).Pointer()).Name(), "-fm")
	return name[strings.LastIndexByte(name, '.')+1:]
}

// parameters counts what a method takes from the client.
func parameters(method reflect.Type) int {
	n := method.NumIn() - 1 // without its receiver
	if n > 0 && method.In(1) == reflect.TypeFor[context.Context]() {
		n--
	}
	return n
}
