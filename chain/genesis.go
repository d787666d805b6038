package chain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"hestia/gas"
	"hestia/transition"
)

// The gas limits of blocks, all of which one transaction may use (docs/adr/0003).
const (
	DefaultGasLimit = 1 << 28
	DevnetGasLimit  = 1 << 30 // a program of Go's compiler is deployed for 620M
)

// maxGenesis bounds a genesis file, in bytes.
const maxGenesis = 256 << 20

// Genesis is the beginning of a chain: its first block, the accounts in it, and its rules.
type Genesis struct {
	Spec     core.Genesis  // if its config names no fork, all up to Osaka are active from the first block
	Schedule *gas.Schedule // the gas schedule of the first block; nil = the default one if the forks allow wasm
	Later    []Activation  // schedules that replace it, in order
	CodeSize int           // limit for the EVM's deployed code, in bytes: gas.Schedule.WithCodeSize; 0 = theirs
	Devnet   bool          // development methods may set the state, change the past and impersonate accounts

	given  *params.ChainConfig // the config before it was completed; nil until it is
	picked bool                // Schedule was nil, and follows from the forks
}

// DefaultGenesis returns a genesis with a devnet's chain id and base fee, the default gas limit and schedule, and the
// accounts of alloc. Its Devnet field is false.
func DefaultGenesis(alloc types.GenesisAlloc) *Genesis {
	return &Genesis{
		Spec: core.Genesis{
			Config:     transition.DefaultConfig(transition.DevnetID),
			GasLimit:   DefaultGasLimit,
			Difficulty: new(big.Int),
			BaseFee:    big.NewInt(params.InitialBaseFee),
			Alloc:      alloc,
		},
		Schedule: gas.Default(),
	}
}

// DecodeGenesis reads a genesis in geth's JSON, of at most 256 MiB. A config that names any fork is taken literally: a
// fork that it leaves out is never active. One that names none has all forks up to Osaka from the first block on. The
// config may hold {"hestia": {"schedule": NAME, "schedules": [{"block": NUMBER, "schedule": NAME}, {"time": SECONDS,
// "schedule": NAME}], "codeSizeLimit": BYTES, "devnet": BOOL}}, with the exact names of schedules. If it names none,
// the newest default one is the first; without Berlin from the first block on, when that cannot run, it is Ethereum's,
// which knows no wasm. The error names the line or the field that is wrong.
func DecodeGenesis(r io.Reader) (*Genesis, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxGenesis+1))
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	if len(data) > maxGenesis {
		return nil, fmt.Errorf("genesis: longer than %d bytes", maxGenesis)
	}
	if err := checkNumbers(data); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	g := new(Genesis)
	if err := json.Unmarshal(data, &g.Spec); err != nil {
		return nil, fmt.Errorf("genesis: %w", locate(data, err))
	}
	var ours struct {
		Config struct {
			Hestia extension `json:"hestia"`
		} `json:"config"`
	}
	if err := json.Unmarshal(data, &ours); err != nil {
		return nil, fmt.Errorf("genesis: %w", locate(data, err))
	}
	extra := ours.Config.Hestia
	g.Devnet, g.Later, g.CodeSize = extra.Devnet, extra.Schedules, extra.CodeSize
	if name := extra.Schedule; name != "" {
		known := false
		if g.Schedule, known = gas.Named(name); !known {
			return nil, fmt.Errorf("genesis: config.hestia.schedule: no gas schedule is called %q", name)
		}
	}
	if err := g.check(); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	return g, nil
}

// Encode writes the genesis to w in the format of DecodeGenesis.
func (g *Genesis) Encode(w io.Writer) error {
	spec, err := json.Marshal(&g.Spec)
	if err != nil {
		return err
	}
	config, err := json.Marshal(g.Spec.Config)
	if err != nil {
		return err
	}
	var fields, rules map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(spec, &fields), json.Unmarshal(config, &rules)); err != nil {
		return err
	}
	ours := extension{schedulesText{g.Schedule.Name, g.Later, g.CodeSize}, g.Devnet}
	if rules["hestia"], err = json.Marshal(ours); err != nil {
		return err
	}
	if fields["config"], err = json.Marshal(rules); err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	return lines.Encode(fields)
}

// extension is the part of a genesis file that geth does not know, config.hestia.
type extension struct {
	schedulesText
	Devnet bool `json:"devnet"`
}

func (g *Genesis) schedules() *schedules { return newSchedules(g.Schedule, g.Later, g.CodeSize) }

// locate adds the line number to a JSON syntax error.
func locate(data []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	before := data[:min(int(syntax.Offset), len(data))]
	return fmt.Errorf("line %d: %w", bytes.Count(before, []byte{'\n'})+1, err)
}

// check completes the config, and refuses values that the chain cannot store or that overflow its arithmetic.
func (g *Genesis) check() error {
	spec := &g.Spec
	if spec.Config == nil {
		return errors.New("config is missing")
	}
	if err := errors.Join(checkActivations(g.Later), checkCodeSize(g.CodeSize)); err != nil {
		return fmt.Errorf("config.hestia.%w", err)
	}
	if g.given == nil {
		given := *spec.Config
		g.given = &given
	}
	if err := transition.CompleteConfig(spec.Config); err != nil {
		return fmt.Errorf("config.%w", err)
	}
	if err := g.checkSchedules(); err != nil {
		return fmt.Errorf("config.hestia.%w", err)
	}
	switch {
	case spec.Number != 0:
		return errors.New("number: must be 0")
	case spec.GasUsed != 0:
		return errors.New("gasUsed: must be 0")
	case spec.GasLimit < params.MinGasLimit || spec.GasLimit > gas.Max:
		return fmt.Errorf("gasLimit: %d is not between %d and %d", spec.GasLimit, params.MinGasLimit, uint64(gas.Max))
	case spec.Difficulty == nil || spec.Difficulty.Sign() < 0:
		return errors.New("difficulty: must not be negative")
	case spec.BaseFee != nil && spec.BaseFee.Sign() < 0:
		return errors.New("baseFeePerGas: must not be negative")
	case spec.ExcessBlobGas != nil && *spec.ExcessBlobGas != 0:
		return errors.New("excessBlobGas: must be 0: no block is before the first")
	case spec.BlobGasUsed != nil && *spec.BlobGasUsed != 0:
		return errors.New("blobGasUsed: must be 0: the first block has no blobs")
	}
	for address, account := range spec.Alloc {
		if b := account.Balance; b != nil && (b.Sign() < 0 || b.BitLen() > 256) {
			return fmt.Errorf("alloc.%s.balance: %d is not between 0 and 2^256-1", common.Address(address), b)
		}
	}
	return nil
}

// completed returns the genesis as chains without EVM code read it at first: with every fork up to Osaka active, even
// if its config names only some. It is nil if that contradicts the config.
func (g *Genesis) completed() *Genesis {
	old := *g
	if g.Schedule == nil || g.picked {
		old.Schedule = gas.Default()
	}
	given := cmp.Or(g.given, g.Spec.Config)
	if given == nil {
		return nil
	}
	config := *given
	if transition.ActivateAll(&config) != nil {
		return nil
	}
	old.Spec.Config = &config
	return &old
}

// checkSchedules picks the first schedule if none is given, and refuses wasm under forks that it cannot run under:
// those before Byzantium, which brought reverts and static calls, and for prices of warm and cold state those before
// Berlin.
func (g *Genesis) checkSchedules() error {
	config, first := g.Spec.Config, new(big.Int)
	if g.Schedule == nil {
		g.picked = true
		if g.Schedule = gas.Default(); !config.IsBerlin(first) {
			g.Schedule = gas.Ethereum()
		}
	}
	if err := checkWasm(g.Schedule, config, first); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	for i, a := range g.Later {
		later, _ := gas.Named(a.Schedule) // checkActivations has checked the name
		from := first
		if a.Block != nil {
			from = new(big.Int).SetUint64(*a.Block)
		}
		if err := checkWasm(later, config, from); err != nil {
			return fmt.Errorf("schedules[%d]: %w", i, err)
		}
	}
	return nil
}

// checkWasm reports why wasm code of a schedule cannot run from a block on.
func checkWasm(s *gas.Schedule, config *params.ChainConfig, from *big.Int) error {
	fork, active := "Byzantium", config.IsByzantium(from)
	if s.Edition > gas.ByzantineEdition {
		fork, active = "Berlin", config.IsBerlin(from)
	}
	if s.Limits.Wasm && !active {
		return fmt.Errorf(
			"%s runs wasm, which needs %s from block %d on; name the schedule %q",
			s.Name, fork, from, gas.Ethereum().Name,
		)
	}
	return nil
}
