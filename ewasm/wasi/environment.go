package wasi

import (
	"encoding/binary"
	"strconv"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// Arguments returns the command line: "contract", and "deploy" if the program runs as its own constructor.
func (p *Process) Arguments() []string {
	if p.arguments == nil {
		p.arguments = []string{"contract"}
		if p.Deploys {
			p.arguments = append(p.arguments, "deploy")
		}
	}
	return p.arguments
}

// Environment returns the variables: what a contract knows of its call, as a web server tells a CGI program.
func (p *Process) Environment() []string {
	if p.environment == nil {
		decimal := func(n uint64) string { return strconv.FormatUint(n, 10) }
		p.environment = []string{
			"ETH_SELF=" + hexutil.Encode(p.Self[:]),
			"ETH_CALLER=" + hexutil.Encode(p.Caller[:]),
			"ETH_ORIGIN=" + hexutil.Encode(p.Origin[:]),
			"ETH_VALUE=" + p.Value.Dec(),
			"ETH_CHAIN_ID=" + decimal(p.ChainID),
			"ETH_BLOCK_NUMBER=" + decimal(p.Number),
			"ETH_BLOCK_TIME=" + decimal(p.Time),
		}
	}
	return p.environment
}

// RandomBytes is how much of the random stream one hash makes.
const RandomBytes = 32

// Random fills a buffer from the random stream. Each block of it is the keccak256 of what names the frame and the
// number of the block, so the stream can be predicted from the block's prevrandao. What a call leaves of its last
// block is lost.
func (p *Process) Random(to []byte) {
	seed := append([]byte("hestia.random"), p.Randao[:]...)
	seed = append(append(seed, p.Origin[:]...), p.Self[:]...)
	for _, n := range []uint64{p.Number, p.Nonce, p.Frame} {
		seed = binary.BigEndian.AppendUint64(seed, n)
	}
	for len(to) > 0 {
		block := crypto.Keccak256(binary.BigEndian.AppendUint64(seed, p.drawn))
		to = to[copy(to, block):]
		p.drawn++
	}
}
