package rpc_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/chain/miner"
	"hestia/internal/wat"
	"hestia/rpc"
)

// tokenOf returns a contract that answers every call with 32 bytes at address 32, after code that puts them there. The
// account that is asked about is at 0, from call data.
func tokenOf(t *testing.T, code string) string {
	return hexutil.Encode(wat.Assemble(t, fmt.Sprintf(`(module
		(import "ethereum" "callDataCopy" (func $copy (param i32 i32 i32)))
		(import "ethereum" "storageLoad" (func $load (param i32 i32)))
		(import "ethereum" "finish" (func $finish (param i32 i32)))
		(memory (export "memory") 1)
		(func (export "main")
			(call $copy (i32.const 0) (i32.const 4) (i32.const 32))
			%s
			(call $finish (i32.const 32) (i32.const 32))))`, code)))
}

func TestATokenIsDealtOnlyWhereASlotHoldsTheAnswerAndNothingElse(t *testing.T) {
	const own = `(call $load (i32.const 0) (i32.const 32))`
	without := func(bytes ...int) (code string) {
		for _, at := range bytes {
			code += fmt.Sprintf(`(i32.store8 (i32.const %d) (i32.const 0))`, 32+at)
		}
		return code
	}
	full := common.MaxHash
	for name, row := range map[string]struct {
		code string
		held common.Hash
		deal bool
	}{
		"a slot for each account":           {own, common.Hash{31: 5}, true},
		"an empty one":                      {own, common.Hash{}, true},
		"a flag beside an empty balance":    {own + without(0), common.Hash{0: 0x80}, false},
		"a flag beside the balance":         {own + without(0), full, false},
		"room for a flag that is not set":   {own + without(0), common.Hash{31: 5}, true},
		"one slot for all accounts":         {`(call $load (i32.const 64) (i32.const 32))`, common.Hash{}, false},
		"a constant":                        {`(i32.store8 (i32.const 63) (i32.const 5))`, common.Hash{}, false},
		"the value less what it began with": {own + `(i32.store8 (i32.const 63) (i32.const 1))`, common.Hash{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, miner.Instant, rpc.Config{})
			token := common.Address{18: 0xee}
			slot := common.BytesToHash(bob[:])
			s.must(t, nil, "anvil_setCode", fmt.Sprintf("%q", token), fmt.Sprintf("%q", tokenOf(t, row.code)))
			s.must(t, nil, "anvil_setStorageAt", fmt.Sprintf("%q", token), fmt.Sprintf("%q", slot),
				fmt.Sprintf("%q", row.held))
			err := s.call(t, nil, "anvil_dealERC20", fmt.Sprintf(`%q,%q,"0x4d"`, bob, token))
			if (err == nil) != row.deal {
				t.Errorf("error %v, and dealt is to be %v", err, row.deal)
			}
			want := row.held
			if row.deal {
				want = common.Hash{31: 0x4d}
			}
			var held common.Hash
			s.must(t, &held, "eth_getStorageAt", fmt.Sprintf("%q", token), fmt.Sprintf("%q", slot), `"latest"`)
			if held != want {
				t.Errorf("the slot holds %s, want %s", held, want)
			}
		})
	}
}
