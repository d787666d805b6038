package rpc_test

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/chain/miner"
	"hestia/rpc"
)

func TestOnlyADevnetSignsAndObeysDevelopmentTools(t *testing.T) {
	rich := types.Account{Balance: big.NewInt(params.Ether)}
	s := startOn(
		t, chain.DefaultGenesis(types.GenesisAlloc{alice: rich}), miner.Instant,
		rpc.Config{Keys: []*ecdsa.PrivateKey{aliceKey}},
	)
	var accounts []string
	if s.must(t, &accounts, "eth_accounts", ""); len(accounts) != 0 {
		t.Errorf("accounts %v", accounts)
	}
	for method, row := range map[string]struct {
		params string
		code   int
	}{
		"eth_sendTransaction": {fmt.Sprintf(`{"from":%q,"to":%q}`, alice, bob), -32000},
		"eth_sign":            {fmt.Sprintf(`%q, "0x00"`, alice), -32000},
		"eth_signTransaction": {fmt.Sprintf(`{"from":%q,"to":%q}`, alice, bob), -32000},
		"evm_mine":            {``, -32601},
		"anvil_setBalance":    {fmt.Sprintf(`%q, "0x1"`, bob), -32601},
		"hardhat_reset":       {``, -32601},
	} {
		if err := s.call(t, nil, method, row.params); err == nil || err.Code != row.code {
			t.Errorf("%s: %+v, want code %d", method, err, row.code)
		}
	}
}
