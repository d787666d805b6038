package tests

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	gethrpc "github.com/ethereum/go-ethereum/rpc"
	"github.com/google/go-cmp/cmp"

	"hestia/contracts"
	"hestia/node"
)

const dumpedBlocks = 1000

func TestAStateFileCarriesAThousandBlocksToAFreshProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("makes and compares a thousand blocks")
	}
	binary := buildHestia(t)
	from, to := startProcess(t, binary), startProcess(t, binary, "--accounts", "1")
	token := makeBlocks(t, from)
	var state hexutil.Bytes
	check(t, from.client.Client().Call(&state, "anvil_dumpState"))
	var loaded bool
	check(t, to.client.Client().Call(&loaded, "anvil_loadState", state))
	if height, err := to.client.BlockNumber(t.Context()); err != nil || height < dumpedBlocks {
		t.Fatalf("block %d, %v", height, err)
	}
	asked := questions(token)
	want, got := answers(t, from.client.Client(), asked), answers(t, to.client.Client(), asked)
	for i, q := range asked {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Fatalf("%s%v differs (-before, +after):\n%s", q.method, q.args, diff)
		}
	}
	var snapshot hexutil.Uint64
	check(t, to.client.Client().Call(&snapshot, "evm_snapshot")) // the loaded chain goes on as any other
	check(t, to.client.Client().Call(nil, "evm_mine"))
}

// makeBlocks fills blocks with transfers of a token and of ether, transactions that revert, edits, jumps in time and
// empty blocks, and returns the token.
func makeBlocks(t *testing.T, p *process) common.Address {
	t.Helper()
	keys, err := node.DeriveKeys(node.DevMnemonic, 2)
	check(t, err)
	token := deployToken(t, p.client, keys[0])
	signer := types.LatestSignerForChainID(big.NewInt(31337))
	nonce := uint64(1)
	send := func(to common.Address, value int64, data []byte) {
		tx := types.MustSignNewTx(keys[0], signer, &types.DynamicFeeTx{
			ChainID: signer.ChainID(), Nonce: nonce, To: &to, Gas: 200_000, Value: big.NewInt(value), Data: data,
			GasFeeCap: big.NewInt(1e11), GasTipCap: big.NewInt(1e9),
		})
		check(t, p.client.SendTransaction(t.Context(), tx))
		nonce++
	}
	call := func(method string, args ...any) { check(t, p.client.Client().Call(nil, method, args...)) }
	known, err := gethabi.JSON(strings.NewReader(contracts.Token.ABI))
	check(t, err)
	for n := range dumpedBlocks {
		to := common.BigToAddress(big.NewInt(int64(n%50) + 1000))
		amount := big.NewInt(int64(n))
		if n%10 == 3 {
			amount = new(big.Int).Lsh(amount, 200) // more than there is
		}
		input, err := known.Pack("transfer", to, amount)
		check(t, err)
		switch n % 10 {
		case 5:
			send(to, int64(n), nil)
		case 6:
			call("anvil_setBalance", to, hexutil.EncodeUint64(uint64(n)))
			call(
				"anvil_setStorageAt", token, common.BigToHash(big.NewInt(int64(n)+1e6)),
				common.BigToHash(big.NewInt(7)),
			)
			call("evm_increaseTime", n)
			call("evm_mine")
		default:
			send(token, 0, input)
		}
	}
	return token
}

// question is a request whose answer must survive.
type question struct {
	method string
	args   []any
}

// questions ask for every block, receipt and log, and for the state after every block.
func questions(token common.Address) []question {
	everything := map[string]any{"fromBlock": "0x0", "toBlock": "latest"}
	list := []question{{"eth_chainId", nil}, {"eth_getLogs", []any{everything}}}
	for n := range uint64(dumpedBlocks + 2) {
		at := hexutil.EncodeUint64(n)
		account := common.BigToAddress(big.NewInt(int64(n%50) + 1000))
		slot := common.BigToHash(big.NewInt(int64(n) + 1e6))
		balanceOf := "0x70a08231" + common.Bytes2Hex(common.LeftPadBytes(account[:], 32))
		list = append(list,
			question{"eth_getBlockByNumber", []any{at, true}}, question{"eth_getBlockReceipts", []any{at}},
			question{"eth_getBalance", []any{account, at}}, question{"eth_getStorageAt", []any{token, slot, at}},
			question{"eth_call", []any{map[string]any{"to": token, "data": balanceOf}, at}},
			question{"eth_getProof", []any{account, []string{}, at}},
		)
	}
	return list
}

// answers are what a node says, errors too.
func answers(t *testing.T, client *gethrpc.Client, asked []question) []string {
	t.Helper()
	const together = 60
	var all []string
	for len(asked) > 0 {
		some := asked[:min(together, len(asked))]
		asked = asked[len(some):]
		batch := make([]gethrpc.BatchElem, len(some))
		for i, q := range some {
			batch[i] = gethrpc.BatchElem{Method: q.method, Args: q.args, Result: new(json.RawMessage)}
		}
		check(t, client.BatchCall(batch))
		for _, e := range batch {
			all = append(all, fmt.Sprintf("%s %v", *e.Result.(*json.RawMessage), e.Error))
		}
	}
	return all
}
