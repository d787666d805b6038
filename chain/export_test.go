package chain

import (
	"context"

	"github.com/ethereum/go-ethereum/core/types"
)

// BuildWithUncles is Build for a block of proof of work with uncles, which only others make.
func (c *Chain) BuildWithUncles(ctx context.Context, t Template, uncles ...*types.Header) (*Built, error) {
	t.made = types.NewBlockWithHeader(&types.Header{}).WithBody(types.Body{Uncles: uncles})
	return c.Build(ctx, t)
}
