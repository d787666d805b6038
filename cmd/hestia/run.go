package main

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	gstate "github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
	"github.com/urfave/cli/v2"

	"hestia/chain"
	"hestia/gas"
	"hestia/state"
	"hestia/transition"
	"hestia/vm/wasmtime"
)

// Who runs a module, and where it stands.
var (
	runSender   = common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266") // the first devnet account
	runContract = common.HexToAddress("0x5FbDB2315678afecb367f032d93F642f64180aa3") // what that account would make first
)

// runEther is what the sender owns, in ether.
const runEther = 10_000

func runCommand() *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "run a contract's main once on an empty state",
		ArgsUsage: "FILE.wasm",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "calldata", Usage: "call the contract with `HEX`"},
			&cli.StringFlag{Name: "value", Value: "0", Usage: "send `WEI` along"},
			&cli.Uint64Flag{Name: "gas", Value: 30_000_000, Usage: "give the transaction at most `GAS`"},
			scheduleFlag(),
		},
		Action: runModule,
	}
}

func runModule(c *cli.Context) error {
	name, err := oneArgument(c, "the module")
	if err != nil {
		return err
	}
	message, err := runMessage(c)
	if err != nil {
		return err
	}
	rules, err := schedule(c)
	if err != nil {
		return err
	}
	code, err := readModule(name, c.App.Reader)
	if err != nil {
		return err
	}
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	if err := engine.Prepare(code, crypto.Keccak256Hash(code), rules, nil); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	opened, store, err := openRun(engine, code, rules)
	if err != nil {
		return err
	}
	defer store.Close()
	return apply(c, opened, message)
}

// openRun makes a chain in memory on which the contract stands and its caller is rich. The store is the caller's to close.
func openRun(engine *wasmtime.Engine, code []byte, rules *gas.Schedule) (*chain.Chain, *state.Store, error) {
	store, err := state.Open("", state.Options{})
	if err != nil {
		return nil, nil, err
	}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{
		runSender:   {Balance: new(big.Int).Mul(big.NewInt(runEther), big.NewInt(params.Ether))},
		runContract: {Code: code, Balance: new(big.Int)},
	})
	genesis.Schedule = rules
	opened, err := chain.Open(store, engine, genesis)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return opened, store, nil
}

// runMessage reads what the contract is called with.
func runMessage(c *cli.Context) (transition.Message, error) {
	var input []byte
	if text := c.String("calldata"); text != "" {
		var err error
		if input, err = hexutil.Decode(text); err != nil {
			return transition.Message{}, &usageError{"hestia run", fmt.Errorf("--calldata: %w", err)}
		}
	}
	value, err := uint256.FromDecimal(c.String("value"))
	if err != nil {
		return transition.Message{}, &usageError{"hestia run", fmt.Errorf("--value: %w", err)}
	}
	return transition.Message{
		Message: core.Message{
			From: runSender, To: &runContract, Value: value, Data: input, GasLimit: c.Uint64("gas"),
			GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int),
		},
		NoBaseFee: true,
	}, nil
}

// apply runs the message and prints what came of it.
func apply(c *cli.Context, opened *chain.Chain, message transition.Message) error {
	header := opened.PendingHeader(chain.Template{})
	db, err := opened.StateAt(header.Root)
	if err != nil {
		return err
	}
	p := &printer{w: c.App.Writer}
	outcome, err := opened.Apply(c.Context, chain.CallRequest{
		Header: header, State: db, Message: message,
		Debug: func(line string) { p.line("debug    %s", printable(line)) },
	})
	if err != nil {
		return err
	}
	p.line("end      %s", outcome.Result.End)
	if cause := outcome.Result.Cause; cause != nil {
		p.line("cause    %s", printable(cause.Error()))
	}
	p.line("output   %s", hexutil.Encode(outcome.Result.Output))
	p.line("gas      %d, of which the transaction itself %d", outcome.UsedGas, intrinsic(opened, header, &message))
	for i, log := range outcome.Logs {
		p.line("log %-4d %s", i, hexutil.Encode(log.Data))
		for _, topic := range log.Topics {
			p.line("  topic  %s", topic)
		}
	}
	if err := printStorage(p, opened, header, db); err != nil {
		return err
	}
	switch {
	case p.err != nil:
		return p.err
	case outcome.Failed():
		return errQuiet
	}
	return nil
}

func intrinsic(opened *chain.Chain, header *types.Header, m *transition.Message) uint64 {
	cost, err := core.IntrinsicGas(m.Data, nil, nil, m.From, m.To, m.Value, opened.Rules(header))
	if err != nil {
		return 0
	}
	return cost
}

// storage collects the slots of one account.
type storage struct {
	of    common.Address
	slots map[common.Hash]string
}

func (s *storage) OnRoot(common.Hash) {}

func (s *storage) OnAccount(a *common.Address, account gstate.DumpAccount) {
	if a != nil && *a == s.of {
		s.slots = account.Storage
	}
}

// printStorage prints what the contract stored: it began with nothing.
func printStorage(p *printer, opened *chain.Chain, header *types.Header, db *gstate.StateDB) error {
	root, err := opened.Store().Commit(db, opened.Rules(header), header.Number.Uint64())
	if err != nil {
		return err
	}
	after, err := opened.StateAt(root)
	if err != nil {
		return err
	}
	found := &storage{of: runContract}
	if _, err := after.DumpToCollector(found, nil); err != nil {
		return errors.Join(errors.New("reading the storage"), err)
	}
	for _, slot := range slices.SortedFunc(maps.Keys(found.slots), common.Hash.Cmp) {
		p.line("storage  %s = 0x%s", slot, found.slots[slot])
	}
	return nil
}
