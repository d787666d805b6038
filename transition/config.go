package transition

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/params"
)

// DevnetID is the chain id of a devnet: the one that Hardhat and Foundry use too, so wallets know it.
const DevnetID = 31337

// DefaultConfig returns a config with the given chain id, with every fork up to Osaka active from the first block. It
// panics if chainID is 0.
func DefaultConfig(chainID uint64) *params.ChainConfig {
	c := &params.ChainConfig{ChainID: new(big.Int).SetUint64(chainID)}
	if err := CompleteConfig(c); err != nil {
		panic(err) // a fork after block 0 would be refused, and none is set
	}
	return c
}

// CompleteConfig checks a config. One that names no fork gets every fork up to Osaka, active from the first block. One
// that names any is taken literally, as in geth: a fork that it leaves out is never active. If it leaves out the blob
// schedule, that has Ethereum's values. The error names the field that is wrong, as a genesis file spells it.
func CompleteConfig(c *params.ChainConfig) error {
	switch {
	case c.ChainID == nil || c.ChainID.Sign() <= 0 || !c.ChainID.IsUint64():
		return errors.New("chainId: must be between 1 and 2^64-1")
	case c.EnableUBTAtGenesis:
		return errors.New("enableUBTAtGenesis: is not supported; leave it out")
	case c.Clique != nil:
		return errors.New("clique: is not supported; leave it out")
	}
	complete := ActivateAll
	if namesFork(c) {
		complete = checkLiteral
	}
	if err := complete(c); err != nil {
		return err
	}
	if c.BlobScheduleConfig == nil {
		c.BlobScheduleConfig = usualBlobs(c)
	}
	return checkBlobs(c)
}

// ActivateAll activates every fork up to Osaka from the first block in c. The error names the field that contradicts
// this.
func ActivateAll(c *params.ChainConfig) error {
	if err := completeBlocks(c); err != nil {
		return err
	}
	return completeTimes(c)
}

// checkBlobs refuses a blob schedule with which geth's arithmetic divides by zero.
func checkBlobs(c *params.ChainConfig) error {
	s := c.BlobScheduleConfig
	for _, blobs := range []*params.BlobConfig{s.Cancun, s.Prague, s.BPO1, s.BPO2, s.BPO3, s.BPO4, s.BPO5} {
		if blobs != nil && (blobs.Max < 1 || blobs.Target > blobs.Max) {
			return fmt.Errorf(
				"blobSchedule: max is %d, target %d; max must be positive and not below target",
				blobs.Max, blobs.Target,
			)
		}
	}
	return c.CheckConfigForkOrder()
}

// laterFork is the message for a fork after Osaka.
const laterFork = "%s: the rules are Osaka's, which has no later fork; leave it out"

// lateFork is the message for a fork up to Osaka that would start after the first block.
const lateFork = "%s: is %d, but every fork up to Osaka is active from block 0; leave it out"

// completeBlocks sets the forks that start at a block number.
func completeBlocks(c *params.ChainConfig) error {
	for _, fork := range []struct {
		name     string
		block    **big.Int
		optional bool
	}{
		{name: "homesteadBlock", block: &c.HomesteadBlock},
		{name: "daoForkBlock", block: &c.DAOForkBlock, optional: true},
		{name: "eip150Block", block: &c.EIP150Block},
		{name: "eip155Block", block: &c.EIP155Block},
		{name: "eip158Block", block: &c.EIP158Block},
		{name: "byzantiumBlock", block: &c.ByzantiumBlock},
		{name: "constantinopleBlock", block: &c.ConstantinopleBlock},
		{name: "petersburgBlock", block: &c.PetersburgBlock},
		{name: "istanbulBlock", block: &c.IstanbulBlock},
		{name: "muirGlacierBlock", block: &c.MuirGlacierBlock},
		{name: "berlinBlock", block: &c.BerlinBlock},
		{name: "londonBlock", block: &c.LondonBlock},
		{name: "arrowGlacierBlock", block: &c.ArrowGlacierBlock},
		{name: "grayGlacierBlock", block: &c.GrayGlacierBlock},
		{name: "mergeNetsplitBlock", block: &c.MergeNetsplitBlock, optional: true},
		{name: "terminalTotalDifficulty", block: &c.TerminalTotalDifficulty},
	} {
		if *fork.block == nil && !fork.optional {
			*fork.block = new(big.Int)
		}
		if *fork.block != nil && (*fork.block).Sign() != 0 {
			return fmt.Errorf(lateFork, fork.name, *fork.block)
		}
	}
	return nil
}

// completeTimes sets the forks that start at a time, and refuses those after Osaka.
func completeTimes(c *params.ChainConfig) error {
	for _, fork := range []struct {
		name string
		time **uint64
	}{
		{"shanghaiTime", &c.ShanghaiTime},
		{"cancunTime", &c.CancunTime},
		{"pragueTime", &c.PragueTime},
		{"osakaTime", &c.OsakaTime},
	} {
		if *fork.time == nil {
			*fork.time = new(uint64)
		}
		if **fork.time != 0 {
			return fmt.Errorf(lateFork, fork.name, **fork.time)
		}
	}
	for _, fork := range []struct {
		name string
		time *uint64
		now  bool // may be active from the start: the fork changes blob parameters only
	}{
		{"amsterdamTime", c.AmsterdamTime, false},
		{"bogotaTime", c.BogotaTime, false},
		{"ubtTime", c.UBTTime, false},
		{"bpo1Time", c.BPO1Time, true},
		{"bpo2Time", c.BPO2Time, true},
		{"bpo3Time", c.BPO3Time, true},
		{"bpo4Time", c.BPO4Time, true},
		{"bpo5Time", c.BPO5Time, true},
	} {
		if fork.time != nil && !(fork.now && *fork.time == 0) {
			return fmt.Errorf(laterFork, fork.name)
		}
	}
	return nil
}
