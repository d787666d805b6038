package transition

import (
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// hardFork is a fork by the name that anvil gives it. It starts at a block number or at a time, one of which is nil.
type hardFork struct {
	name  string
	block func(*params.ChainConfig) **big.Int
	time  func(*params.ChainConfig) **uint64
}

// hardForks are all forks up to Osaka, in order. The merge stands at the total difficulty at which it takes place.
var hardForks = []hardFork{
	{name: "frontier"},
	{name: "homestead", block: func(c *params.ChainConfig) **big.Int { return &c.HomesteadBlock }},
	{name: "dao", block: func(c *params.ChainConfig) **big.Int { return &c.DAOForkBlock }},
	{name: "tangerine", block: func(c *params.ChainConfig) **big.Int { return &c.EIP150Block }},
	{name: "spuriousdragon", block: func(c *params.ChainConfig) **big.Int { return &c.EIP158Block }},
	{name: "byzantium", block: func(c *params.ChainConfig) **big.Int { return &c.ByzantiumBlock }},
	{name: "constantinople", block: func(c *params.ChainConfig) **big.Int { return &c.ConstantinopleBlock }},
	{name: "petersburg", block: func(c *params.ChainConfig) **big.Int { return &c.PetersburgBlock }},
	{name: "istanbul", block: func(c *params.ChainConfig) **big.Int { return &c.IstanbulBlock }},
	{name: "muirglacier", block: func(c *params.ChainConfig) **big.Int { return &c.MuirGlacierBlock }},
	{name: "berlin", block: func(c *params.ChainConfig) **big.Int { return &c.BerlinBlock }},
	{name: "london", block: func(c *params.ChainConfig) **big.Int { return &c.LondonBlock }},
	{name: "arrowglacier", block: func(c *params.ChainConfig) **big.Int { return &c.ArrowGlacierBlock }},
	{name: "grayglacier", block: func(c *params.ChainConfig) **big.Int { return &c.GrayGlacierBlock }},
	{name: paris, block: func(c *params.ChainConfig) **big.Int { return &c.TerminalTotalDifficulty }},
	{name: "shanghai", time: func(c *params.ChainConfig) **uint64 { return &c.ShanghaiTime }},
	{name: "cancun", time: func(c *params.ChainConfig) **uint64 { return &c.CancunTime }},
	{name: "prague", time: func(c *params.ChainConfig) **uint64 { return &c.PragueTime }},
	{name: "osaka", time: func(c *params.ChainConfig) **uint64 { return &c.OsakaTime }},
}

const paris = "paris"

// HardForks returns the names of all forks up to Osaka, as anvil spells them, in order.
func HardForks() []string {
	names := make([]string, len(hardForks))
	for i, fork := range hardForks {
		names[i] = fork.name
	}
	return names
}

// HardForkConfig returns a config with the given chain id, with the forks up to the one of that name active from the
// first block and none after it. It returns false for other names than HardForks has.
func HardForkConfig(name string, chainID uint64) (*params.ChainConfig, bool) {
	c := &params.ChainConfig{ChainID: new(big.Int).SetUint64(chainID)}
	if name == "frontier" {
		c.HomesteadBlock = new(big.Int).SetUint64(math.MaxInt64) // a config that names no fork has them all
		return c, true
	}
	for _, fork := range hardForks[1:] {
		if fork.block != nil {
			*fork.block(c) = new(big.Int)
		} else {
			*fork.time(c) = new(uint64)
		}
		if fork.name == "spuriousdragon" {
			c.EIP155Block = new(big.Int)
		}
		if fork.name == name {
			if name == "constantinople" { // as in geth, Petersburg comes along unless it has a block of its own
				c.PetersburgBlock = new(big.Int).SetUint64(math.MaxInt64)
			}
			c.BlobScheduleConfig = usualBlobs(c)
			return c, true
		}
	}
	return nil, false
}

// HardForkAt returns the name of the newest fork that is active in the block of header h.
func HardForkAt(c *params.ChainConfig, h *types.Header) string {
	merged := Merged(c, h) && c.IsLondon(h.Number)
	newest := hardForks[0].name
	for _, fork := range hardForks[1:] {
		active := false
		switch {
		case fork.name == paris:
			active = merged
		case fork.block != nil:
			block := *fork.block(c)
			active = block != nil && block.Cmp(h.Number) <= 0
		default:
			time := *fork.time(c)
			active = merged && time != nil && *time <= h.Time
		}
		if active {
			newest = fork.name
		}
	}
	return newest
}
