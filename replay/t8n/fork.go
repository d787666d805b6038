package t8n

import (
	"github.com/ethereum/go-ethereum/params"

	"hestia/replay"
)

// configOf returns the config of a fork by the name that geth's tests give it. The error wraps ErrConfig.
func configOf(name string) (*params.ChainConfig, error) {
	c, err := replay.Config(name)
	if err != nil {
		return nil, wrong(ErrConfig, "fork: %w", err)
	}
	return c, nil
}
