package rpc_test

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"hestia/rpc"
	"hestia/rpc/dev"
	"hestia/rpc/eth"
	"hestia/rpc/filter"
	"hestia/rpc/query"
	"hestia/rpc/watch"
)

func TestEveryRowIsWhatItsMethodTakes(t *testing.T) {
	q := &query.Service{}
	groups, _ := filter.Methods(q)
	rows := map[string]bool{}
	for _, g := range slices.Concat(groups, eth.Methods(q), watch.Methods(q), dev.Methods(q, nil, nil)) {
		if err := checkGroup(g); err != nil {
			t.Error(err)
		}
		for _, row := range g.Methods {
			if row.Is.Has(query.Push) {
				continue // may have the name of a method
			}
			name := g.Namespace + "_" + row.Name
			if rows[name] {
				t.Errorf("the method table has two rows for %s", name)
			}
			rows[name] = true
		}
	}
	for name, row := range rpc.BuiltIn {
		if err := checkKinds(row); err != nil {
			t.Errorf("the method table says of %s %v", name, err)
		}
	}
}

// checkGroup reports methods of the group's service that have no row, and rows that do not fit the service.
func checkGroup(g query.Group) error {
	service := reflect.TypeOf(g.Service)
	found := make(map[string]bool, len(g.Methods))
	for _, row := range g.Methods {
		name := strings.ToUpper(row.Name[:1]) + row.Name[1:]
		if err := checkRow(row, service, name); err != nil {
			return fmt.Errorf("the method table says of %s_%s %w", g.Namespace, row.Name, err)
		}
		found[name] = true
	}
	for method := range service.Methods() {
		if name := method.Name; !found[name] {
			return fmt.Errorf("the method table has no row for %s_%s", g.Namespace, strings.ToLower(name[:1])+name[1:])
		}
	}
	return nil
}

// checkRow holds a row against the method of the given name.
func checkRow(row query.Method, service reflect.Type, name string) error {
	method, ok := service.MethodByName(name)
	if !ok {
		return fmt.Errorf("that %v answers it, which has no method %s", service, name)
	}
	if do := functionName(row.Do); do != name {
		return fmt.Errorf("that %s answers it, not %s", do, name)
	}
	if have, want := len(row.Params.List()), parameters(method.Type); have != want {
		return fmt.Errorf("that it has %d parameters, but it takes %d", have, want)
	}
	return checkKinds(row)
}

// checkKinds reports a parameter of which no kind is known.
func checkKinds(row query.Method) error {
	for _, p := range row.Params.List() {
		if p.Want == "" {
			return fmt.Errorf("that it has a parameter %q, of which no kind is known", p.Name)
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
func parameters(method reflect.Type) (n int) {
	for i := 1; i < method.NumIn(); i++ { // 0 is the receiver
		if method.In(i) != reflect.TypeFor[context.Context]() {
			n++
		}
	}
	return n
}
