package node_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	gethrpc "github.com/ethereum/go-ethereum/rpc"

	"hestia/node"
	"hestia/transition"
)

// receipt is what a test reads of one.
type receipt struct {
	Status   *hexutil.Uint64 `json:"status"`
	Root     hexutil.Bytes   `json:"root"`
	Contract *common.Address `json:"contractAddress"`
}

// The account that begins the well-known ones.
const first = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"

// deploy sends creation data that deploys so many zero bytes, and returns its receipt.
func deploy(t *testing.T, n *node.Node, size int) receipt {
	t.Helper()
	client := n.Client()
	defer client.Close()
	var hash common.Hash
	// PUSH3 size PUSH1 0 RETURN: every fork has them
	code := hexutil.Bytes{0x62, byte(size >> 16), byte(size >> 8), byte(size), 0x60, 0, 0xf3}
	if err := client.Call(&hash, "eth_sendTransaction", map[string]any{
		"from": first, "data": code, "gas": hexutil.Uint64(15_000_000),
	}); err != nil {
		t.Fatal(err)
	}
	var r receipt
	if err := client.Call(&r, "eth_getTransactionReceipt", hash); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestADevnetOfEachForkRunsEVMCode(t *testing.T) {
	engine, err := node.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for _, fork := range transition.HardForks() {
		t.Run(fork, func(t *testing.T) {
			n, err := node.Start(node.Config{Engine: engine, Devnet: node.Devnet{HardFork: fork}})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			if r := deploy(t, n, 32); r.Contract == nil || r.Status == nil && len(r.Root) != 32 {
				t.Errorf("the receipt is %+v", r)
			}
			client := n.Client()
			defer client.Close()
			checkImpersonated(t, client)
			var info struct{ HardFork, Schedule string }
			if err := client.Call(&info, "anvil_nodeInfo"); err != nil {
				t.Fatal(err)
			}
			if info.HardFork != fork {
				t.Errorf("the fork is %s", info.HardFork)
			}
			for _, question := range []struct {
				method string
				params []any
			}{
				{"eth_gasPrice", nil},
				{"eth_feeHistory", []any{"0x5", "latest", []int{50}}},
				{"eth_getBlockByNumber", []any{"pending", true}},
				{"eth_getBlockReceipts", []any{"latest"}},
				{"eth_config", nil},
				{"eth_blobBaseFee", nil},
				{"eth_call", []any{map[string]any{"to": first, "gasPrice": "0x0"}, "latest"}},
				{"eth_estimateGas", []any{map[string]any{"from": first, "to": first}}},
				{"debug_traceBlockByNumber", []any{"latest"}},
				{"anvil_mine", []any{"0x2"}},
			} {
				var answer json.RawMessage
				if err := client.Call(&answer, question.method, question.params...); err != nil {
					t.Errorf("%s: %v", question.method, err)
				}
			}
		})
	}
}

// checkImpersonated creates a contract for an account that the node has no key of, and reads it back.
func checkImpersonated(t *testing.T, client *gethrpc.Client) {
	t.Helper()
	whale := common.HexToAddress("0x00000000000000000000000000000000000000a1")
	for _, call := range []struct {
		method string
		params []any
	}{
		{"anvil_setBalance", []any{whale, "0x56bc75e2d63100000"}}, {"anvil_impersonateAccount", []any{whale}},
	} {
		if err := client.Call(nil, call.method, call.params...); err != nil {
			t.Fatal(err)
		}
	}
	var hash common.Hash
	if err := client.Call(&hash, "eth_sendTransaction", map[string]any{
		"from": whale, "data": "0x00", "gas": "0x186a0",
	}); err != nil {
		t.Fatal(err)
	}
	var mined struct {
		From     common.Address
		Contract *common.Address `json:"contractAddress"`
	}
	if err := client.Call(&mined, "eth_getTransactionReceipt", hash); err != nil {
		t.Fatal(err)
	}
	if made := crypto.CreateAddress(whale, 0); mined.From != whale || mined.Contract == nil || *mined.Contract != made {
		t.Errorf("the receipt is %+v", mined)
	}
	mined.From = common.Address{}
	if err := client.Call(&mined, "eth_getTransactionByHash", hash); err != nil || mined.From != whale {
		t.Errorf("the transaction is of %s: %v", mined.From, err)
	}
}

func TestADevnetOfAnUnknownForkIsRefused(t *testing.T) {
	if n, err := node.Start(node.Config{Devnet: node.Devnet{HardFork: "atlantis"}}); err == nil {
		n.Close()
		t.Error("it starts")
	}
}

func TestTheLimitForCodeHoldsOnADevnet(t *testing.T) {
	for limit, fits := range map[int]int{0: 24_576, 10: 10, 40_000: 40_000} {
		n, err := node.Start(
			node.Config{Devnet: node.Devnet{CodeSize: limit, Balance: new(big.Int).Lsh(common.Big1, 100)}},
		)
		if err != nil {
			t.Fatal(err)
		}
		if r := deploy(t, n, fits); *r.Status != 1 {
			t.Errorf("limit %d: %d bytes are refused", limit, fits)
		}
		if r := deploy(t, n, fits+1); *r.Status != 0 {
			t.Errorf("limit %d: %d bytes are taken", limit, fits+1)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}
}
