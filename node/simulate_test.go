package node

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/transition"
)

// simulatedBlock is what eth_simulateV1 returns of a block.
type simulatedBlock struct {
	Number        hexutil.Uint64
	BaseFee       *hexutil.Big `json:"baseFeePerGas"`
	Withdrawals   *common.Hash `json:"withdrawalsRoot"`
	ExcessBlobGas *hexutil.Uint64
	RequestsHash  *common.Hash
	Difficulty    *hexutil.Big
	Calls         []struct {
		Status hexutil.Uint64
		Data   hexutil.Bytes `json:"returnData"`
	}
}

func TestBlocksOfEveryForkAreSimulated(t *testing.T) {
	for at, fork := range transition.HardForks() {
		t.Run(fork, func(t *testing.T) {
			n, err := Start(Config{Devnet: Devnet{HardFork: fork}})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			client := n.Client()
			defer client.Close()
			from := crypto.PubkeyToAddress(n.Keys[0].PublicKey)
			var blocks []simulatedBlock
			if err := client.Call(&blocks, "eth_simulateV1", map[string]any{"blockStateCalls": []any{
				map[string]any{"calls": []any{
					map[string]any{"from": from, "to": common.Address{19: 0xaa}, "value": "0x1"},
				}},
				map[string]any{"blockOverrides": map[string]any{"number": "0x4"}},
			}}, "latest"); err != nil {
				t.Fatal(err)
			}
			if len(blocks) != 4 || blocks[0].Calls[0].Status != 1 || blocks[3].Number != 4 {
				t.Fatalf("%+v", blocks)
			}
			names := transition.HardForks()
			has := func(name string) bool {
				for i, known := range names {
					if known == name {
						return at >= i
					}
				}
				t.Fatalf("no fork is called %s", name)
				return false
			}
			for _, b := range blocks {
				if (b.BaseFee != nil) != has("london") || (b.Withdrawals != nil) != has("shanghai") ||
					(b.ExcessBlobGas != nil) != has("cancun") || (b.RequestsHash != nil) != has("prague") {
					t.Errorf("block %d is %+v", b.Number, b)
				}
			}
		})
	}
}

// A simulated block makes the system calls that a real one would, and pays withdrawals.
func TestSimulatedBlocksMakeSystemCalls(t *testing.T) {
	n, err := Start(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	client := n.Client()
	defer client.Close()
	const parent = "0x0000000000000000000000000000000000000000000000000000000000000001"
	rich := common.Address{19: 0xbb}
	var blocks []simulatedBlock
	if err := client.Call(&blocks, "eth_simulateV1", map[string]any{"blockStateCalls": []any{
		map[string]any{"blockOverrides": map[string]any{"withdrawals": []any{map[string]any{
			"index": "0x0", "validatorIndex": "0x0", "address": rich, "amount": "0x5",
		}}}},
		map[string]any{"calls": []any{
			map[string]any{"to": params.HistoryStorageAddress, "data": parent},
			map[string]any{
				"from": rich, "to": common.Address{19: 0xcc}, "value": hexutil.EncodeUint64(5 * params.GWei),
			},
		}},
	}}, "latest"); err != nil {
		t.Fatal(err)
	}
	calls := blocks[1].Calls
	if calls[0].Status != 1 || common.BytesToHash(calls[0].Data) == (common.Hash{}) || calls[1].Status != 1 {
		t.Errorf("%+v", calls)
	}
}
