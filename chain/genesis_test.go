package chain_test

import (
	"fmt"
	"strings"
	"testing"

	"hestia/chain"
	"hestia/gas"
)

// genesisJSON returns a small genesis with the given additions to its config and its fields.
func genesisJSON(config, fields string) string {
	return fmt.Sprintf(`{"config": {"chainId": 7%s}, "gasLimit": "0x1c9c380", "difficulty": "0x0", "alloc": {
		"0x1234567890123456789012345678901234567890": {"balance": "0x10"}}%s}`, config, fields)
}

func TestGenesisThatNamesNoForkIsCompletedToOsaka(t *testing.T) {
	g, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(`, "bpo1Time": 0,
		"blobSchedule": {"cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
		"prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
		"bpo1": {"target": 10, "max": 15, "baseFeeUpdateFraction": 8346193}}`, "")))
	if err != nil {
		t.Fatal(err)
	}
	c := openChain(t, openStore(t, ""), g)
	rules := c.Rules(c.Head())
	if !rules.IsOsaka || !rules.IsPrague || !rules.IsLondon || rules.IsAmsterdam {
		t.Errorf("rules are %+v", rules)
	}
	if c.ChainConfig().ChainID.Uint64() != 7 || c.Schedule(c.Head()) != gas.Default() {
		t.Errorf("chain %d with schedule %s", c.ChainConfig().ChainID, c.Schedule(c.Head()).Name)
	}
	build(t, c)
}

func TestGenesisNamesItsSchedule(t *testing.T) {
	g, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(`, "hestia": {"schedule": "byzantium"}`, "")))
	if err != nil {
		t.Fatal(err)
	}
	if g.Schedule != gas.Byzantium() {
		t.Errorf("schedule is %s", g.Schedule.Name)
	}
}

func TestBadGenesisIsRefusedByTheNameOfTheField(t *testing.T) {
	for want, text := range map[string]string{
		"line 2":                      "{\n  oops}",
		"config is missing":           `{"gasLimit": "0x1c9c380", "difficulty": "0x0", "alloc": {}}`,
		"missing required field 'all": `{"config": {"chainId": 7}, "gasLimit": "0x1c9c380", "difficulty": "0x0"}`,
		"config.chainId":              strings.Replace(genesisJSON("", ""), "7", "0", 1),
		"berlinBlock not enabled":     genesisJSON(`, "londonBlock": 5`, ""),
		"config.homesteadBlock":       genesisJSON(`, "homesteadBlock": -1`, ""),
		"config.terminalTotalDiffic":  genesisJSON(`, "terminalTotalDifficulty": 58750000000000000000000`, ""),
		"config.osakaTime: needs pra": genesisJSON(`, "osakaTime": 1800000000`, ""),
		"config.shanghaiTime: needs":  genesisJSON(`, "homesteadBlock": 0, "shanghaiTime": 0`, ""),
		"schedule: default-2 runs wa": genesisJSON(`, "homesteadBlock": 0, "hestia": {"schedule": "default-2"}`, ""),
		"byzantium runs wasm, which ": genesisJSON(`, "homesteadBlock": 0, "hestia": {"schedule": "byzantium"}`, ""),
		"config.hestia.schedules[0]:": genesisJSON(`, "homesteadBlock": 0, "hestia": {"schedule": "ethereum",
			"schedules": [{"block": 3, "schedule": "default-2"}]}`, ""),
		"config.amsterdamTime":      genesisJSON(`, "amsterdamTime": 0`, ""),
		"config.bpo2Time":           genesisJSON(`, "bpo2Time": 1`, ""),
		"config.clique":             genesisJSON(`, "clique": {"period": 1, "epoch": 1}`, ""),
		"config.enableUBTAtGenesis": genesisJSON(`, "enableUBTAtGenesis": true`, ""),
		"config.hestia.schedule":    genesisJSON(`, "hestia": {"schedule": "free"}`, ""),
		"blobSchedule: max is 0": genesisJSON(`, "blobSchedule": {
			"cancun": {"target": 0, "max": 0, "baseFeeUpdateFraction": 1},
			"prague": {"target": 0, "max": 0, "baseFeeUpdateFraction": 1}}`, ""),
		"blobSchedule":                genesisJSON(`, "blobSchedule": {}`, ""),
		"number":                      genesisJSON("", `, "number": "0x1"`),
		"gasUsed":                     genesisJSON("", `, "gasUsed": "0x1"`),
		"gasLimit: 0":                 strings.Replace(genesisJSON("", ""), "0x1c9c380", "0x0", 1),
		"gasLimit: 18446744073709551": strings.Replace(genesisJSON("", ""), "0x1c9c380", "0xffffffffffffffff", 1),
		"excessBlobGas":               genesisJSON("", `, "excessBlobGas": "0xffffffffffffffff"`),
		"blobGasUsed":                 genesisJSON("", `, "blobGasUsed": "0x1"`),
		"baseFeePerGas":               genesisJSON("", `, "baseFeePerGas": "-1"`),
		"difficulty":                  strings.Replace(genesisJSON("", ""), `"0x0"`, `"-1"`, 1),
		"balance":                     strings.Replace(genesisJSON("", ""), `"0x10"`, `"-1"`, 1),
	} {
		t.Run(want, func(t *testing.T) {
			_, err := chain.DecodeGenesis(strings.NewReader(text))
			if err == nil || !strings.HasPrefix(err.Error(), "genesis: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// london and osaka are the forks up to these by the fields of a config.
const (
	london = `, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0,
		"constantinopleBlock": 0, "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0`
	osaka = london + `, "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0,
		"osakaTime": 0`
)

func TestGenesisThatNamesAForkIsTakenLiterally(t *testing.T) {
	for _, test := range []struct {
		name, config, schedule            string
		homestead, london, merged, cancun bool
	}{
		{"Frontier alone", `, "homesteadBlock": 5`, "ethereum", false, false, false, false},
		{"Homestead alone", `, "homesteadBlock": 0`, "ethereum", true, false, false, false},
		{"up to London", london, "default-2", true, true, false, false},
		{"up to Paris", london + `, "terminalTotalDifficulty": 0`, "default-2", true, true, true, false},
		{"up to Osaka", osaka, "default-2", true, true, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, err := chain.DecodeGenesis(strings.NewReader(genesisJSON(test.config, "")))
			if err != nil {
				t.Fatal(err)
			}
			c := openChain(t, openStore(t, ""), g)
			head := build(t, c).Block.Header()
			rules := c.Rules(head)
			if rules.IsHomestead != test.homestead || rules.IsLondon != test.london || rules.IsMerge != test.merged ||
				rules.IsCancun != test.cancun {
				t.Errorf("rules are %+v", rules)
			}
			if name := c.Schedule(head).Name; name != test.schedule {
				t.Errorf("schedule is %s, want %s", name, test.schedule)
			}
			if have := head.BaseFee != nil; have != test.london {
				t.Errorf("base fee is %v", head.BaseFee)
			}
			if have := head.Difficulty.Sign() == 0; have != test.merged {
				t.Errorf("difficulty is %v", head.Difficulty)
			}
			if have := head.ExcessBlobGas != nil && head.ParentBeaconRoot != nil; have != test.cancun {
				t.Errorf("excess blob gas is %v, beacon root %v", head.ExcessBlobGas, head.ParentBeaconRoot)
			}
		})
	}
}

func FuzzDecodeGenesis(f *testing.F) {
	f.Add(genesisJSON("", ""))
	f.Add(genesisJSON(`, "hestia": {"schedule": "byzantium"}`, `, "extraData": "0x00"`))
	f.Add(genesisJSON(`, "homesteadBlock": 0, "eip150Block": 1, "hestia": {"schedule": "ethereum"}`, ""))
	f.Add(genesisJSON(osaka, ""))
	f.Fuzz(func(t *testing.T, text string) {
		g, err := chain.DecodeGenesis(strings.NewReader(text))
		if err != nil {
			return
		}
		c, err := chain.Open(openStore(t, ""), engine(), g)
		if err != nil {
			return
		}
		if _, err := c.Build(t.Context(), chain.Template{}); err != nil {
			t.Errorf("an accepted genesis cannot be built on: %v", err)
		}
	})
}
