package node_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"syscall"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/node"
	"hestia/state"
	"hestia/transition"
)

func TestDevelopmentKeysAreTheOnesEveryToolKnows(t *testing.T) {
	keys, err := node.DeriveKeys(node.DevMnemonic, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{
		0: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
		1: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
		9: "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
	} {
		if got := crypto.PubkeyToAddress(keys[i].PublicKey).Hex(); got != want {
			t.Errorf("account %d is %s, want %s", i, got, want)
		}
	}
}

func TestOtherMnemonicsAreChecked(t *testing.T) {
	badChecksum, badWord := strings.TrimSuffix(node.DevMnemonic, "junk")+"test", "zzz "+node.DevMnemonic
	for _, phrase := range []string{"", "test", badChecksum, badWord} {
		if _, err := node.DeriveKeys(phrase, 1); !errors.Is(err, node.ErrMnemonic) {
			t.Errorf("%q: %v, want ErrMnemonic", phrase, err)
		}
	}
}

func TestTheZeroConfigIsADevnet(t *testing.T) {
	n := start(t, node.Config{})
	client, err := ethclient.Dial(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	id, err := client.ChainID(context.Background())
	if err != nil || id.Cmp(big.NewInt(transition.DevnetID)) != 0 {
		t.Errorf("chain id %v, %v", id, err)
	}
	balance, err := client.BalanceAt(context.Background(), crypto.PubkeyToAddress(n.Keys[9].PublicKey), nil)
	want := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))
	if err != nil || balance.Cmp(want) != 0 {
		t.Errorf("account 9 owns %v, %v; want %v", balance, err, want)
	}
}

func TestADataDirectoryBelongsToOneNodeAndOneChain(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Config{DataDir: dir})
	if _, err := node.Start(node.Config{DataDir: dir}); !errors.Is(err, state.ErrLocked) {
		t.Errorf("a second node on the same directory: %v, want ErrLocked", err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	other := chain.DefaultGenesis(types.GenesisAlloc{{1}: {Balance: big.NewInt(1)}})
	if _, err := node.Start(node.Config{DataDir: dir, Genesis: other}); !errors.Is(err, chain.ErrOtherChain) {
		t.Errorf("another genesis: %v, want ErrOtherChain", err)
	}
	again := start(t, node.Config{DataDir: dir})
	if again.Chain.Head().Number.Sign() != 0 {
		t.Errorf("head %v", again.Chain.Head().Number)
	}
}

func TestAPortInUseFailsTheStart(t *testing.T) {
	n := start(t, node.Config{})
	_, err := node.Start(node.Config{Listen: strings.TrimPrefix(n.URL(), "http://")})
	if !errors.Is(err, node.ErrListen) || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, want ErrListen and EADDRINUSE", err)
	}
}

func TestCloseMayBeCalledTwiceAndNothingAnswersAfterwards(t *testing.T) {
	n := start(t, node.Config{})
	for range 2 {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}
	client, err := ethclient.Dial(n.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.ChainID(context.Background()); err == nil {
		t.Error("still answering")
	}
}

func start(t *testing.T, config node.Config) *node.Node {
	t.Helper()
	n, err := node.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}
