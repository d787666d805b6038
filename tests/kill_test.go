package tests

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"flag"
	"maps"
	"math/big"
	"math/rand"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"hestia/chain"
	"hestia/contracts"
	"hestia/node"
	"hestia/state"
	"hestia/vm/wasmtime"
)

// kills is how often a node is killed; with more than ordinary test runs have, the time of each start counts too.
var kills = flag.Int(
	"kills", ordinaryKills, "how often TestKillLosesNothingAcknowledged kills a node; make kill says 100",
)

const (
	ordinaryKills = 20
	startLimit    = 2 * time.Second
)

// process is a devnet as a user starts it: the built binary on a data directory.
type process struct {
	cmd    *exec.Cmd
	client *ethclient.Client
	url    string
	after  time.Duration // from its start until it listened
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func startProcess(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	return startCommand(t, exec.Command(binary, append([]string{"devnet", "--port", "0"}, args...)...))
}

// startCommand starts a command that is a devnet.
func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := listening.FindString(lines.Text()); url != "" {
			after := time.Since(began)
			go func() {
				for lines.Scan() { // an unread pipe would stop the node
				}
			}()
			client, err := ethclient.Dial(url)
			if err != nil {
				t.Fatal(err)
			}
			return &process{cmd, client, url, after}
		}
	}
	t.Fatalf("the devnet ended before it listened: %v", cmd.Wait())
	return nil
}

func buildHestia(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "hestia")
	if out, err := exec.Command("go", "build", "-o", binary, "hestia/cmd/hestia").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// acknowledged is what clients were told is mined, and under which block hash.
type acknowledged struct {
	mu       sync.Mutex
	receipts map[common.Hash]common.Hash
}

func (a *acknowledged) add(r *types.Receipt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.receipts[r.TxHash] = r.BlockHash
}

// stream sends token transfers from key until the node goes away.
func stream(client *ethclient.Client, key *ecdsa.PrivateKey, token common.Address, told *acknowledged) {
	ctx, from := context.Background(), crypto.PubkeyToAddress(key.PublicKey)
	signer := types.LatestSignerForChainID(big.NewInt(31337))
	transfer := append(crypto.Keccak256([]byte("transfer(address,uint256)"))[:4], make([]byte, 64)...)
	transfer[67] = 1
	for {
		nonce, err := client.PendingNonceAt(ctx, from)
		if err != nil {
			return
		}
		tx := types.MustSignNewTx(key, signer, &types.DynamicFeeTx{
			ChainID: big.NewInt(31337), Nonce: nonce, To: &token, Gas: 200_000, Data: transfer,
			GasFeeCap: big.NewInt(1e10), GasTipCap: big.NewInt(1e9),
		})
		if client.SendTransaction(ctx, tx) != nil {
			return
		}
		if receipt, err := client.TransactionReceipt(ctx, tx.Hash()); err == nil {
			told.add(receipt)
		}
	}
}

func deployToken(t *testing.T, client *ethclient.Client, key *ecdsa.PrivateKey) common.Address {
	t.Helper()
	tx := types.MustSignNewTx(key, types.LatestSignerForChainID(big.NewInt(31337)), &types.DynamicFeeTx{
		ChainID: big.NewInt(31337), Gas: 10_000_000, Data: contracts.Token.Creation,
		GasFeeCap: big.NewInt(1e10), GasTipCap: big.NewInt(1e9),
	})
	if err := client.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	receipt, err := client.TransactionReceipt(t.Context(), tx.Hash())
	if err != nil || receipt.Status != types.ReceiptStatusSuccessful {
		t.Fatalf("deploying the token: %v, %v", receipt, err)
	}
	return receipt.ContractAddress
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 20 nodes: not in -short")
	}
	binary, dir := buildHestia(t), t.TempDir()
	keys, err := node.DeriveKeys(node.DevMnemonic, 3)
	if err != nil {
		t.Fatal(err)
	}
	told := map[common.Hash]common.Hash{}
	fresh := &acknowledged{receipts: told} // since the last start
	var token common.Address
	var height uint64
	var slowest time.Duration
	for kill := range *kills {
		p := startProcess(t, binary, "--datadir", dir)
		slowest = max(slowest, p.after)
		if kill == 0 {
			token = deployToken(t, p.client, keys[0])
		}
		checkAcknowledged(t, p.client, fresh.receipts)
		fresh = &acknowledged{receipts: map[common.Hash]common.Hash{}}
		var senders sync.WaitGroup
		for _, key := range keys {
			senders.Go(func() { stream(p.client, key, token, fresh) })
		}
		// the moment of the kill is meant to be random
		time.Sleep(100*time.Millisecond + time.Duration(rand.Intn(200))*time.Millisecond)
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.cmd.Wait()
		senders.Wait()
		maps.Copy(told, fresh.receipts)
	}
	p := startProcess(t, binary, "--datadir", dir)
	checkAcknowledged(t, p.client, told)
	if height, err = p.client.BlockNumber(t.Context()); err != nil || height < uint64(len(told)) {
		t.Errorf("head is block %d (%v) after %d acknowledged blocks", height, err, len(told))
	}
	if deployToken(t, p.client, freshKey(t, p.client, keys[0])) == (common.Address{}) {
		t.Error("the chain does not go on")
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	if len(told) < *kills {
		t.Errorf("only %d transactions were acknowledged before %d kills", len(told), *kills)
	}
	t.Logf("%d transactions acknowledged, %d blocks, %d kills, slowest start %v", len(told), height, *kills, slowest)
	if *kills > ordinaryKills && slowest > startLimit {
		t.Errorf("a start took %v, more than %v", slowest, startLimit)
	}
	reexecute(t, dir)
}

func checkAcknowledged(t *testing.T, client *ethclient.Client, told map[common.Hash]common.Hash) {
	t.Helper()
	for tx, block := range told {
		receipt, err := client.TransactionReceipt(t.Context(), tx)
		if err != nil || receipt.BlockHash != block {
			t.Fatalf("transaction %v was acknowledged in block %v, after the kill: %v, %v", tx, block, receipt, err)
		}
	}
}

// freshKey returns a new account with ether of rich's.
func freshKey(t *testing.T, client *ethclient.Client, rich *ecdsa.PrivateKey) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	nonce, err := client.PendingNonceAt(t.Context(), crypto.PubkeyToAddress(rich.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	to := crypto.PubkeyToAddress(key.PublicKey)
	tx := types.MustSignNewTx(rich, types.LatestSignerForChainID(big.NewInt(31337)), &types.DynamicFeeTx{
		ChainID: big.NewInt(31337), Nonce: nonce, To: &to, Gas: 21_000, Value: big.NewInt(1e18),
		GasFeeCap: big.NewInt(1e10), GasTipCap: big.NewInt(1e9),
	})
	if err := client.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	return key
}

// reexecute imports every block of the directory into a fresh devnet: Import recomputes every root.
func reexecute(t *testing.T, dir string) {
	t.Helper()
	store, err := state.Open(dir, state.Options{Beside: []string{node.Artefacts}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	engine, err := wasmtime.New(wasmtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	kept, err := chain.Open(store, engine, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := node.Start(node.Config{Devnet: node.Devnet{Time: kept.HeaderByNumber(0).Time}})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for n := uint64(1); n <= kept.Head().Number.Uint64(); n++ {
		if err := again.Chain.Import(kept.BlockByNumber(n)); err != nil {
			t.Fatalf("block %d does not recompute: %v", n, err)
		}
	}
	if kept.Head().Root != again.Chain.Head().Root {
		t.Errorf("head state root %v recomputes to %v", kept.Head().Root, again.Chain.Head().Root)
	}
}

func TestAKilledNodeKeepsTheChainIDThatWasSet(t *testing.T) {
	binary, dir := buildHestia(t), t.TempDir()
	send := func(p *process) (hash common.Hash) {
		t.Helper()
		rpc := p.client.Client()
		var accounts []common.Address
		if err := rpc.Call(&accounts, "eth_accounts"); err != nil {
			t.Fatal(err)
		}
		if err := rpc.Call(&hash, "eth_sendTransaction", map[string]any{
			"from": accounts[0], "to": accounts[1], "value": "0x1",
		}); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	p := startProcess(t, binary, "--datadir", dir)
	before := send(p)
	if err := p.client.Client().Call(nil, "anvil_setChainId", 5); err != nil {
		t.Fatal(err)
	}
	after := send(p)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p = startProcess(t, binary, "--datadir", dir, "--chain-id", "31337") // that of the first block
	for hash, want := range map[common.Hash]uint64{before: 31337, after: 5, send(p): 5} {
		tx, _, err := p.client.TransactionByHash(t.Context(), hash)
		if err != nil || tx.ChainId().Uint64() != want {
			t.Errorf("transaction %s is for chain %v, want %d: %v", hash, tx.ChainId(), want, err)
		}
		if err := p.client.Client().Call(nil, "debug_traceTransaction", hash); err != nil {
			t.Errorf("trace of a transaction for chain %d: %v", want, err)
		}
	}
	if id, err := p.client.ChainID(t.Context()); err != nil || id.Uint64() != 5 {
		t.Errorf("the id is %d: %v", id, err)
	}
}
