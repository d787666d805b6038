package programs

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"hestia/chain"
	"hestia/contracts"
	"hestia/gas"
	"hestia/hestiatest"
	"hestia/insight/files"
	"hestia/node"
	"hestia/transition"
)

const sqliteFile = "../../contracts/programs/sqlite/sqlite.wasm"

// statements are SQL with the rows that SQLite prints, or the reason why it fails. They are run one after another.
var statements = []struct{ what, sql, rows, fails string }{
	{what: "create", sql: "create table people(id integer primary key, name text unique, born int);" +
		"create index by_birth on people(born);"},
	{what: "insert", sql: "insert into people(name, born) values('Ada', 1815);"},
	{what: "insert two", sql: "insert into people(name, born) values('Grace', 1906), ('Alan', 1912);" +
		"select last_insert_rowid(), changes();", rows: "3|2\n"},
	{
		what: "select by index", sql: "select name, born from people where born > 1900 order by born;",
		rows: "Grace|1906\nAlan|1912\n",
	},
	{
		what: "plan", sql: "explain query plan select name from people where born = 1815;",
		rows: "3|0|61|SEARCH people USING INDEX by_birth (born=?)\n",
	},
	{what: "update", sql: "update people set born = born + 1 where name = 'Ada'; select changes();" +
		"select born from people where name = 'Ada';", rows: "1\n1816\n"},
	{
		what: "200 rows", sql: "begin;" + manyInserts(200) + "commit; select count(*), sum(born) from people;",
		rows: "203|25534\n",
	},
	{what: "select by index of many", sql: "select name from people where born = 77;", rows: "person 77\n"},
	{
		what: "values", sql: "select printf('%.3f', avg(born)), hex(x'00ff'), null, 7 / 2, 7 / 2.0, 1e300 * 10 from " +
			"people;",
		rows: "125.783|00FF||3|3.5|1.0e+301\n",
	},
	{what: "duplicate", sql: "insert into people(name) values('Ada');", fails: "UNIQUE constraint failed: people.name"},
	{
		what: "half done", sql: "insert into people(name) values('Linus'); insert into people(name) values('Ada');",
		fails: "UNIQUE constraint failed: people.name",
	},
	{what: "undone", sql: "select count(*) from people where name = 'Linus';", rows: "0\n"},
	{what: "no table", sql: "select * from missing;", fails: "no such table: missing"},
	{what: "no SQL", sql: "selec", fails: `near "selec": syntax error`},
	{what: "transaction", sql: "begin; delete from people where born < 100; update people set born = 0; commit;" +
		"select count(*), sum(born) from people;", rows: "103|0\n"},
	{what: "rollback", sql: "begin; delete from people; rollback; select count(*) from people;", rows: "103\n"},
	{what: "join", sql: "create table likes(who int references people(id), what text);" +
		"insert into likes values(1, 'engines'), (2, 'compilers');" +
		"select name, what from people join likes on who = id order by name;", rows: "Ada|engines\nGrace|compilers\n"},
	{
		what: "drop", sql: "drop table likes; drop table people; vacuum; select count(*) from sqlite_schema;",
		rows: "0\n",
	},
	{what: "check", sql: "pragma integrity_check;", rows: "ok\n"},
}

func manyInserts(count int) string {
	var sql strings.Builder
	for i := range count {
		fmt.Fprintf(&sql, "insert into people(name, born) values('person %d', %d);", i, i)
	}
	return sql.String()
}

// database is SQLite as a contract.
type database struct {
	*testing.T
	d  *hestiatest.Devnet
	at common.Address
}

// newDatabase deploys creation data by a plain transaction on a chain of the default schedule, with its limits, whose
// development methods are off.
func newDatabase(t *testing.T, creation []byte) *database {
	t.Helper()
	keys, err := node.DeriveKeys(node.DevMnemonic, 1)
	must(t, err)
	ether := types.Account{Balance: new(big.Int).Lsh(common.Big1, 80)}
	genesis := chain.DefaultGenesis(types.GenesisAlloc{crypto.PubkeyToAddress(keys[0].PublicKey): ether})
	if genesis.Schedule != gas.Default() {
		t.Fatalf("the schedule is %s", genesis.Schedule.Name)
	}
	b := &database{T: t, d: hestiatest.StartWith(t, node.Config{Genesis: genesis, Keys: keys, Timeout: time.Minute})}
	begin := time.Now()
	receipt := b.transact(ethereum.CallMsg{From: b.d.Accounts[0], Data: creation})
	b.at = receipt.ContractAddress
	t.Logf("deployed %d bytes for %d gas in %v", len(creation), receipt.GasUsed, time.Since(begin))
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sqlite(t *testing.T) []byte {
	t.Helper()
	code, err := os.ReadFile(sqliteFile)
	must(t, err)
	return code
}

func (b *database) message(sql string) ethereum.CallMsg {
	return ethereum.CallMsg{From: b.d.Accounts[0], To: &b.at, Data: []byte(sql)}
}

// call returns what a statement prints, and changes nothing.
func (b *database) call(sql string) (string, error) {
	rows, err := b.d.Client.CallContract(b.Context(), b.message(sql), nil)
	return string(rows), err
}

// transact signs a transaction with the gas that it is estimated to need, and returns its receipt. It must succeed.
func (b *database) transact(message ethereum.CallMsg) *types.Receipt {
	b.Helper()
	estimate, err := b.d.Client.EstimateGas(b.Context(), message)
	must(b.T, err)
	message.Gas = estimate
	receipt := b.mine(message)
	if receipt.Status != types.ReceiptStatusSuccessful {
		b.Fatalf("the transaction fails with its estimate, %d gas", estimate)
	}
	return receipt
}

// mine signs a transaction and returns its receipt.
func (b *database) mine(message ethereum.CallMsg) *types.Receipt {
	b.Helper()
	ctx, client := b.Context(), b.d.Client
	nonce, err := client.NonceAt(ctx, message.From, nil)
	must(b.T, err)
	tx := types.MustSignNewTx(b.d.Keys[0], types.LatestSignerForChainID(chainID), &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: message.To, Gas: message.Gas, Data: message.Data,
		GasFeeCap: big.NewInt(params.GWei * 1000),
	})
	must(b.T, client.SendTransaction(ctx, tx))
	receipt, err := client.TransactionReceipt(ctx, tx.Hash())
	must(b.T, err)
	return receipt
}

var chainID = big.NewInt(transition.DevnetID)

// send runs a statement in a transaction.
func (b *database) send(what, sql string) {
	b.Helper()
	b.Logf("%-24s %8d gas", what, b.transact(b.message(sql)).GasUsed)
}

func TestSQLiteAnswersOnAChainOfTheDefaultScheduleAsUnderNode(t *testing.T) {
	code := sqlite(t)
	b := newDatabase(t, code)
	kept, err := b.d.Client.CodeAt(t.Context(), b.at, nil)
	must(t, err)
	if !bytes.Equal(kept, code) {
		t.Errorf("the code has %d bytes, the compiler's file %d", len(kept), len(code))
	}
	var runs []run
	for _, s := range statements {
		rows, err := b.call(s.sql)
		if s.fails != "" {
			if err == nil || err.Error() != "execution reverted: "+s.fails {
				t.Errorf("%s: %q, %v; want it to fail: %s", s.what, rows, err, s.fails)
			}
			message := b.message(s.sql)
			message.Gas = 5_000_000
			if b.mine(message).Status != types.ReceiptStatusFailed {
				t.Errorf("%s: the transaction succeeds", s.what)
			}
			continue
		}
		if err != nil || rows != s.rows {
			t.Errorf("%s: %q, %v; want %q", s.what, rows, err, s.rows)
		}
		b.send(s.what, s.sql)
		runs = append(runs, run{Args: []string{"contract"}, Env: map[string]string{}, Stdin: []byte(s.sql)})
	}
	underNode(t, runs)
}

// underNode holds the rows of the statements that succeed to those of the same file under Node, if that is there.
func underNode(t *testing.T, runs []run) {
	t.Helper()
	if _, err := exec.LookPath("node"); errors.Is(err, exec.ErrNotFound) {
		t.Log("no node: the rows are those that are written down")
		return
	}
	file, err := filepath.Abs(sqliteFile)
	must(t, err)
	outcomes := nodeRuns(t, []job{{Wasm: file, Dir: t.TempDir(), Runs: runs}})[0]
	for _, s := range statements {
		if s.fails != "" {
			continue
		}
		if have := outcomes[0]; have.Code != "0" || string(have.Stdout) != s.rows {
			t.Errorf("%s: under Node %q, %q, exit %s; want %q", s.what, have.Stdout, have.Stderr, have.Code, s.rows)
		}
		outcomes = outcomes[1:]
	}
}

func TestAConstructorOfSQLiteRunsTheSQLThatIsItsArgument(t *testing.T) {
	schema := "create table people(name text, born int); insert into people values('Ada', 1815);"
	creation := contracts.WithArguments(sqlite(t))
	b := newDatabase(t, append(creation, schema...))
	if rows, err := b.call("select * from people;"); err != nil || rows != "Ada|1815\n" {
		t.Errorf("%q, %v", rows, err)
	}
	kept, err := b.d.Client.CodeAt(t.Context(), b.at, nil)
	must(t, err)
	if !bytes.Equal(kept, sqlite(t)) {
		t.Error("the code is not the compiler's file")
	}
	message := ethereum.CallMsg{From: b.d.Accounts[0], Data: append(creation, "create table;"...)}
	if _, err := b.d.Client.EstimateGas(t.Context(), message); err == nil ||
		err.Error() != `execution reverted: near ";": syntax error` {
		t.Errorf("a constructor that fails: %v", err)
	}
}

func TestTheFileOfSQLiteIsADatabaseAnywhere(t *testing.T) {
	b := newDatabase(t, append(contracts.WithArguments(sqlite(t)), "create table t(n int);"...))
	b.send("insert", "insert into t values(42);")
	f, err := files.Open(t.Context(), b.d.RPC, b.at, "latest")
	must(t, err)
	content, err := f.Read("database")
	must(t, err)
	if !bytes.HasPrefix(content, []byte("SQLite format 3\x00")) {
		t.Errorf("the file begins with %q", content[:min(16, len(content))])
	}
	if _, err := exec.LookPath("node"); errors.Is(err, exec.ErrNotFound) {
		return
	}
	dir, file := t.TempDir(), ""
	must(t, os.Mkdir(filepath.Join(dir, "root"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "root", "database"), content, 0o600))
	file, err = filepath.Abs(sqliteFile)
	must(t, err)
	have := nodeRuns(t, []job{{Wasm: file, Dir: dir, Runs: []run{{
		Args: []string{"contract"}, Env: map[string]string{}, Stdin: []byte("select n from t;"),
	}}}})[0][0]
	if string(have.Stdout) != "42\n" {
		t.Errorf("under Node the file has %q, %q", have.Stdout, have.Stderr)
	}
}
