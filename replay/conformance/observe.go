package conformance

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"

	"hestia/frame"
	"hestia/gas"
	"hestia/replay"
	"hestia/state"
	"hestia/transition"
	"hestia/vm"
)

// schedules are the gas schedules of the networks in readable tests. Osaka's is there twice: as chains have it, and
// without a price for instructions and for compiling, so that the gas is exactly the price of the host functions.
var schedules = func() map[string]*gas.Schedule {
	free := *gas.Default()
	free.Name, free.Instructions, free.State.Compilation = "default, interface only", gas.Byzantium().Instructions, 0
	return map[string]*gas.Schedule{"byzantium": gas.Byzantium(), "osaka": &free, "default": gas.Default()}
}()

// observe runs a case under the named network and returns the outcome, with a line for each fact in a fixed order.
func (s *suite) observe(engine vm.Engine, store *state.Store, c *scene, name string) (string, error) {
	schedule := schedules[name]
	if schedule == nil || len(c.transactions) == 0 {
		return "", fmt.Errorf("%w: %q", replay.ErrNetwork, name)
	}
	config, _, _ := replay.Network(map[bool]string{true: "Byzantium", false: "Osaka"}[name == "byzantium"], true)
	root, err := s.prepare(store, c)
	if err != nil {
		return "", err
	}
	db, err := store.At(root)
	if err != nil {
		return "", err
	}
	o := &observation{header: c.block.header(config), fees: new(big.Int), tips: new(big.Int)}
	tr := transition.New(transition.Environment{
		Engine: engine, State: db, Config: config, Schedule: schedule, Header: o.header, Hash: replay.BlockHash,
	})
	for i, tx := range c.transactions {
		db.SetTxContext(common.Hash{31: byte(i)}, i, uint32(i))
		if err := o.apply(config, tr, db, tx); err != nil {
			return "", err
		}
		db.Finalise(tr.Rules())
	}
	after, err := store.Commit(db, tr.Rules(), c.block.number)
	if err != nil {
		return "", err
	}
	return o.text(store, root, after)
}

// prepare commits the state before a case and returns its root. A contract gets nonce 1 unless the file sets another.
func (s *suite) prepare(store *state.Store, c *scene) (common.Hash, error) {
	db, err := store.At(types.EmptyRootHash)
	if err != nil {
		return common.Hash{}, err
	}
	db.SetBalance(names["sender"], new(uint256.Int).Lsh(uint256.NewInt(1), 200), tracing.BalanceIncreaseGenesisBalance)
	for _, f := range append(slices.Clone(s.before), c.before...) {
		switch f.what {
		case "balance":
			db.SetBalance(f.account, uint256.MustFromBig(f.number), tracing.BalanceIncreaseGenesisBalance)
		case "nonce":
			db.SetNonce(f.account, f.number.Uint64(), tracing.NonceChangeGenesis)
		case "slot":
			db.SetState(f.account, f.key, f.value)
		case "code":
			db.SetCode(f.account, f.code, tracing.CodeChangeGenesis)
			if db.GetNonce(f.account) == 0 && f.account != names["sender"] {
				db.SetNonce(f.account, 1, tracing.NonceChangeGenesis)
			}
		}
	}
	return store.Commit(db, params.Rules{}, 0)
}

// header returns the block's header under config: before London, random is the difficulty.
func (b *block) header(config *params.ChainConfig) *types.Header {
	h := &types.Header{
		Coinbase: names["coinbase"], Difficulty: b.random.Big(), GasLimit: b.gasLimit,
		Number: new(big.Int).SetUint64(b.number), Time: b.time,
	}
	if config.IsLondon(h.Number) {
		h.BaseFee, h.MixDigest, h.Difficulty = new(big.Int).SetUint64(b.baseFee), b.random, new(big.Int)
		h.ExcessBlobGas = &b.excessBlobGas
	}
	return h
}

// observation is the outcome of a case's transactions.
type observation struct {
	header     *types.Header
	outcome    *transition.Outcome // of the last transaction
	logs       []*types.Log        // of the last transaction
	refused    bool                // the last transaction was not valid
	applied    uint64              // the number of valid transactions
	fees, tips *big.Int            // what the sender paid and the coinbase got for all of them, in wei
}

// apply applies one transaction with the sender's next nonce. A transaction that is not valid changes nothing.
func (o *observation) apply(
	config *params.ChainConfig, tr *transition.Transition, db *gstate.StateDB, tx transfer,
) error {
	price := uint256.MustFromBig(tx.price)
	msg := &transition.Message{Message: core.Message{
		From: names["sender"], To: tx.to, Nonce: db.GetNonce(names["sender"]), Value: tx.value, Data: tx.data,
		GasLimit: tx.gas, GasPrice: price, GasFeeCap: price, GasTipCap: price, AccessList: tx.access,
		BlobHashes: tx.blobs,
	}, SkipGasCap: true}
	if tx.blobs != nil {
		msg.BlobGasFeeCap = price
	}
	snapshot, before := db.Snapshot(), len(db.Logs())
	outcome, err := tr.Apply(msg, core.NewGasPool(tx.gas))
	if o.outcome, o.logs, o.refused = outcome, db.Logs()[before:], err != nil; err != nil {
		db.RevertToSnapshot(snapshot)
		if frame.IsFault(err) {
			return err
		}
		return nil
	}
	used, tip := new(big.Int).SetUint64(outcome.UsedGas), new(big.Int).Set(tx.price)
	o.fees.Add(o.fees, new(big.Int).Mul(used, tx.price))
	if blobs := int64(len(tx.blobs)); blobs > 0 {
		price := eip4844.CalcBlobFee(config, o.header)
		o.fees.Add(o.fees, price.Mul(price, big.NewInt(blobs*params.BlobTxBlobGasPerBlob)))
	}
	if o.header.BaseFee != nil {
		tip.Sub(tip, o.header.BaseFee)
	}
	o.tips.Add(o.tips, new(big.Int).Mul(used, tip))
	o.applied++
	return nil
}

// text returns the outcome of the last transaction and the changes by all of them. Fees, tips and the sender's nonces
// are taken out of the changes.
func (o *observation) text(store *state.Store, before, after common.Hash) (string, error) {
	var out strings.Builder
	if o.refused {
		out.WriteString("refused\n")
	} else {
		fmt.Fprintf(&out, "%v\ngas %d\n", o.outcome.Result.End, o.outcome.UsedGas)
		if output := o.outcome.Result.Output; len(output) > 0 && o.outcome.Contract == nil {
			fmt.Fprintf(&out, "output %s\n", shortened(output))
		}
		if made := o.outcome.Contract; made != nil {
			fmt.Fprintf(&out, "created %s\n", nameOf(*made))
		}
	}
	for _, entry := range o.logs {
		fmt.Fprintf(&out, "log %s %s", nameOf(entry.Address), shortened(entry.Data))
		for _, topic := range entry.Topics {
			fmt.Fprintf(&out, " %s", shortHash(topic))
		}
		out.WriteString("\n")
	}
	old, err := accounts(store, before)
	if err != nil {
		return "", err
	}
	current, err := accounts(store, after)
	if err != nil {
		return "", err
	}
	sender, coinbase := current[names["sender"]], current.at(names["coinbase"])
	sender.balance.Add(sender.balance, o.fees)
	sender.nonce -= o.applied
	coinbase.balance.Sub(coinbase.balance, o.tips)
	out.WriteString(strings.Join(changes(old, current), ""))
	return out.String(), nil
}

// nameOf returns the name of an account, or its address in lower case.
func nameOf(a common.Address) string {
	for name, known := range names {
		if known == a {
			return name
		}
	}
	return strings.ToLower(a.Hex())
}

// shortHash returns a hash as text: as a number if it fits 64 bits.
func shortHash(h common.Hash) string {
	if n := h.Big(); n.BitLen() <= 64 {
		return fmt.Sprintf("%#x", n)
	}
	return h.Hex()
}

// maxShown is the most bytes of a value that are shown in full.
const maxShown = 256

// shortened returns bytes as text: in hexadecimal, or by length and hash if there are more than maxShown.
func shortened(b []byte) string {
	if len(b) > maxShown {
		return fmt.Sprintf("%d bytes with keccak256 %s", len(b), crypto.Keccak256Hash(b))
	}
	return "0x" + hex.EncodeToString(b)
}
