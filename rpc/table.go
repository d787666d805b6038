package rpc

import (
	"fmt"
	"maps"

	"hestia/rpc/query"
)

// table is the method table by full names, such as eth_getBalance. Kinds of subscriptions are not in it.
type table map[string]query.Method

// builtIn are the methods that geth's server has by itself. It offers subscriptions on connections that stay.
var builtIn = table{
	"eth_subscribe":   query.Row("subscribe", nil, query.Plain, "kind options"),
	"eth_unsubscribe": query.Row("unsubscribe", nil, query.Plain, "subscription"),
	"rpc_modules":     query.Row("modules", nil, query.Plain, ""),
}

// newTable returns the table of groups that answer exactly what their rows say.
func newTable(groups []query.Group) (table, error) {
	t := maps.Clone(builtIn)
	for name, m := range t {
		if err := m.CheckKinds(); err != nil {
			return nil, fmt.Errorf("the method table says of %s %w", name, err)
		}
	}
	for _, g := range groups {
		if err := g.Check(); err != nil {
			return nil, err
		}
		for _, m := range g.Methods {
			if m.Is.Has(query.Push) {
				continue
			}
			name := g.Namespace + "_" + m.Name
			if _, twice := t[name]; twice {
				return nil, fmt.Errorf("the method table has two rows for %s", name)
			}
			t[name] = m
		}
	}
	return t, nil
}
