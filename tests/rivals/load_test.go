package rivals

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// clients is how many there are at most, and period how long they do one thing.
const (
	clients = 16
	period  = time.Second
)

var (
	signer = types.LatestSignerForChainID(big.NewInt(31337))
	payee  = common.HexToAddress("0x00000000000000000000000000000000000a11ce")
)

// load is one client with an account and a connection of its own.
type load struct {
	http    http.Client
	url     string
	key     *ecdsa.PrivateKey
	address common.Address
	nonce   uint64
}

func newLoad(url string, key *ecdsa.PrivateKey) *load {
	return &load{
		http: http.Client{Transport: new(http.Transport)}, url: url, key: key,
		address: crypto.PubkeyToAddress(key.PublicKey),
	}
}

// ask returns the result of a request, nil if there is none.
func (l *load) ask(method, params string) json.RawMessage {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":[%s]}`, method, params)
	response, err := l.http.Post(l.url, "application/json", strings.NewReader(body))
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil
	}
	var answer struct{ Result json.RawMessage }
	if json.Unmarshal(text, &answer) != nil || bytes.Equal(answer.Result, []byte("null")) {
		return nil
	}
	return answer.Result
}

// must is ask for what has to have a result.
func (l *load) must(t *testing.T, method, params string) json.RawMessage {
	result := l.ask(method, params)
	if result == nil {
		t.Errorf("%s(%.100s) has no result", method, params)
	}
	return result
}

// transferOf is the calldata of transfer(to, value).
func transferOf(to common.Address, value int64) []byte {
	return append(
		append(common.FromHex("0xa9059cbb"), common.LeftPadBytes(to[:], 32)...),
		common.BigToHash(big.NewInt(value)).Bytes()...,
	)
}

// send sends a transaction and returns when its receipt is there. Anvil may refuse a nonce for a moment after a revert.
func (l *load) send(t *testing.T, to *common.Address, data []byte) json.RawMessage {
	gas := uint64(21000)
	if to == nil || len(data) > 0 {
		gas = 4_000_000
	}
	tx := types.MustSignNewTx(l.key, signer, &types.DynamicFeeTx{
		ChainID: signer.ChainID(), Nonce: l.nonce, To: to, Gas: gas, Data: data, Value: new(big.Int),
		GasFeeCap: big.NewInt(100e9), GasTipCap: big.NewInt(1e9),
	})
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Error(err)
	}
	l.nonce++
	for began := time.Now(); l.ask("eth_sendRawTransaction", `"`+hexutil.Encode(raw)+`"`) == nil; {
		if time.Since(began) > 10*time.Second {
			t.Error("a transaction is not taken")
			return nil
		}
	}
	for began := time.Now(); time.Since(began) < 10*time.Second; {
		if receipt := l.ask("eth_getTransactionReceipt", `"`+tx.Hash().Hex()+`"`); receipt != nil {
			if !bytes.Contains(receipt, []byte(`"status":"0x1"`)) {
				t.Errorf("failed: %s", receipt)
			}
			return receipt
		}
	}
	t.Error("a receipt does not come")
	return nil
}

func (l *load) create(t *testing.T, code []byte) common.Address {
	var receipt struct{ ContractAddress common.Address }
	if err := json.Unmarshal(l.send(t, nil, code), &receipt); err != nil {
		t.Error(err)
	}
	return receipt.ContractAddress
}

// rate has so many clients do something over and over, and returns how often a second they did it together.
func (d *devnet) rate(t *testing.T, n int, do func(*testing.T, *load)) float64 {
	t.Helper()
	var all sync.WaitGroup
	counts := make([]int, n)
	began := time.Now()
	for i, l := range d.loads[:n] {
		all.Go(func() {
			for time.Since(began) < period && !t.Failed() {
				do(t, l)
				counts[i]++
			}
		})
	}
	all.Wait()
	sum := 0
	for _, count := range counts {
		sum += count
	}
	if t.Failed() {
		t.FailNow()
	}
	return float64(sum) / time.Since(began).Seconds()
}

func (d *devnet) mine(t *testing.T, l *load) { l.must(t, "evm_mine", "") }

func (d *devnet) balance(t *testing.T, l *load) {
	l.must(t, "eth_getBalance", `"`+l.address.Hex()+`","latest"`)
}

func (d *devnet) balanceOf(t *testing.T, l *load) {
	input := "0x70a08231" + common.Bytes2Hex(common.LeftPadBytes(l.address[:], 32))
	l.must(t, "eth_call", `{"to":"`+d.token.Hex()+`","data":"`+input+`"},"latest"`)
}

func (d *devnet) pay(t *testing.T, l *load) { l.send(t, &payee, nil) }

func (d *devnet) transfer(t *testing.T, l *load) { l.send(t, &d.token, transferOf(payee, 1)) }

func (d *devnet) deploy(t *testing.T, l *load) { l.create(t, d.created) }

// cycle takes a snapshot, sends a transaction and goes back.
func (d *devnet) cycle(t *testing.T) {
	l := d.loads[0]
	id := l.must(t, "evm_snapshot", "")
	nonce := l.nonce
	l.send(t, &d.token, transferOf(payee, 1))
	if reverted := l.must(t, "evm_revert", string(id)); string(reverted) != "true" {
		t.Fatalf("evm_revert: %s", reverted)
	}
	l.nonce = nonce
}
