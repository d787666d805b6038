package rpc

import (
	"time"

	gethrpc "github.com/ethereum/go-ethereum/rpc"
)

// Direct are the methods that are answered without geth's server.
var Direct = direct

// DirectMethods returns how many there are where trying something out may take so long.
func DirectMethods(timeout time.Duration) (int, error) {
	methods, err := newDirectMethods([]gethrpc.API{
		{Namespace: "eth", Service: &chainAPI{}},
		{Namespace: "eth", Service: &stateAPI{}},
		{Namespace: "eth", Service: &blockAPI{}},
		{Namespace: "eth", Service: &transactionAPI{}},
		{Namespace: "eth", Service: &callAPI{}},
		{Namespace: "eth", Service: &feeAPI{}},
		{Namespace: "eth", Service: &accountAPI{}},
		{Namespace: "net", Service: &netAPI{}},
	}, timeout)
	return len(methods), err
}
