package main

// This file has the command demo: a tour of a devnet as a client sees it. The README shows what it prints, and a test
// compares the two, so every number here is what the engine, the trie and the schedule give today.

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	ethereum "github.com/ethereum/go-ethereum"
	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/urfave/cli/v2"

	"hestia/contracts"
	"hestia/insight/proof"
	"hestia/internal/terminal"
	"hestia/node"
)

// demoCommand is hestia demo. It starts a devnet in memory on a free port and takes no flags.
func demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "a guided tour: deploy a token, use it, look at what happened",
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			// Of the contracts of every devnet some remember the hashes of blocks, and those depend on the clock.
			n, err := node.Start(node.Config{Devnet: node.Devnet{NoPredeploys: true}})
			if err != nil {
				return err
			}
			t, err := newTour(c, n)
			if err == nil {
				err = t.walk()
			}
			return errors.Join(err, n.Close())
		},
	}
}

// tour is a client of a fresh devnet that prints what it does. It uses the node as any client does, over HTTP, but
// for the keys, the chain id and the reason of a failure.
type tour struct {
	ctx    context.Context
	out    *terminal.Printer
	node   *node.Node
	client *ethclient.Client
	token  gethabi.ABI
	owner  common.Address // of all tokens at first: account 0
	friend common.Address // account 1
	at     common.Address // the token, once deployed
}

// balanceSlot is the storage slot of the token's mapping of balances. As in Solidity, the balance of an account is in
// slot keccak256(account ++ balanceSlot), each in 32 bytes.
const balanceSlot = 1

// newTour connects to a node. The caller calls walk, which closes the connection.
func newTour(c *cli.Context, n *node.Node) (*tour, error) {
	token, err := gethabi.JSON(strings.NewReader(contracts.Token.ABI))
	if err != nil {
		return nil, err
	}
	client, err := ethclient.DialContext(c.Context, n.URL())
	if err != nil {
		return nil, err
	}
	return &tour{
		ctx: c.Context, out: &terminal.Printer{W: c.App.Writer}, node: n, client: client, token: token,
		owner:  crypto.PubkeyToAddress(n.Keys[0].PublicKey),
		friend: crypto.PubkeyToAddress(n.Keys[1].PublicKey),
	}, nil
}

// walk takes all stops in order and ends at the first that fails.
func (t *tour) walk() error {
	defer t.client.Close()
	for _, stop := range []func() error{t.arrive, t.deploy, t.transfer, t.look, t.prove, t.fail} {
		if err := stop(); err != nil {
			return err
		}
	}
	t.out.Line("")
	t.out.Line("hestia devnet runs such a node for you to deploy your own contracts to.")
	return t.out.Err
}

// arrive asks the node for its chain.
func (t *tour) arrive() error {
	id, err := t.client.ChainID(t.ctx)
	if err != nil {
		return err
	}
	t.out.Line("A devnet in memory answers at %s, chain id %v.", t.node.URL(), id)
	return nil
}

// deploy creates the token. Its constructor gives all tokens to the owner.
func (t *tour) deploy() error {
	t.out.Line("")
	t.out.Line("Deploying the sample token: %d bytes of WebAssembly that give themselves to the chain as code.",
		len(contracts.Token.Creation))
	receipt, err := t.send(nil, contracts.Token.Creation)
	if err != nil {
		return err
	}
	t.at = receipt.ContractAddress
	code, err := t.client.CodeAt(t.ctx, t.at, nil)
	if err != nil {
		return err
	}
	t.out.Line("  contract  %s, %d bytes, begins with %q", t.at.Hex(), len(code), code[:4])
	return t.show(receipt)
}

// transfer moves 25 tokens to the friend.
func (t *tour) transfer() error {
	t.out.Line("")
	t.out.Line("Transferring 25 tokens from %s to %s.", terminal.Short(t.owner), terminal.Short(t.friend))
	input, err := t.token.Pack("transfer", t.friend, tokens(25))
	if err != nil {
		return err
	}
	receipt, err := t.send(&t.at, input)
	if err != nil {
		return err
	}
	return t.show(receipt)
}

// look reads both balances with eth_call.
func (t *tour) look() error {
	t.out.Line("")
	t.out.Line("Asking the contract, without a transaction.")
	for _, account := range []common.Address{t.owner, t.friend} {
		balance, err := t.balance(account)
		if err != nil {
			return err
		}
		t.out.Line("  balanceOf(%s) = %s", terminal.Short(account), terminal.Ether(balance))
	}
	return nil
}

// prove checks the friend's balance against the state root of the head, as a client does that does not trust the
// node: the state root proves the account, and the account's storage root proves the slot.
func (t *tour) prove() error {
	mapping := common.BigToHash(big.NewInt(balanceSlot))
	slot := crypto.Keccak256Hash(common.LeftPadBytes(t.friend[:], 32), mapping[:])
	t.out.Line("")
	t.out.Line("Proving that balance: storage slot %s..", slot.Hex()[:18])
	header, err := t.client.HeaderByNumber(t.ctx, nil)
	if err != nil {
		return err
	}
	p, values, err := proof.Account(t.ctx, t.client.Client(), t.at, []common.Hash{slot}, header)
	if err != nil {
		return err
	}
	t.out.Line("  state root %s.. -> account, %d nodes -> slot, %d nodes -> %s", header.Root.Hex()[:18],
		len(p.AccountProof), len(p.StorageProof[0].Proof), terminal.Ether(values[0].Big()))
	return nil
}

// fail calls for a transfer of more tokens than there are. That it fails is the point, so success is an error.
func (t *tour) fail() error {
	t.out.Line("")
	t.out.Line("Transferring a million tokens more than there are.")
	input, err := t.token.Pack("transfer", t.friend, tokens(2_000_000))
	if err != nil {
		return err
	}
	_, err = t.client.CallContract(t.ctx, ethereum.CallMsg{From: t.owner, To: &t.at, Data: input}, nil)
	if err == nil {
		return errors.New("the token gave more than it has")
	}
	t.out.Line("  eth_call says: %s", terminal.Printable(err.Error()))
	return nil
}

// balance asks the token for the balance of an account, in its smallest unit.
func (t *tour) balance(account common.Address) (*big.Int, error) {
	input, err := t.token.Pack("balanceOf", account)
	if err != nil {
		return nil, err
	}
	output, err := t.client.CallContract(t.ctx, ethereum.CallMsg{To: &t.at, Data: input}, nil)
	if err != nil {
		return nil, err
	}
	values, err := t.token.Unpack("balanceOf", output)
	if err != nil {
		return nil, err
	}
	return values[0].(*big.Int), nil // as its ABI declares it
}

// send signs a transaction of the owner, sends it and fetches its receipt. The devnet mines at once, so the receipt
// is there. The gas limit is the estimate.
func (t *tour) send(to *common.Address, input []byte) (*types.Receipt, error) {
	nonce, err := t.client.PendingNonceAt(t.ctx, t.owner)
	if err != nil {
		return nil, err
	}
	limit, err := t.client.EstimateGas(t.ctx, ethereum.CallMsg{From: t.owner, To: to, Data: input})
	if err != nil {
		return nil, err
	}
	id := t.node.Chain.ChainConfig().ChainID
	tx, err := types.SignNewTx(t.node.Keys[0], types.LatestSignerForChainID(id), &types.DynamicFeeTx{
		ChainID: id, Nonce: nonce, Gas: limit, To: to, Data: input,
		GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(10 * params.GWei),
	})
	if err != nil {
		return nil, err
	}
	if err := t.client.SendTransaction(t.ctx, tx); err != nil {
		return nil, err
	}
	return t.client.TransactionReceipt(t.ctx, tx.Hash())
}

// show prints a receipt and its Transfer events. They are the only events of the token that the tour makes.
func (t *tour) show(r *types.Receipt) error {
	if r.Status != types.ReceiptStatusSuccessful {
		return fmt.Errorf("transaction %s failed: %s", r.TxHash, t.node.Chain.Reason(r.TxHash))
	}
	t.out.Line("  receipt   block %v, %s.., %d gas, as estimated", r.BlockNumber, r.TxHash.Hex()[:18], r.GasUsed)
	for _, log := range r.Logs {
		event, err := t.token.EventByID(log.Topics[0])
		if err != nil {
			return err
		}
		from, to := common.BytesToAddress(log.Topics[1][:]), common.BytesToAddress(log.Topics[2][:])
		amount := new(big.Int).SetBytes(log.Data)
		t.out.Line("  event     %s(%s, %s, %s)",
			event.Name, terminal.Short(from), terminal.Short(to), terminal.Ether(amount))
	}
	return nil
}

// tokens returns n tokens in their smallest unit. A token has 18 decimals, as ether has.
func tokens(n int64) *big.Int {
	return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether))
}
