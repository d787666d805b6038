package rpc

import (
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

// newTable returns the table of groups.
func newTable(groups []query.Group) table {
	t := make(table, 300)
	maps.Copy(t, builtIn)
	for _, g := range groups {
		for _, m := range g.Methods {
			if !m.Is.Has(query.Push) {
				t[g.Namespace+"_"+m.Name] = m
			}
		}
	}
	return t
}
