package node

import (
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// presigned are the transactions that deploy a contract on any chain: their signatures are made up, so that there
// is no key of the sender, and the address follows from the code.
var presigned = []struct {
	name     string
	prefix   string // of the creation data, before the code
	gasLimit uint64
	v        int64
	r, s     string
	hash     string
}{
	{
		"Multicall3", "608060405234801561001057600080fd5b50610ee0806100206000396000f3fe", 1_000_000, 28,
		"edce47092c0f398cebf3ffc267f05c8e7076e3b89445e0fe50f6332273d4569b",
		"1b0b9d000e19b24c5869b0fc3b22b0d6fa47cd63316875cbbd577d76e6fde086",
		"0x07471adfe8f4ec553c1199f495be97fc8be8e0626ae307281c22534460184ed1",
	},
	{
		"ERC-1820 registry", "608060405234801561001057600080fd5b506109c5806100206000396000f3fe", 800_000, 27,
		strings.Repeat("1820", 16), strings.Repeat("1820", 16), "",
	},
	{
		"CREATE2 deployer", "604580600e600039806000f350fe", 100_000, 27,
		strings.Repeat("2222", 16), strings.Repeat("2222", 16), "",
	},
}

func TestPredeployedCodeFollowsFromItsAddress(t *testing.T) {
	for _, p := range presigned {
		at := predeployCalled(t, p.name)
		tx := types.NewTx(&types.LegacyTx{
			GasPrice: big.NewInt(100_000_000_000), Gas: p.gasLimit, Value: new(big.Int),
			Data: append(common.FromHex(p.prefix), at.code...), V: big.NewInt(p.v),
			R: new(big.Int).SetBytes(common.FromHex(p.r)), S: new(big.Int).SetBytes(common.FromHex(p.s)),
		})
		sender, err := types.Sender(types.HomesteadSigner{}, tx)
		if err != nil {
			t.Fatal(err)
		}
		if made := crypto.CreateAddress(sender, 0); made != at.address {
			t.Errorf("%s: the transaction makes %s, not %s", p.name, made, at.address)
		}
		if p.hash != "" && tx.Hash().Hex() != p.hash {
			t.Errorf("%s: the transaction is %s", p.name, tx.Hash())
		}
	}
}

func predeployCalled(t *testing.T, name string) predeploy {
	t.Helper()
	for _, p := range predeploys {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("no predeploy is called %s", name)
	return predeploy{}
}

func TestTheDocumentListsThePredeploys(t *testing.T) {
	document, err := os.ReadFile("../docs/devnet.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, p := range predeploys {
		fmt.Fprintf(&want, "| %s | `%s` | `%s` |\n", p.name, p.address, crypto.Keccak256Hash(p.code))
	}
	if !strings.Contains(string(document), want.String()) {
		t.Errorf("docs/devnet.md does not hold\n%s", want.String())
	}
}

func TestADevnetBeginsWithThePredeploysUnlessToldNotTo(t *testing.T) {
	for _, without := range []bool{false, true} {
		n, err := Start(Config{Devnet: Devnet{NoPredeploys: without}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { n.Close() })
		client := n.Client()
		defer client.Close()
		for _, p := range predeploys {
			var code hexutil.Bytes
			if err := client.Call(&code, "eth_getCode", p.address, "0x0"); err != nil {
				t.Fatal(err)
			}
			if there := len(code) > 0; there == without {
				t.Errorf("without them %v: %s has %d bytes of code", without, p.name, len(code))
			}
		}
	}
}

func TestPredeploysAnswer(t *testing.T) {
	n, err := Start(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	client := n.Client()
	defer client.Close()
	const zeros = "000000000000000000000000000000000000000000000000000000000000"
	for _, test := range []struct{ name, input, want string }{
		{"Multicall3", "0x3408e470", "0x" + zeros + "7a69"}, // getChainId()
		// getManager(address)
		{"ERC-1820 registry", "0x3d584063" + zeros + "0007", "0x" + zeros + "0007"},
		// get_deposit_root()
		{"deposit contract", "0xc5f2892f", "0xd70a234731285c6804c2a4f56711ddb8c82c99740f207854891028af34e27e5e"},
		// the constructor PUSH0 PUSH0 RETURN, with a salt of zeros
		{
			"CREATE2 deployer", "0x" + strings.Repeat("0", 64) + "5f5ff3",
			strings.ToLower(crypto.CreateAddress2(
				predeployCalled(t, "CREATE2 deployer").address, common.Hash{},
				crypto.Keccak256(common.FromHex("5f5ff3")),
			).Hex()),
		},
		{"withdrawal requests (EIP-7002)", "0x", "0x" + zeros + "0001"},
		{"consolidation requests (EIP-7251)", "0x", "0x" + zeros + "0001"},
	} {
		var output hexutil.Bytes
		call := map[string]any{"to": predeployCalled(t, test.name).address, "data": test.input}
		if err := client.Call(&output, "eth_call", call, "latest"); err != nil || output.String() != test.want {
			t.Errorf("%s: %s, %v, want %s", test.name, output, err, test.want)
		}
	}
}
