package contracts_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	gethabi "github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-cmp/cmp"

	"hestia/contracts"
)

var (
	alice = common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
	bob   = common.HexToAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
	carol = common.HexToAddress("0x00000000000000000000000000000000000000ff")

	maxWord = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	supply  = new(big.Int).Mul(big.NewInt(1_000_000), new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil))
)

// deployed is a contract on a host of its own, spoken to through geth's abi package: the judge of every byte that
// goes in or comes out.
type deployed struct {
	*host
	code []byte
	abi  gethabi.ABI
}

func deploy(t *testing.T, c contracts.Contract) *deployed {
	t.Helper()
	parsed, err := gethabi.JSON(strings.NewReader(c.ABI))
	if err != nil {
		t.Fatalf("ABI of %s: %v", c.Name, err)
	}
	d := &deployed{host: newHost(t), abi: parsed}
	end, code := d.deploy(c.Creation, call{caller: alice})
	if end != finished {
		t.Fatalf("deployment of %s ended %v", c.Name, end)
	}
	d.code = code
	return d
}

func (d *deployed) pack(method string, args ...any) []byte {
	d.t.Helper()
	input, err := d.abi.Pack(method, args...)
	if err != nil {
		d.t.Fatalf("pack %s: %v", method, err)
	}
	return input
}

// send calls method and returns its decoded results, or the reason it reverted.
func (d *deployed) send(from common.Address, method string, args ...any) ([]any, string) {
	d.t.Helper()
	return d.raw(from, method, d.pack(method, args...))
}

func (d *deployed) raw(from common.Address, method string, input []byte) ([]any, string) {
	d.t.Helper()
	end, output := d.run(d.code, call{caller: from, input: input})
	switch end {
	case reverted:
		return nil, reason(d.t, output)
	case trapped:
		d.t.Fatalf("%s trapped", method)
	}
	results, err := d.abi.Unpack(method, output)
	if err != nil && len(d.abi.Methods[method].Outputs) > 0 {
		d.t.Fatalf("results of %s: %v", method, err)
	}
	return results, ""
}

func (d *deployed) number(method string, args ...any) *big.Int {
	d.t.Helper()
	results, reason := d.send(alice, method, args...)
	if reason != "" {
		d.t.Fatalf("%s reverted: %s", method, reason)
	}
	return results[0].(*big.Int)
}

func reason(t *testing.T, output []byte) string {
	t.Helper()
	text, err := gethabi.UnpackRevert(output)
	if err != nil {
		t.Fatalf("revert data %x: %v", output, err)
	}
	return text
}

func word(n int64) common.Hash                  { return common.BigToHash(big.NewInt(n)) }
func address(a common.Address) common.Hash      { return common.BytesToHash(a[:]) }
func number(n *big.Int) []byte                  { return common.BigToHash(n).Bytes() }
func mapping(key, slot common.Hash) common.Hash { return crypto.Keccak256Hash(key[:], slot[:]) }

func TestCounterCountsInSlotZero(t *testing.T) {
	c := deploy(t, contracts.Counter)
	want := new(big.Int)
	for _, amount := range []*big.Int{
		big.NewInt(1), new(big.Int).SetUint64(1<<64 - 1), big.NewInt(1),
		new(big.Int).Lsh(big.NewInt(1), 128),
	} {
		c.send(bob, "increment")
		c.send(bob, "add", amount)
		want.Add(want, amount).Add(want, big.NewInt(1))
		if got := c.number("count"); got.Cmp(want) != 0 {
			t.Fatalf("count is %v, want %v", got, want)
		}
		last := c.logs[len(c.logs)-1]
		if diff := cmp.Diff(event{Topics: []common.Hash{c.abi.Events["Incremented"].ID}, Data: number(want)},
			last); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(map[common.Hash]common.Hash{word(0): common.BigToHash(want)}, c.storage); diff != "" {
		t.Errorf("storage (-want +got):\n%s", diff)
	}
}

func TestCounterRefusesToOverflow(t *testing.T) {
	c := deploy(t, contracts.Counter)
	c.send(bob, "add", maxWord)
	for _, refused := range [][]any{{"increment"}, {"add", big.NewInt(1)}, {"add", maxWord}} {
		if _, reason := c.send(bob, refused[0].(string), refused[1:]...); reason != "overflow" {
			t.Errorf("%v: reason %q", refused, reason)
		}
	}
	if got := c.number("count"); got.Cmp(maxWord) != 0 || len(c.logs) != 1 {
		t.Errorf("count %v with %d events after refusals", got, len(c.logs))
	}
}

func TestTokenSaysWhatItIs(t *testing.T) {
	token := deploy(t, contracts.Token)
	got := []any{}
	for _, method := range []string{"name", "symbol", "decimals", "totalSupply"} {
		results, _ := token.send(bob, method)
		got = append(got, results...)
	}
	if diff := cmp.Diff([]any{"Hestia Token", "HST", uint8(18), supply.String()},
		append(got[:3], got[3].(*big.Int).String())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTokenGivesItsSupplyToTheDeployer(t *testing.T) {
	token := deploy(t, contracts.Token)
	want := map[common.Hash]common.Hash{
		word(0):                          common.BigToHash(supply),
		mapping(address(alice), word(1)): common.BigToHash(supply),
	}
	if diff := cmp.Diff(want, token.storage); diff != "" {
		t.Errorf("storage (-want +got):\n%s", diff)
	}
	minted := []event{{
		Topics: []common.Hash{token.abi.Events["Transfer"].ID, {}, address(alice)},
		Data:   number(supply),
	}}
	if diff := cmp.Diff(minted, token.logs); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestTokenStoresAndTellsAsSolidityDoes(t *testing.T) {
	token := deploy(t, contracts.Token)
	token.logs = nil
	token.send(alice, "transfer", bob, big.NewInt(1000))
	token.send(bob, "approve", carol, big.NewInt(300))
	token.send(carol, "transferFrom", bob, alice, big.NewInt(100))

	left := new(big.Int).Sub(supply, big.NewInt(900))
	wantStorage := map[common.Hash]common.Hash{
		word(0):                          common.BigToHash(supply),
		mapping(address(alice), word(1)): common.BigToHash(left),
		mapping(address(bob), word(1)):   word(900),
		mapping(address(carol), mapping(address(bob), word(2))): word(200),
	}
	if diff := cmp.Diff(wantStorage, token.storage); diff != "" {
		t.Errorf("storage (-want +got):\n%s", diff)
	}
	transfer, approval := token.abi.Events["Transfer"].ID, token.abi.Events["Approval"].ID
	wantLogs := []event{
		{Topics: []common.Hash{transfer, address(alice), address(bob)}, Data: number(big.NewInt(1000))},
		{Topics: []common.Hash{approval, address(bob), address(carol)}, Data: number(big.NewInt(300))},
		{Topics: []common.Hash{transfer, address(bob), address(alice)}, Data: number(big.NewInt(100))},
	}
	if diff := cmp.Diff(wantLogs, token.logs); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestTokenRefusesWithAReason(t *testing.T) {
	token := deploy(t, contracts.Token)
	token.send(alice, "approve", bob, big.NewInt(5))
	token.send(alice, "approve", carol, maxWord)
	before := len(token.logs)
	dirty := func(position int) []byte {
		input := token.pack("balanceOf", alice)
		input[4+position] = 1
		return input
	}
	tests := []struct {
		name, method, reason string
		from                 common.Address
		input                []byte
	}{
		{
			"transfer of more than the balance", "transfer", "insufficient balance", bob,
			token.pack("transfer", alice, big.NewInt(1)),
		},
		{"transfer above the supply", "transfer", "insufficient balance", alice, token.pack("transfer", bob, maxWord)},
		{
			"transferFrom above the allowance", "transferFrom", "insufficient allowance", bob,
			token.pack("transferFrom", alice, bob, big.NewInt(6)),
		},
		{
			"transferFrom above the balance", "transferFrom", "insufficient balance", carol,
			token.pack("transferFrom", alice, bob, maxWord),
		},
		{"unknown selector", "transfer", "unknown selector", alice, []byte{1, 2, 3, 4}},
		{"no calldata", "transfer", "unknown selector", alice, nil},
		{"short selector", "transfer", "unknown selector", alice, []byte{0xa9, 0x05, 0x9c}},
		{"missing argument", "transfer", "missing argument", alice, token.pack("transfer", bob, big.NewInt(1))[:67]},
		{"address dirty at its start", "balanceOf", "malformed address", alice, dirty(0)},
		{"address dirty at byte 8", "balanceOf", "malformed address", alice, dirty(8)},
		{"address dirty before its bytes", "balanceOf", "malformed address", alice, dirty(11)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, reason := token.raw(tt.from, tt.method, tt.input); reason != tt.reason {
				t.Errorf("reason %q, want %q", reason, tt.reason)
			}
		})
	}
	if len(token.logs) != before {
		t.Errorf("%d events from refused calls", len(token.logs)-before)
	}
}

func TestContractsRefuseValue(t *testing.T) {
	token, counter := deploy(t, contracts.Token), deploy(t, contracts.Counter)
	for _, value := range [][16]byte{{0: 1}, {7: 0x80}, {8: 1}, {15: 0x80}} {
		for name, run := range map[string]func() (ending, []byte){
			"token": func() (ending, []byte) {
				return token.run(token.code, call{caller: alice, value: value, input: token.pack("totalSupply")})
			},
			"token creation": func() (ending, []byte) {
				return newHost(t).run(contracts.Token.Creation, call{caller: alice, value: value})
			},
			"counter": func() (ending, []byte) {
				return counter.run(counter.code, call{caller: alice, value: value, input: counter.pack("increment")})
			},
		} {
			if end, output := run(); end != reverted || reason(t, output) != "not payable" {
				t.Errorf("%s with value %x: ended %v with %x", name, value, end, output)
			}
		}
	}
}

func TestTokenIgnoresBytesAfterItsArguments(t *testing.T) {
	token := deploy(t, contracts.Token)
	input := append(token.pack("transfer", bob, big.NewInt(7)), bytes.Repeat([]byte{0xff}, 100)...)
	if results, _ := token.raw(alice, "transfer", input); results[0] != true ||
		token.number("balanceOf", bob).Int64() != 7 {
		t.Errorf("transfer with trailing bytes answered %v", results)
	}
}

// ledger is the token in Go: what the C code must do, over math/big.
type ledger struct {
	balance map[common.Address]*big.Int
	allowed map[[2]common.Address]*big.Int
}

func (l *ledger) transfer(from, to common.Address, amount *big.Int) string {
	if l.balance[from].Cmp(amount) < 0 {
		return "insufficient balance"
	}
	l.balance[from] = new(big.Int).Sub(l.balance[from], amount)
	l.balance[to] = new(big.Int).Add(l.balance[to], amount)
	return ""
}

func (l *ledger) transferFrom(spender, from, to common.Address, amount *big.Int) string {
	key := [2]common.Address{from, spender}
	allowed := l.allowed[key]
	if allowed == nil {
		allowed = new(big.Int)
	}
	if allowed.Cmp(amount) < 0 {
		return "insufficient allowance"
	}
	if reason := l.transfer(from, to, amount); reason != "" {
		return reason
	}
	if allowed.Cmp(maxWord) != 0 {
		l.allowed[key] = new(big.Int).Sub(allowed, amount)
	}
	return ""
}

func TestTokenAgreesWithALedgerOverRandomCalls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	people := []common.Address{alice, bob, carol, {}}
	someone := func() common.Address { return people[random.IntN(len(people))] }
	amount := func() *big.Int { // of any length in bits, so that carries cross limbs
		if random.IntN(8) == 0 {
			return maxWord
		}
		n := new(big.Int).SetUint64(random.Uint64())
		return n.Lsh(n, uint(random.IntN(40))).Rsh(n, uint(random.IntN(64)))
	}
	token := deploy(t, contracts.Token)
	model := &ledger{balance: map[common.Address]*big.Int{}, allowed: map[[2]common.Address]*big.Int{}}
	for _, p := range people {
		model.balance[p] = new(big.Int)
	}
	model.balance[alice] = supply

	outcomes := map[string]int{}
	for range 1500 {
		caller, from, to, n := someone(), someone(), someone(), amount()
		var got, want string
		switch random.IntN(3) {
		case 0:
			_, got = token.send(caller, "transfer", to, n)
			want = model.transfer(caller, to, n)
		case 1:
			_, got = token.send(caller, "approve", to, n)
			model.allowed[[2]common.Address{caller, to}] = n
		case 2:
			_, got = token.send(caller, "transferFrom", from, to, n)
			want = model.transferFrom(caller, from, to, n)
		}
		if got != want {
			t.Fatalf("reason %q, want %q", got, want)
		}
		outcomes[want]++
	}
	if len(outcomes) != 3 || min(outcomes[""], outcomes["insufficient balance"],
		outcomes["insufficient allowance"]) < 50 {
		t.Errorf("the calls did not reach every outcome: %v", outcomes)
	}
	for _, owner := range people {
		if got := token.number("balanceOf", owner); got.Cmp(model.balance[owner]) != 0 {
			t.Errorf("balance of %v is %v, want %v", owner, got, model.balance[owner])
		}
		for _, spender := range people {
			want := new(big.Int)
			if allowed := model.allowed[[2]common.Address{owner, spender}]; allowed != nil {
				want = allowed
			}
			if got := token.number("allowance", owner, spender); got.Cmp(want) != 0 {
				t.Errorf("allowance %v %v is %v, want %v", owner, spender, got, want)
			}
		}
	}
}
