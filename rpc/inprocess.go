package rpc

import gethrpc "github.com/ethereum/go-ethereum/rpc"

// Client returns a client in this process, for which nothing goes over a network. It is the caller's to close.
func (s *Server) Client() *gethrpc.Client { return gethrpc.DialInProc(s.rpc) }
