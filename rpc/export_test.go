package rpc

import (
	"maps"
	"slices"
	"time"

	"hestia/rpc/eth"
	"hestia/rpc/query"
)

// DirectNames are the methods that are answered without geth's server.
var DirectNames = DirectMethods(0)

// DirectMethods returns those there are if trying something out may take so long.
func DirectMethods(timeout time.Duration) []string {
	t := newTable(eth.Methods(&query.Service{}))
	return slices.Sorted(maps.Keys(newDirectMethods(t, timeout).methods))
}

// BuiltIn are the methods that geth's server has by itself.
var BuiltIn = builtIn

// Table returns the server's method table by full names.
func (s *Server) Table() map[string]query.Method { return s.table }
