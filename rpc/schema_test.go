package rpc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hestia/chain/miner"
	"hestia/rpc"
)

// openRPC is ethereum/execution-apis as the shared test data has it.
const openRPC = "../../shared/vectors/openrpc.json"

// described is one method of the specification.
type described struct {
	Name   string `json:"name"`
	Params []struct {
		Name     string `json:"name"`
		Required bool   `json:"required"`
		Schema   any    `json:"schema"`
	} `json:"params"`
	Result struct {
		Schema any `json:"schema"`
	} `json:"result"`
	Errors []struct {
		Code int `json:"code"`
	} `json:"errors"`
}

// specification returns the methods of execution-apis that are meant for a node's users.
func specification(t *testing.T) map[string]*described {
	t.Helper()
	data, err := os.ReadFile(openRPC)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the specification of execution-apis is not there: %s", openRPC)
	}
	check(t, err)
	var document struct {
		Methods []*described `json:"methods"`
	}
	check(t, json.Unmarshal(data, &document))
	methods := make(map[string]*described)
	for _, m := range document.Methods {
		// engine is for a consensus client, and testing for those who test one.
		if !strings.HasPrefix(m.Name, "engine_") && !strings.HasPrefix(m.Name, "testing_") {
			methods[m.Name] = m
		}
	}
	return methods
}

// conversations returns parameters for every method, several if several answers are possible. $name stands for what
// places knows.
var conversations = map[string][]string{
	"debug_getBadBlocks":          {``},
	"debug_getRawBlock":           {`"0x1"`, `"latest"`, `"earliest"`, `"0xffff"`},
	"debug_getRawBlockAccessList": {`"0x1"`},
	"debug_getRawHeader":          {`"0x1"`, `"finalized"`},
	"debug_getRawReceipts":        {`"0x1"`, `"0x4"`, `"earliest"`},
	"debug_getRawTransaction":     {`"$deployment"`, `"$transfer"`},
	"debug_traceBlockByHash":      {`"$block"`, `"$block", {"tracer":"callTracer"}`},
	"debug_traceBlockByNumber": {
		`"0x1"`, `"0x4", {"enableMemory":true,"limit":2}`, `"0x4", {"tracer":"prestateTracer"}`, `"0x0"`,
	},
	"debug_traceTransaction": {
		`"$transfer"`, `"$transfer", {"disableStack":true,"disableStorage":true,"enableReturnData":true}`,
		`"$reverted"`,
		`"$transfer", {"tracer":"callTracer","tracerConfig":{"withLog":true}}`, `"$plain"`,
	},
	"eth_accounts":    {``},
	"eth_baseFee":     {``},
	"eth_blobBaseFee": {``},
	"eth_blockNumber": {``},
	"eth_call": {
		`{"to":"$token","input":"0x18160ddd"}, "latest"`, `{"to":"$bob","value":"0x1"}, "0x2"`,
		`{"to":"$token","input":"0x00"}, "latest"`,
	},
	"eth_capabilities": {``},
	"eth_chainId":      {``},
	"eth_coinbase":     {``},
	"eth_config":       {``},
	"eth_createAccessList": {
		`{"from":"$alice","to":"$token","input":"$transferData"}, "latest"`,
		`{"from":"$bob","to":"$token","input":"0x00"}, "latest"`, `{"to":"$bob"}`,
	},
	"eth_estimateGas": {
		`{"from":"$alice","to":"$token","input":"$transferData"}`, `{"to":"$bob"}, "earliest"`,
	},
	"eth_feeHistory": {`"0x5", "latest", [0, 50, 100]`, `"0x2", "0x2", []`},
	"eth_fillTransaction": {
		`{"from":"$alice","to":"$nobody","value":"0x1"}`, `{"from":"$alice","to":"$nobody","gasPrice":"0x77359400"}`,
		`{"from":"$alice","to":"$nobody","gasPrice":"0x77359400","accessList":[]}`,
	},
	"eth_gasPrice":           {``},
	"eth_getBalance":         {`"$alice", "latest"`, `"$alice", "$block"`, `"$alice"`},
	"eth_getBlockAccessList": {`"latest"`},
	"eth_getBlockByHash":     {`"$block", true`, `"$block", false`, `"$nothing", false`},
	"eth_getBlockByNumber": {
		`"earliest", true`, `"latest", true`, `"latest", false`, `"0x1", true`, `"0x6", true`, `"0x7", true`,
		`"0x8", true`, `"0x9", true`, `"safe", false`, `"finalized", true`, `"0xffff", false`,
	},
	"eth_getBlockReceipts":                 {`"0x1"`, `"0x5"`, `"0x9"`, `"earliest"`, `"0xffff"`},
	"eth_getBlockTransactionCountByHash":   {`"$block"`, `"$nothing"`},
	"eth_getBlockTransactionCountByNumber": {`"0x1"`, `"pending"`},
	"eth_getCode":                          {`"$token", "latest"`, `"$bob", "latest"`, `"$delegated", "latest"`},
	"eth_getFilterChanges":                 {`"$blockFilter"`, `"$logFilter"`, `"$pendingFilter"`},
	"eth_getFilterLogs":                    {`"$logFilter"`},
	"eth_getLogs": {
		`{"fromBlock":"earliest","toBlock":"latest"}`, `{"blockHash":"$block","address":"$token"}`,
		`{"address":["$bob"],"topics":[null]}`,
	},
	"eth_getProof": {
		`"$token", ["0x0"], "latest"`, `"$token", ["0x","$word","0x00"], "latest"`, `"$bob", [], "latest"`,
	},
	"eth_getStorageAt":                        {`"$token", "0x0", "latest"`, `"$token", "$word", "0x1"`},
	"eth_getStorageValues":                    {`{"$token":["$word","0x0"]}, "latest"`},
	"eth_getTransactionByBlockHashAndIndex":   {`"$block", "0x0"`, `"$block", "0x9"`},
	"eth_getTransactionByBlockNumberAndIndex": {`"0x1", "0x0"`, `"latest", "0x0"`},
	"eth_getTransactionByHash": {
		`"$deployment"`, `"$plain"`, `"$nothing"`, `"$type0"`, `"$type1"`, `"$type4"`,
	},
	"eth_getTransactionCount": {`"$alice", "latest"`, `"$alice", "pending"`},
	"eth_getTransactionReceipt": {
		`"$deployment"`, `"$transfer"`, `"$reverted"`, `"$plain"`, `"$nothing"`, `"$type0"`, `"$type1"`, `"$type4"`,
	},
	"eth_maxPriorityFeePerGas":        {``},
	"eth_newBlockFilter":              {``},
	"eth_newFilter":                   {`{"address":"$token"}`},
	"eth_newPendingTransactionFilter": {``},
	"eth_sendRawTransaction":          {`"$raw"`},
	"eth_sendTransaction":             {`{"from":"$alice","to":"$nobody","value":"0x1"}`},
	"eth_sign":                        {`"$alice", "0xdeadbeef"`},
	"eth_signTransaction": {
		`{"from":"$alice","to":"$nobody","value":"0x1","gas":"0x5208"}`,
		`{"from":"$alice","to":"$nobody","gasPrice":"0x77359400"}`,
	},
	"eth_simulateV1": {
		`{"blockStateCalls":[{"calls":[{"from":"$alice","to":"$token","input":"$transferData"},{"from":"$bob","to":` +
			`"$token","input":"0x00"}]}]}, "latest"`,
		`{"blockStateCalls":[{"blockOverrides":{"number":"0x20"},"stateOverrides":{"$nobody":{"balance":"0xffff"}},` +
			`"calls":[{"from":"$nobody","to":"$bob","value":"0x1"}]},{}],"traceTransfers":true,` +
			`"returnFullTransactions":true}, "latest"`,
		`{"blockStateCalls":[{"calls":[{"from":"$alice","to":"$bob","nonce":"0x0"}]}],"validation":true}, "latest"`,
	},
	"eth_syncing":         {``},
	"eth_uninstallFilter": {`"$blockFilter"`, `"0x1"`},
	"net_version":         {``},
	"txpool_content":      {``},
	"txpool_contentFrom":  {`"$alice"`},
	"txpool_status":       {``},
}

// places mines a chain of every kind of transaction and says where things are on it.
func (s *server) places(t *testing.T) *strings.Replacer {
	t.Helper()
	s.populate(t)
	typed := s.everyType(t)
	hash := func(n uint64) string { return s.chain.BlockByNumber(n).Transactions()[0].Hash().Hex() }
	id := func(method, params string) (id string) {
		s.must(t, &id, method, params)
		return id
	}
	waits := s.sign(t, aliceKey, s.pool.Nonce(alice)+1, &bob, 1, nil)
	s.must(t, nil, "eth_sendRawTransaction", raw(t, waits))
	waiting, err := s.sign(t, bobKey, s.pool.Nonce(bob)+1, &alice, 1, nil).MarshalBinary()
	check(t, err)
	pairs := []string{
		"$deployment", hash(1), "$plain", hash(3), "$transferData", hexutil.Encode(transfer(bob, 1)), "$transfer",
		hash(4), "$reverted", hash(5),
		"$type0", typed[0].Hash().Hex(), "$type1", typed[1].Hash().Hex(), "$type4", typed[2].Hash().Hex(),
		"$blockFilter", id("eth_newBlockFilter", ""), "$block", s.chain.BlockByNumber(4).Hash().Hex(),
		"$logFilter", id("eth_newFilter", fmt.Sprintf(`{"address":%q}`, token)), "$pendingFilter",
		id("eth_newPendingTransactionFilter", ""),
		"$nothing", "0x" + strings.Repeat("00", 31) + "01", "$word", "0x" + strings.Repeat("00", 31) + "02",
		"$token", token.Hex(), "$counter", counter.Hex(), "$alice", alice.Hex(), "$bob", bob.Hex(), "$delegated",
		bob.Hex(),
		"$nobody", "0x00000000000000000000000000000000000000ff", "$raw", hexutil.Encode(waiting),
	}
	return strings.NewReplacer(pairs...)
}

// everyType mines a transaction of types 0, 1 and 4 from alice's nonce on.
func (s *server) everyType(t *testing.T) []*types.Transaction {
	t.Helper()
	nonce := s.pool.Nonce(alice)
	id := s.chain.ChainConfig().ChainID
	price, list := big.NewInt(20*params.GWei), types.AccessList{{Address: token, StorageKeys: nil}}
	delegation, err := types.SignSetCode(
		bobKey, types.SetCodeAuthorization{ChainID: *uint256.MustFromBig(id), Address: token, Nonce: s.pool.Nonce(bob)},
	)
	check(t, err)
	var txs []*types.Transaction
	for i, body := range []types.TxData{
		&types.LegacyTx{Nonce: nonce, To: &bob, Gas: 50_000, GasPrice: price},
		&types.AccessListTx{ChainID: id, Nonce: nonce + 1, To: &bob, Gas: 50_000, GasPrice: price, AccessList: list},
		&types.SetCodeTx{
			ChainID: uint256.MustFromBig(id), Nonce: nonce + 2, To: alice, Gas: 100_000, GasTipCap: uint256.NewInt(1),
			GasFeeCap: uint256.MustFromBig(price), AuthList: []types.SetCodeAuthorization{delegation},
		},
	} {
		txs = append(txs, types.MustSignNewTx(aliceKey, types.LatestSigner(s.chain.ChainConfig()), body))
		s.must(t, nil, "eth_sendRawTransaction", raw(t, txs[i]))
	}
	return txs
}

func TestEveryMethodOfExecutionAPIsAnswersByItsSchema(t *testing.T) {
	methods := specification(t)
	s := start(t, miner.Instant, rpc.Config{})
	places := s.places(t)
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		method := methods[name]
		if len(conversations[name]) == 0 {
			t.Errorf("%s is not asked", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			answered := 0
			for _, params := range conversations[name] {
				params = places.Replace(params)
				method.checkParams(t, params)
				var result any
				if err := s.call(t, &result, name, params); err != nil {
					method.checkError(t, params, err)
					continue
				}
				answered++
				if err := compile(t, method.Result.Schema).Validate(specified(result)); err != nil {
					text, _ := json.Marshal(result)
					t.Errorf("%s(%s): %.2000s\n%v", name, params, text, err)
				}
			}
			if answered == 0 && name != "debug_getRawBlockAccessList" {
				t.Errorf("%s never gave a result", name)
			}
		})
	}
}

// specified leaves out what the specification does not know and refuses: why a transaction failed.
func specified(result any) any {
	switch v := result.(type) {
	case map[string]any:
		delete(v, "revertReason")
	case []any:
		for _, item := range v {
			specified(item)
		}
	}
	return result
}

// eitherList lets an empty list be one of several kinds of list at once: hashes or logs of a filter that found nothing.
func eitherList(schema any) any {
	alternatives, ok := schema.(map[string]any)
	if !ok || alternatives["oneOf"] == nil {
		return schema
	}
	relaxed := maps.Clone(alternatives)
	relaxed["anyOf"] = relaxed["oneOf"]
	delete(relaxed, "oneOf")
	return relaxed
}

func compile(t *testing.T, schema any) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	check(t, compiler.AddResource("schema.json", eitherList(schema)))
	compiled, err := compiler.Compile("schema.json")
	check(t, err)
	return compiled
}

// checkParams holds what the test asks against the specification too, so that it asks as it should.
func (m *described) checkParams(t *testing.T, text string) {
	t.Helper()
	var params []any
	check(t, json.Unmarshal([]byte("["+text+"]"), &params))
	for i, p := range m.Params {
		if i >= len(params) {
			if p.Required {
				t.Errorf("%s(%s) leaves out %s", m.Name, text, p.Name)
			}
			continue
		}
		if err := compile(t, p.Schema).Validate(params[i]); err != nil {
			t.Errorf("%s(%s): parameter %s: %v", m.Name, text, p.Name, err)
		}
	}
	if len(params) > len(m.Params) {
		t.Errorf("%s(%s) has more than %d parameters", m.Name, text, len(m.Params))
	}
}

// checkError allows the codes that the method lists, those of JSON-RPC, and geth's for the rest.
func (m *described) checkError(t *testing.T, params string, err *rpcError) {
	t.Helper()
	known := []int{3, -32000, -32001, -32602}
	for _, e := range m.Errors {
		known = append(known, e.Code)
	}
	if !slices.Contains(known, err.Code) || err.Message == "" {
		t.Errorf("%s(%s): error %+v is none of %v", m.Name, params, *err, known)
	}
}
