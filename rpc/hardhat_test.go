package rpc_test

import (
	"context"
	"testing"

	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/chain/miner"
	"hestia/rpc"
)

// hardhat-network-helpers wants a name that begins with a tool's; others are told the node's own.
func TestOnlyHardhatIsToldThatADevnetIsLikeAnvil(t *testing.T) {
	s := start(t, miner.Instant, rpc.Config{Version: "Hestia/test"})
	for agent, want := range map[string]string{
		"hardhat 2.22.1": "anvil-compatible Hestia/test",
		"Hardhat 3.0.0":  "anvil-compatible Hestia/test",
		"node":           "Hestia/test",
	} {
		client, err := gethrpc.DialOptions(context.Background(), s.url, gethrpc.WithHeader("User-Agent", agent))
		check(t, err)
		defer client.Close()
		var got string
		check(t, client.Call(&got, "web3_clientVersion"))
		if got != want {
			t.Errorf("%s is told %q, want %q", agent, got, want)
		}
	}
}
