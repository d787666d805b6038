package hestiatest_test

import (
	"fmt"
	"math/big"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"hestia/contracts"
	"hestia/hestiatest"
	"hestia/iface/abi"
	"hestia/internal/wat"
	"hestia/replay/fixture"
)

// busy counts in slot 0, as the counter does for increment, after so many rounds of a loop.
func busy(t *testing.T, rounds int) []byte {
	t.Helper()
	code := wat.Assemble(t, fmt.Sprintf(`(module
	  (import "ethereum" "storageStore" (func $store (param i32 i32)))
	  (memory (export "memory") 1)
	  (data (i32.const 63) "\01")
	  (global $n (mut i32) (i32.const 0))
	  (func (export "main")
	    (loop
	      (global.set $n (i32.add (global.get $n) (i32.const 1)))
	      (br_if 0 (i32.lt_u (global.get $n) (i32.const %d))))
	    (call $store (i32.const 0) (i32.const 32))))`, rounds))
	return code
}

// A limit that was estimated leaves no room for code that takes more gas, and gas is no reason to fail.
func TestOtherCodeHasAllTheGasItCanPayAndGasCanBeLeftOut(t *testing.T) {
	d := hestiatest.Start(t)
	c := d.Deploy(contracts.Deploy(busy(t, 1)), askABI)
	file := filepath.Join(t.TempDir(), "ask.json")
	d.Record(file, c.Send("ask").TxHash)
	slow := map[common.Address][]byte{c.Address: busy(t, 1_000_000)}
	hestiatest.Replaying{Code: slow, WithoutGas: true}.Replay(t, file)

	f := decode(t, file)
	if err := f.Replace(slow); err != nil {
		t.Fatal(err)
	}
	now, differences, err := f.ReplayWith(newEngine(t), fixture.Options{})
	if text := fixture.Report(differences); err != nil || outcome(now).Status != 1 ||
		!strings.Contains(text, "gas used") || !strings.Contains(text, "balance of "+d.Accounts[0].Hex()) {
		t.Errorf("with gas: %v, status %d, differences\n%s", err, outcome(now).Status, text)
	}
	// Written again, the fixture replays as it was written, with the same gas.
	if _, differences, err := now.Replay(newEngine(t)); err != nil || len(differences) > 0 {
		t.Errorf("written again: %v %v", err, differences)
	}
}

func TestGasThatIsLeftOutHidesNoOtherBalance(t *testing.T) {
	d := hestiatest.Start(t)
	receipt := d.Pay(0, common.Address{9}, big.NewInt(7))
	file := filepath.Join(t.TempDir(), "pay.json")
	d.Record(file, receipt.TxHash)
	f := decode(t, file)
	outcome(f).GasUsed += 1000 // as if it had used more
	_, differences, err := f.ReplayWith(newEngine(t), fixture.Options{WithoutGas: true})
	text := fixture.Report(differences)
	if err != nil || len(differences) != 2 || differences[1].Where != "balance of "+d.Accounts[0].Hex() {
		t.Errorf("want the balances of coinbase and sender: %v\n%s", err, text)
	}
}

func TestDifferencesHaveTheNamesOfCallsEventsAndErrors(t *testing.T) {
	d := hestiatest.Start(t)
	token, receipts := story(d)
	file := filepath.Join(t.TempDir(), "transfer.json")
	d.Record(file, receipts[2].TxHash)
	book := abi.NewBook()
	for _, text := range []string{
		contracts.Token.ABI, `[{"type":"error","name":"Refused","inputs":[{"name":"code","type":"uint256"}]}]`,
	} {
		known, err := abi.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		book.Add(known)
	}
	engine := newEngine(t)
	for name, row := range map[string]struct {
		change func(f *fixture.Fixture) error
		want   []string
	}{
		"another contract": {func(f *fixture.Fixture) error {
			return f.Replace(map[common.Address][]byte{token.Address: refusing(t)})
		}, []string{
			"call 0 to " + token.Address.Hex() + ", output of transfer(to=" + d.Accounts[1].Hex() + ", amount=25)",
			"got  Refused(code=7) 0x",
			"  mapping 1 of " + d.Accounts[1].Hex() + ":\n  slot 0x",
			"event 0, of call 0\n    want Transfer(from=" + d.Accounts[0].Hex() + ", to=" + d.Accounts[1].Hex(),
		}},
		"a topic": {func(f *fixture.Fixture) error {
			outcome(f).Logs[0].Topics[2][31]++
			return nil
		}, []string{"event 0 Transfer, of call 0, topic 2"}},
		"another event": {func(f *fixture.Fixture) error {
			outcome(f).Logs[0].Topics[0] = crypto.Keccak256Hash([]byte("Approval(address,address,uint256)"))
			return nil
		}, []string{"topic 0\n    want Approval 0x8c5be1e5", "got  Transfer 0xddf252ad"}},
	} {
		f := decode(t, file)
		if err := row.change(f); err != nil {
			t.Fatal(err)
		}
		_, differences, err := f.ReplayWith(engine, fixture.Options{Book: book})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text := fixture.Report(differences)
		for _, want := range row.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", name, want, text)
			}
		}
	}
}

// The module of a contract teaches what its errors are called, without a file.
func TestAFixturesOwnModulesNameDifferences(t *testing.T) {
	d := hestiatest.Start(t)
	c := d.Deploy(contracts.Deploy(busy(t, 1)), askABI)
	file := filepath.Join(t.TempDir(), "ask.json")
	d.Record(file, c.Send("ask").TxHash)
	section := `[{"type":"error","name":"Refused","inputs":[{"name":"code","type":"uint256"}]}]`
	code := append(refusing(t), append([]byte{0, byte(len(section) + 4), 3}, "abi"+section...)...)
	f := decode(t, file)
	if err := f.Replace(map[common.Address][]byte{c.Address: code}); err != nil {
		t.Fatal(err)
	}
	_, differences, err := f.Replay(newEngine(t))
	want := regexp.MustCompile(`got  Refused\(code=7\) 0x`)
	if text := fixture.Report(differences); err != nil || !want.MatchString(text) {
		t.Errorf("%v\n%s", err, text)
	}
}
