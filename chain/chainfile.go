package chain

import (
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rlp"
)

// ErrChainFile reports a chain file that cannot be used. The error that wraps it has the index of the bad item and the
// reason.
var ErrChainFile = errors.New("chain file")

// Export writes the blocks from first to last to w as geth's export does: their RLP, one after another. A chain file
// cannot hold edits, so Export refuses blocks of a devnet whose state or chain id was set between them. The error wraps
// ErrNoSuchBlock for a range that the chain does not have.
func (c *Chain) Export(w io.Writer, first, last uint64) error {
	if head := c.Head().Number.Uint64(); first > last || last > head {
		return fmt.Errorf("%w: blocks %d to %d of a chain that ends with %d", ErrNoSuchBlock, first, last, head)
	}
	for n := first; n <= last; n++ {
		if n > c.first.Load().NumberU64() && c.EditCount(c.db.canonical(n-1)) > 0 {
			return fmt.Errorf(
				"the state or the chain id was set by a development method after block %d, which a chain file "+
					"cannot hold; dump a state file instead", n-1,
			)
		}
		block := c.BlockByNumber(n)
		if block == nil {
			return fmt.Errorf("%w: %d", ErrNoSuchBlock, n)
		}
		if err := rlp.Encode(w, block); err != nil {
			return err
		}
	}
	return nil
}

// ImportAll imports the blocks that r holds in Export's format, and returns the number of new ones. It skips blocks
// that the chain has already, and calls progress after each import. The error wraps ErrChainFile; the chain is as
// before then.
func (c *Chain) ImportAll(r io.Reader, progress func(*types.Block)) (int, error) {
	before := Mark{head: c.Head(), edits: c.EditCount(c.Head().Hash())}
	imported, err := c.importAll(r, progress)
	if err == nil {
		return imported, nil
	}
	c.extend.Lock()
	defer c.extend.Unlock()
	return 0, errors.Join(err, c.rewind(before))
}

// importAll is ImportAll without undoing the imports before an error.
func (c *Chain) importAll(r io.Reader, progress func(*types.Block)) (imported int, err error) {
	in := rlp.NewStream(r, 0)
	for index := 0; ; index++ {
		_, size, err := in.Kind()
		if errors.Is(err, io.EOF) && index == 0 {
			return 0, fmt.Errorf("%w: there is nothing in it", ErrChainFile)
		}
		if errors.Is(err, io.EOF) {
			return imported, nil
		}
		if err == nil && size > params.MaxBlockSize {
			err = fmt.Errorf("%w: %d bytes", core.ErrBlockOversized, size)
		}
		block := new(types.Block)
		if err == nil {
			err = in.Decode(block)
		}
		if err != nil {
			return 0, fmt.Errorf("%w: item %d: %w", ErrChainFile, index, err)
		}
		if block.Hash() == c.first.Load().Hash() {
			continue
		}
		switch err := c.Import(block); {
		case err == nil:
			imported++
			progress(block)
		case !errors.Is(err, core.ErrKnownBlock):
			return 0, fmt.Errorf("%w: item %d: %w", ErrChainFile, index, err)
		}
	}
}
