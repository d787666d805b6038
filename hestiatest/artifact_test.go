package hestiatest_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"hestia/hestiatest"
)

// keeper is EVM code that keeps its constructor's argument and answers it to get(): what a compiler makes of
//
//	contract Keeper {
//		uint256 v;
//		constructor(uint256 _v) { v = _v; }
//		function get() view returns (uint256) { return v; }
//	}
const keeper = "6020601c5f395f515f55600860145f3960085ff3" + "5f545f5260205ff3"

const keeperABI = `[{"type":"constructor","inputs":[{"name":"_v","type":"uint256"}]},` +
	`{"type":"function","name":"get","inputs":[],"outputs":[{"type":"uint256"}],"stateMutability":"view"}]`

func TestContractsDeployFromWhatCompilersOfSolidityWrite(t *testing.T) {
	d := hestiatest.Start(t)
	for name, row := range map[string]struct{ output, name string }{
		"Hardhat's artifact": {`{"abi":%[2]s,"bytecode":"0x%[1]s","deployedBytecode":"0x"}`, ""},
		"Foundry's artifact": {`{"abi":%[2]s,"bytecode":{"object":"0x%[1]s"},"deployedBytecode":{}}`, ""},
		"standard output": {
			`{"contracts":{"a.sol":{"Keeper":{"abi":%[2]s,"evm":{"bytecode":{"object":"%[1]s"}}},` +
				`"Other":{"abi":[],"evm":{"bytecode":{"object":"00"}}}}},"sources":{}}`,
			"Keeper",
		},
		"combined JSON": {
			`{"contracts":{"a.sol:Keeper":{"abi":%[2]s,"bin":"%[1]s"},"a.sol:I":{"abi":[],"bin":""}},"version":""}`,
			"",
		},
		"by its full name": {`{"contracts":{"a.sol:Keeper":{"abi":%[2]s,"bin":"%[1]s"}}}`, "a.sol:Keeper"},
	} {
		t.Run(name, func(t *testing.T) {
			c := d.For(t).DeploySolidity(fmt.Appendf(nil, row.output, keeper, keeperABI), row.name, big.NewInt(42))
			if kept := c.Call("get")[0].(*big.Int); kept.Int64() != 42 {
				t.Errorf("get() is %v", kept)
			}
		})
	}
	for want, output := range map[string]string{
		"not linked":                `{"abi":[],"bytecode":"0x60__$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa$__"}`,
		"no creation data":          `{"abi":[],"bytecode":"0x"}`,
		"no JSON":                   `6080`,
		"several contracts":         `{"contracts":{"a.sol:A":{"bin":"00"},"a.sol:B":{"bin":"00"}}}`,
		"no contract \"\" that can": `{"contracts":{"a.sol:A":{"bin":""}}}`,
		"no hex":                    `{"abi":[],"bytecode":"0x6"}`,
	} {
		func() {
			defer func() {
				if failed := fmt.Sprint(recover()); !strings.Contains(failed, want) {
					t.Errorf("%s: %q, want %q", output, failed, want)
				}
			}()
			d.For(&strict{t}).DeploySolidity([]byte(output), "")
		}()
	}
}

// strict is a test that panics when it fails.
type strict struct{ testing.TB }

func (s *strict) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// talking is EVM code that passes its calldata on to console.log, and the constructor before it.
var talking = common.FromHex("60178060095f395ff3" + "365f5f375f5f365f6a636f6e736f6c652e6c6f675afa00")

func TestConsoleLogOfEVMCodeIsInTheTestsLog(t *testing.T) {
	l := &logging{TB: t}
	d := hestiatest.Start(l)
	c := d.Deploy(
		talking, `[{"type":"function","name":"log","inputs":[{"type":"string"},{"type":"uint256"}],"outputs":[]}]`,
	)
	l.taken()
	const idle = ", which changes nothing"
	for _, row := range []struct {
		do     func()
		origin string
	}{
		{func() { c.From(3).Send("log", "value %d", big.NewInt(7)) }, "transaction of account 3"},
		{func() { c.From(2).Call("log", "value %d", big.NewInt(7)) }, "eth_call of account 2" + idle},
	} {
		row.do()
		want := "debug, " + row.origin + ": value 7"
		if lines := l.taken(); !slices.Equal(lines, []string{want}) {
			t.Errorf("%q, want %q once", lines, want)
		}
	}
}
