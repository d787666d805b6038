package main

// This file has the settings of devnet that say what the first block holds, and its rules.

import (
	"fmt"
	"math/big"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/ethereum/go-ethereum/params"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/gas"
	"hestia/node"
	"hestia/transition"
)

// readGenesis reads what the first block holds: from flags, or from a file that excludes them.
func (s *settings) readGenesis(c *cli.Context) error {
	d := &s.node.Devnet
	d.ChainID, d.GasLimit, d.Time = c.Uint64("chain-id"), c.Uint64("gas-limit"), c.Uint64("timestamp")
	fee, ok := new(big.Int).SetString(c.String("base-fee"), 10)
	switch {
	case !ok || fee.Sign() < 0 || fee.BitLen() > 128:
		return wrong("--base-fee %q is not a number of wei", c.String("base-fee"))
	case d.ChainID == 0:
		return wrong("--chain-id must be positive")
	case d.GasLimit < params.MinGasLimit || d.GasLimit > gas.Max:
		return wrong("--gas-limit %d is not between %d and %d", d.GasLimit, params.MinGasLimit, uint64(gas.Max))
	case d.Time > 1<<40: // the year 36812; in milliseconds, 2004
		return wrong("--timestamp %d is not in seconds", d.Time)
	}
	d.BaseFee, d.NoPredeploys = fee, c.Bool("no-predeploys")
	if err := readRules(c, d); err != nil {
		return err
	}
	if c.IsSet("chain-id") { // else a chain that is kept may have any
		s.chainID = d.ChainID
	}
	name := c.String("genesis")
	if name == "" {
		return nil
	}
	if err := checkExcluded(c); err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if s.node.Genesis, err = chain.DecodeGenesis(file); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// checkExcluded refuses flags beside --genesis whose values are in that file.
func checkExcluded(c *cli.Context) error {
	var excluded []string
	for _, other := range []string{
		"chain-id", "gas-limit", "base-fee", "timestamp", "balance", "state", "no-predeploys",
		"hardfork", "code-size-limit", "disable-code-size-limit",
	} {
		if c.IsSet(other) {
			excluded = append(excluded, "--"+other)
		}
	}
	if sort.Strings(excluded); len(excluded) > 0 {
		return wrong("--genesis says already what %s would", strings.Join(excluded, " and "))
	}
	return nil
}

// readRules reads the newest fork and the limit for code.
func readRules(c *cli.Context, d *node.Devnet) error {
	d.HardFork = strings.ToLower(c.String("hardfork"))
	if names := transition.HardForks(); !slices.Contains(names, d.HardFork) {
		return wrong("--hardfork %q is none of %s", c.String("hardfork"), strings.Join(names, ", "))
	}
	size := c.Int("code-size-limit")
	switch unlimited := c.Bool("disable-code-size-limit"); {
	case unlimited && c.IsSet("code-size-limit"):
		return wrong("--code-size-limit and --disable-code-size-limit contradict each other")
	case unlimited:
		d.CodeSize = gas.MaxCodeSize
	case c.IsSet("code-size-limit") && (size < 1 || size > gas.MaxCodeSize):
		return wrong("--code-size-limit %d is not between 1 and %d", size, gas.MaxCodeSize)
	case c.IsSet("code-size-limit"):
		d.CodeSize = size
	}
	return nil
}
