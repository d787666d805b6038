package transition

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// blockFork is a fork that starts at a block number, nil for never.
type blockFork struct {
	name  string
	block *big.Int
}

// blockForks returns the forks of a config that start at a block number, but not the merge.
func blockForks(c *params.ChainConfig) []blockFork {
	return []blockFork{
		{"homesteadBlock", c.HomesteadBlock},
		{"daoForkBlock", c.DAOForkBlock},
		{"eip150Block", c.EIP150Block},
		{"eip155Block", c.EIP155Block},
		{"eip158Block", c.EIP158Block},
		{"byzantiumBlock", c.ByzantiumBlock},
		{"constantinopleBlock", c.ConstantinopleBlock},
		{"petersburgBlock", c.PetersburgBlock},
		{"istanbulBlock", c.IstanbulBlock},
		{"muirGlacierBlock", c.MuirGlacierBlock},
		{"berlinBlock", c.BerlinBlock},
		{"londonBlock", c.LondonBlock},
		{"arrowGlacierBlock", c.ArrowGlacierBlock},
		{"grayGlacierBlock", c.GrayGlacierBlock},
	}
}

// timeFork is a fork that starts at a time, nil for never.
type timeFork struct {
	name string
	time *uint64
}

// timeForks returns the forks of a config that start at a time, in order. Each needs the one before it.
func timeForks(c *params.ChainConfig) []timeFork {
	return []timeFork{
		{"shanghaiTime", c.ShanghaiTime},
		{"cancunTime", c.CancunTime},
		{"pragueTime", c.PragueTime},
		{"osakaTime", c.OsakaTime},
		{"bpo1Time", c.BPO1Time},
		{"bpo2Time", c.BPO2Time},
		{"bpo3Time", c.BPO3Time},
		{"bpo4Time", c.BPO4Time},
		{"bpo5Time", c.BPO5Time},
	}
}

// namesFork reports whether a config names a fork up to Osaka. The merge alone is none, as it has no block of its own,
// nor are the changes of blob parameters after Osaka.
func namesFork(c *params.ChainConfig) bool {
	for _, fork := range blockForks(c) {
		if fork.block != nil {
			return true
		}
	}
	return c.ShanghaiTime != nil || c.CancunTime != nil || c.PragueTime != nil || c.OsakaTime != nil
}

// checkLiteral refuses forks later than Osaka, numbers that no block has, and a fork without the one before it. geth's
// own check of the order follows.
func checkLiteral(c *params.ChainConfig) error {
	for _, fork := range append(blockForks(c), blockFork{"mergeNetsplitBlock", c.MergeNetsplitBlock}) {
		if fork.block != nil && !fork.block.IsUint64() {
			return fmt.Errorf("%s: must be between 0 and 2^64-1", fork.name)
		}
	}
	if total := c.TerminalTotalDifficulty; total != nil && (total.Sign() < 0 || total.BitLen() > 256) {
		return errors.New("terminalTotalDifficulty: must be between 0 and 2^256-1")
	}
	before, named := "londonBlock", c.LondonBlock != nil
	for _, fork := range timeForks(c) {
		if fork.time != nil && !named {
			return fmt.Errorf("%s: needs %s", fork.name, before)
		}
		before, named = fork.name, fork.time != nil
	}
	for _, fork := range []timeFork{
		{"amsterdamTime", c.AmsterdamTime}, {"bogotaTime", c.BogotaTime}, {"ubtTime", c.UBTTime},
	} {
		if fork.time != nil {
			return fmt.Errorf(laterFork, fork.name)
		}
	}
	return nil
}

// usualBlobs returns the blob schedule of Ethereum for the forks that a config names. Later changes of the parameters
// have none.
func usualBlobs(c *params.ChainConfig) *params.BlobScheduleConfig {
	blobs := new(params.BlobScheduleConfig)
	for _, fork := range []struct {
		time *uint64
		have **params.BlobConfig
		want *params.BlobConfig
	}{
		{c.CancunTime, &blobs.Cancun, params.DefaultCancunBlobConfig},
		{c.PragueTime, &blobs.Prague, params.DefaultPragueBlobConfig},
		{c.BPO1Time, &blobs.BPO1, params.DefaultBPO1BlobConfig},
		{c.BPO2Time, &blobs.BPO2, params.DefaultBPO2BlobConfig},
	} {
		if fork.time != nil {
			*fork.have = fork.want
		}
	}
	return blobs
}

// Merged reports whether the block of header h is one of proof of stake: it has no difficulty, or its chain had none to
// begin with. A first block without difficulty is one only if later blocks of its config would be.
func Merged(c *params.ChainConfig, h *types.Header) bool {
	total := c.TerminalTotalDifficulty
	switch {
	case total != nil && total.Sign() == 0:
		return true
	case h.Difficulty != nil && h.Difficulty.Sign() != 0:
		return false
	case h.Number.Sign() == 0:
		return c.IsShanghai(h.Number, h.Time)
	}
	return true
}
