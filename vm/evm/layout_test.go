package evm

import (
	"reflect"
	"strings"
	"testing"

	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
)

func TestAChangedGethIsNamed(t *testing.T) {
	evm, entry := reflect.TypeFor[gethvm.EVM](), reflect.TypeFor[gethvm.JumpTable]().Elem().Elem()
	for _, test := range []struct {
		evm, entry reflect.Type
		want       string
	}{
		{reflect.TypeFor[struct{}](), entry, "go-ethereum has changed: struct {} has no field table"},
		{evm, reflect.TypeFor[struct{}](), "go-ethereum has changed: struct {} has no field execute"},
		{evm, reflect.TypeFor[struct{ execute int }](), ".execute is int, not func(*uint64, *vm.EVM"},
		{reflect.TypeFor[struct{ table *int }](), entry, ".table is *int, not *vm.JumpTable"},
	} {
		if _, err := locate(test.evm, test.entry); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("the error is %v, want %q", err, test.want)
		}
	}
	if _, err := locate(evm, entry); err != nil {
		t.Errorf("the linked geth is not known: %v", err)
	}
}

// The fields hold what their names say: a table is set, an undefined instruction is told from a defined one, and
// copies of entries leave geth's alone.
func TestTheFieldsAreWhatTheyAreTakenFor(t *testing.T) {
	frontier, osaka := geths(params.Rules{}), geths(params.Rules{IsOsaka: true})
	for _, test := range []struct {
		table *gethvm.JumpTable
		op    gethvm.OpCode
		want  bool
	}{
		{frontier, gethvm.CALL, false},
		{frontier, gethvm.CREATE2, true},
		{frontier, gethvm.STATICCALL, true},
		{osaka, gethvm.CREATE2, false},
		{osaka, gethvm.STATICCALL, false},
		{osaka, 0x0c, true},
	} {
		if have := entryOf(test.table, test.op).undefined(); have != test.want {
			t.Errorf("%v: undefined is %v", test.op, have)
		}
	}
	before := *entryOf(osaka, gethvm.CALL).execute()
	own := *osaka
	*ownEntry(&own, gethvm.CALL).execute() = nil
	if *entryOf(&own, gethvm.CALL).execute() != nil || *entryOf(osaka, gethvm.CALL).execute() == nil || before == nil {
		t.Error("a copy's entry is not its own")
	}
	if entryOf(osaka, gethvm.CREATE).dynamicGas() == nil || *entryOf(osaka, gethvm.ADD).dynamicGas() != nil {
		t.Error("CREATE has no dynamic gas, or ADD has")
	}
}

func TestATableIsMadeOncePerRules(t *testing.T) {
	key := tableKey{rules: params.Rules{IsOsaka: true, IsShanghai: true}}
	table := tableFor(key)
	if tableFor(key) != table {
		t.Error("a table was made twice")
	}
	watched := key
	watched.watched = true
	if tableFor(watched) == table {
		t.Error("tables with and without hooks are the same")
	}
}
