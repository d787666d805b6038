package statetest_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"hestia/replay"
	"hestia/replay/statetest"
	"hestia/vm"
	"hestia/vm/wasmtime"
)

// vectors is the folder of published tests, relative to this package.
const vectors = "../../../shared/vectors/"

var engine = sync.OnceValue(func() vm.Engine {
	e, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		panic(err)
	}
	return e
})

// ethereum names another folder of Ethereum's GeneralStateTests than the one beside this checkout.
var ethereum = flag.String("ethereum", "", "the folder of Ethereum's state tests, all of which run")

// long is a test that takes minutes: 2^32-1 rounds of a precompile. It runs if a folder is named.
const long = "CALLBlake2f_MaxRounds.json"

func TestPublishedEwasmTestsPass(t *testing.T) { passAll(t, vectors+"ewasm") }

func TestEthereumsTestsPass(t *testing.T) {
	if *ethereum != "" {
		passAll(t, *ethereum)
	} else {
		passAll(t, vectors+"ethereum", long)
	}
}

// passAll runs all tests below a folder, if it is there, but for the files left out.
func passAll(t *testing.T, folder string, leftOut ...string) {
	t.Helper()
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the published tests are not beside this checkout: %v", err)
	}
	folders := map[string][]string{}
	if err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".json" && !slices.Contains(leftOut, entry.Name()) {
			folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(folders) == 0 {
		t.Error("there is no test")
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			passed := 0
			for _, file := range folders[name] {
				sum, err := statetest.Run(engine(), file, func(r statetest.Result) {
					if r.Err != nil {
						t.Error(r)
					}
				})
				if err != nil {
					t.Errorf("%s: %v", file, err)
				}
				passed += sum.Passed
			}
			t.Logf("%d passed", passed)
		})
	}
}

// transfer is a test of sending 1 wei, with a choice of gas limits: enough, and one too little.
const transfer = `{"transfer": {
	"env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentDifficulty": "0x020000",
		"currentGasLimit": "0x05500000", "currentNumber": "0x01", "currentTimestamp": "0x03e8",
		"currentBaseFee": "0x0a",
		"currentRandom": "0x0000000000000000000000000000000000000000000000000000000000020000"},
	"pre": {"0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": {"balance": "0x174876e800", "code": "", "nonce": "0x00",
	"storage": {}}},
	"transaction": {"data": ["0x"], "gasLimit": ["0x5208", "0x5207"], "gasPrice": "0x0b", "nonce": "0x00",
		"secretKey": "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8",
		"to": "0x1234567890123456789012345678901234567890", "value": ["0x01"]},
	"post": {"NETWORK": [{"hash": "ROOT", "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
		"indexes": {"data": 0, "gas": GAS, "value": 0} EXPECT}]}}}`

// run writes a variant of transfer to a file and runs it.
func run(t *testing.T, network, root, gas, expect string) (statetest.Summary, []statetest.Result, error) {
	t.Helper()
	text := strings.NewReplacer("NETWORK", network, "ROOT", root, "GAS", gas, "EXPECT", expect).Replace(transfer)
	return runText(t, text)
}

func runText(t *testing.T, text string) (statetest.Summary, []statetest.Result, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var results []statetest.Result
	sum, err := statetest.Run(engine(), file, func(r statetest.Result) { results = append(results, r) })
	return sum, results, err
}

// The roots that geth 1.17.10's own transition gives for transfer, with gas index 0 and 1. It refuses the second.
const (
	byzantiumRoot   = "0x89cfabb0206ad2a3e1ba7945195aa9cf70fa5593097e9db13979a9e0311af9f2"
	osakaRoot       = "0xc8585d696e03efa0c5afb5c8fec50072832b8e4c9d8f5c96220787abbf1c876e"
	untouchedRoot   = "0x19fc38351a22fc05c8add29df0767dc26ab2635d0b4ed11caf7d7cb6fed2ea4d"
	someOtherRoot   = "0x0000000000000000000000000000000000000000000000000000000000000001"
	intrinsicTooLow = `, "expectException": "TransactionException.INTRINSIC_GAS_TOO_LOW"`
)

func TestResultIsComparedWithTheRoot(t *testing.T) {
	for _, test := range []struct {
		network, root, gas, expect string
		want                       string // part of the failure; empty = passes
	}{
		{"Byzantium", byzantiumRoot, "0", "", ""},
		{"Osaka", osakaRoot, "0", "", ""},
		{"Byzantium", untouchedRoot, "1", "", ""},
		{"Osaka", untouchedRoot, "1", intrinsicTooLow, ""},
		{"Byzantium", someOtherRoot, "0", "", "wrong state root: have " + byzantiumRoot},
		{"Osaka", someOtherRoot, "1", "", "(refused: intrinsic gas too low: have 20999, want 21000)"},
		{"Osaka", osakaRoot, "0", intrinsicTooLow, "accepted, but should be refused"},
		{"Petersburg", byzantiumRoot, "0", "", "no rules for this network: Petersburg"},
		{"Byzantium", byzantiumRoot, "2", "", "malformed test: indexes point outside the transaction"},
		{"Byzantium", byzantiumRoot, "-1", "", "malformed test: indexes point outside the transaction"},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			sum, results, err := run(t, test.network, test.root, test.gas, test.expect)
			if err != nil || len(results) != 1 || sum.Passed+sum.Failed != 1 {
				t.Fatalf("%+v, %v, error %v", sum, results, err)
			}
			got := results[0].Err
			if (got == nil) != (test.want == "") || got != nil && !strings.Contains(got.Error(), test.want) {
				t.Errorf("result is %v", results[0])
			}
			if passed := got == nil; (sum.Passed == 1) != passed {
				t.Errorf("the sum is %+v", sum)
			}
		})
	}
}

func TestLogsAreCompared(t *testing.T) {
	text := strings.NewReplacer(
		"NETWORK", "Byzantium", "ROOT", byzantiumRoot, "GAS", "0", "EXPECT", "", "0x1dcc", "0x1dcd",
	).Replace(transfer)
	if _, results, err := runText(t, text); err != nil || len(results) != 1 || results[0].Err == nil {
		t.Errorf("results %v, error %v", results, err)
	}
}

func TestWhatIsNoTestIsAnError(t *testing.T) {
	for _, text := range []string{"", "[]", "{}", "{", `{"empty": null}`, `{"a": {"pre": {"zz": {}}}}`, `{"a": 5}`} {
		if sum, _, err := runText(t, text); err == nil {
			t.Errorf("%q gave %+v", text, sum)
		}
	}
	if _, err := statetest.Run(engine(), t.TempDir(), func(statetest.Result) {}); !errors.Is(err, replay.ErrNoTests) {
		t.Errorf("an empty folder gave error %v", err)
	}
	if _, err := statetest.Run(
		engine(), filepath.Join(t.TempDir(), "none"), func(statetest.Result) {},
	); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing path gave error %v", err)
	}
}

// FuzzRun checks that no file makes the runner panic.
func FuzzRun(f *testing.F) {
	f.Add(strings.NewReplacer("NETWORK", "Osaka", "ROOT", osakaRoot, "GAS", "0", "EXPECT", "").Replace(transfer))
	f.Fuzz(func(t *testing.T, text string) {
		_, _, _ = runText(t, text)
	})
}
