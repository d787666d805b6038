package replay

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/params"
)

// fork is a set of rules by the name that geth's tests give it.
type fork struct {
	name string
	set  func(c *params.ChainConfig, block *big.Int, time *uint64) // activates it on top of the forks before it
}

// forks are all forks up to Osaka and its blob parameters, in order. The merge has no block of its own: it is active
// if the terminal difficulty is zero.
var forks = []fork{
	{"Frontier", func(*params.ChainConfig, *big.Int, *uint64) {}},
	{"Homestead", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.HomesteadBlock = block }},
	{"EIP150", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.EIP150Block = block }},
	{"EIP158", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.EIP155Block, c.EIP158Block = block, block }},
	{"Byzantium", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.ByzantiumBlock = block }},
	{"Constantinople", func(c *params.ChainConfig, block *big.Int, _ *uint64) {
		if c.ConstantinopleBlock = block; block.Sign() == 0 { // as in geth, Petersburg comes along at a later block
			c.PetersburgBlock = big.NewInt(10_000_000)
		}
	}},
	{"ConstantinopleFix", func(c *params.ChainConfig, block *big.Int, _ *uint64) {
		c.ConstantinopleBlock, c.PetersburgBlock = block, block
	}},
	{"Istanbul", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.IstanbulBlock = block }},
	{"MuirGlacier", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.MuirGlacierBlock = block }},
	{"Berlin", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.BerlinBlock = block }},
	{"London", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.LondonBlock = block }},
	{"ArrowGlacier", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.ArrowGlacierBlock = block }},
	{"GrayGlacier", func(c *params.ChainConfig, block *big.Int, _ *uint64) { c.GrayGlacierBlock = block }},
	{"Paris", func(c *params.ChainConfig, _ *big.Int, _ *uint64) { c.TerminalTotalDifficulty = new(big.Int) }},
	{"Shanghai", func(c *params.ChainConfig, _ *big.Int, time *uint64) { c.ShanghaiTime = time }},
	{"Cancun", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.CancunTime, c.BlobScheduleConfig.Cancun = time, params.DefaultCancunBlobConfig
	}},
	{"Prague", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.PragueTime, c.BlobScheduleConfig.Prague = time, params.DefaultPragueBlobConfig
	}},
	{"Osaka", func(c *params.ChainConfig, _ *big.Int, time *uint64) { c.OsakaTime = time }},
	{"BPO1", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.BPO1Time, c.BlobScheduleConfig.BPO1 = time, params.DefaultBPO1BlobConfig
	}},
	{"BPO2", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.BPO2Time, c.BlobScheduleConfig.BPO2 = time, params.DefaultBPO2BlobConfig
	}},
	{"BPO3", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.BPO3Time, c.BlobScheduleConfig.BPO3 = time, params.DefaultBPO3BlobConfig
	}},
	{"BPO4", func(c *params.ChainConfig, _ *big.Int, time *uint64) {
		c.BPO4Time, c.BlobScheduleConfig.BPO4 = time, params.DefaultBPO4BlobConfig
	}},
}

// aliases are other names of forks. The last two differ from their fork in rules that a single block does not see.
var aliases = map[string]string{
	"TangerineWhistle":               "EIP150",
	"SpuriousDragon":                 "EIP158",
	"Merge":                          "Paris",
	"HomesteadToDaoAt5":              "Homestead",
	"ArrowGlacierToParisAtDiffC0000": "GrayGlacier",
}

// later are forks that geth's tests know and this chain does not have.
var later = []string{"Amsterdam", "BPO2ToAmsterdamAtTime15k", "Verkle", "Binary"}

// transitions are the forks that a chain of geth's tests begins with and changes from. It changes to a fork that has a
// block at block 5, and to one that has a time at second 15,000.
var transitions = []string{
	"FrontierToHomesteadAt5", "HomesteadToEIP150At5", "EIP158ToByzantiumAt5", "ByzantiumToConstantinopleAt5",
	"ByzantiumToConstantinopleFixAt5", "ConstantinopleFixToIstanbulAt5", "BerlinToLondonAt5",
	"ParisToShanghaiAtTime15k",
	"ShanghaiToCancunAtTime15k", "CancunToPragueAtTime15k", "PragueToOsakaAtTime15k", "OsakaToBPO1AtTime15k",
	"BPO1ToBPO2AtTime15k", "BPO2ToBPO3AtTime15k", "BPO3ToBPO4AtTime15k",
}

// The moments at which a fork starts whose name is AToBAt5 or AToBAtTime15k.
var (
	changeBlock        = big.NewInt(5)
	changeTime  uint64 = 15_000
)

// Config returns the rules of a network, with chain id 0, by the name that geth's tests give it.
func Config(network string) (*params.ChainConfig, error) {
	base, changes, _ := strings.Cut(network, "+")
	if alias, ok := aliases[base]; ok {
		base = alias
	}
	from, to, changing := base, "", slices.Contains(transitions, base)
	if changing {
		from, to, _ = strings.Cut(base, "To")
		to, _, _ = strings.Cut(to, "At")
	}
	first := slices.IndexFunc(forks, func(f fork) bool { return f.name == from })
	switch {
	case slices.Contains(later, base):
		return nil, fmt.Errorf("%s: the newest rules here are Osaka's", network)
	case first < 0:
		return nil, fmt.Errorf("unsupported fork %q", base)
	case changes != "":
		return nil, fmt.Errorf("%s: changes of the EVM mean nothing here", network)
	}
	c := &params.ChainConfig{ChainID: new(big.Int), BlobScheduleConfig: new(params.BlobScheduleConfig)}
	for _, f := range forks[:first+1] {
		f.set(c, new(big.Int), new(uint64))
	}
	if changing {
		last := slices.IndexFunc(forks, func(f fork) bool { return f.name == to })
		forks[last].set(c, changeBlock, &changeTime)
	}
	return c, nil
}
