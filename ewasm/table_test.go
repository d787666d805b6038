package ewasm_test

import (
	"slices"
	"strings"
	"testing"

	gethvm "github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/gas"
)

// The tests here prove the table complete: if any fact is missing from a row, one of them names the function. They
// compare a fact with what others say of the function: its module, geth's table of instructions, or the lists below.

// writers, callers and the others are the instructions that make the facts of functions.
var (
	writers = []gethvm.OpCode{
		gethvm.SSTORE, gethvm.TSTORE, gethvm.LOG0, gethvm.CREATE, gethvm.CREATE2, gethvm.SELFDESTRUCT,
	}
	callers = []gethvm.OpCode{
		gethvm.CALL, gethvm.CALLCODE, gethvm.DELEGATECALL, gethvm.STATICCALL, gethvm.CREATE, gethvm.CREATE2,
	}
	constants = []gethvm.OpCode{
		gethvm.ADDRESS, gethvm.CALLER, gethvm.CALLVALUE, gethvm.ORIGIN, gethvm.GASPRICE, gethvm.CALLDATASIZE,
		gethvm.CODESIZE, gethvm.COINBASE, gethvm.DIFFICULTY, gethvm.GASLIMIT, gethvm.NUMBER, gethvm.TIMESTAMP,
		gethvm.CHAINID, gethvm.BASEFEE, gethvm.BLOBBASEFEE,
	}
	computes = []gethvm.OpCode{gethvm.KECCAK256}
	later    = []gethvm.OpCode{ // than the published interface
		gethvm.KECCAK256, gethvm.CREATE2, gethvm.EXTCODEHASH, gethvm.CHAINID, gethvm.SELFBALANCE, gethvm.BASEFEE,
		gethvm.PREVRANDAO, gethvm.BLOBHASH, gethvm.BLOBBASEFEE, gethvm.TLOAD, gethvm.TSTORE,
	}
	endings = map[gethvm.OpCode]ewasm.Ending{
		gethvm.RETURN: ewasm.Finishes, gethvm.REVERT: ewasm.Reverts, gethvm.SELFDESTRUCT: ewasm.Finishes,
	}
)

// reasons are why functions trap, besides windows outside memory.
var reasons = map[string][]error{
	"useGas":             {ewasm.ErrNegative},
	"getExternalBalance": {ewasm.ErrWide},
	"call":               {ewasm.ErrNegative, ewasm.ErrStatic, ewasm.ErrWideBalance},
	"callCode":           {ewasm.ErrNegative, ewasm.ErrWideBalance},
	"callDelegate":       {ewasm.ErrNegative},
	"callStatic":         {ewasm.ErrNegative},
	"callDataCopy":       {ewasm.ErrSource},
	"codeCopy":           {ewasm.ErrSource},
	"externalCodeCopy":   {ewasm.ErrSource},
	"returnDataCopy":     {ewasm.ErrSource},
	"storageStore":       {ewasm.ErrSentry},
	"create":             {ewasm.ErrInitcode, ewasm.ErrWideBalance},
	"create2":            {ewasm.ErrInitcode},
	"log":                {ewasm.ErrTopics},
	"getSelfBalance":     {ewasm.ErrWide},
}

// signatures are the types of operands and results.
var signatures = map[string]string{
	"useGas":              "i64 ->",
	"getGasLeft":          "-> i64",
	"getAddress":          "i32 ->",
	"getExternalBalance":  "i32 i32 ->",
	"getBlockHash":        "i64 i32 -> i32",
	"call":                "i64 i32 i32 i32 i32 -> i32",
	"callDataCopy":        "i32 i32 i32 ->",
	"getCallDataSize":     "-> i32",
	"callCode":            "i64 i32 i32 i32 i32 -> i32",
	"callDelegate":        "i64 i32 i32 i32 -> i32",
	"callStatic":          "i64 i32 i32 i32 -> i32",
	"storageStore":        "i32 i32 ->",
	"storageLoad":         "i32 i32 ->",
	"getCaller":           "i32 ->",
	"getCallValue":        "i32 ->",
	"codeCopy":            "i32 i32 i32 ->",
	"getCodeSize":         "-> i32",
	"getBlockCoinbase":    "i32 ->",
	"create":              "i32 i32 i32 i32 -> i32",
	"getBlockDifficulty":  "i32 ->",
	"externalCodeCopy":    "i32 i32 i32 i32 ->",
	"getExternalCodeSize": "i32 -> i32",
	"getBlockGasLimit":    "-> i64",
	"getTxGasPrice":       "i32 ->",
	"log":                 "i32 i32 i32 i32 i32 i32 i32 ->",
	"getBlockNumber":      "-> i64",
	"getTxOrigin":         "i32 ->",
	"finish":              "i32 i32 ->",
	"revert":              "i32 i32 ->",
	"getReturnDataSize":   "-> i32",
	"returnDataCopy":      "i32 i32 i32 ->",
	"selfDestruct":        "i32 ->",
	"getBlockTimestamp":   "-> i64",
	"create2":             "i32 i32 i32 i32 i32 -> i32",
	"getExternalCodeHash": "i32 i32 ->",
	"getChainId":          "-> i64",
	"getSelfBalance":      "i32 ->",
	"getBaseFee":          "i32 ->",
	"getPrevRandao":       "i32 ->",
	"getBlobHash":         "i32 i32 -> i32",
	"getBlobBaseFee":      "i32 ->",
	"transientLoad":       "i32 i32 ->",
	"transientStore":      "i32 i32 ->",
	"keccak256":           "i32 i32 i32 ->",
	"add":                 "i32 i32 i32 ->",
	"sub":                 "i32 i32 i32 ->",
	"mul":                 "i32 i32 i32 ->",
	"div":                 "i32 i32 i32 ->",
	"mod":                 "i32 i32 i32 ->",
	"addmod":              "i32 i32 i32 i32 ->",
	"mulmod":              "i32 i32 i32 i32 ->",
	"exp":                 "i32 i32 i32 ->",
	"print32":             "i32 ->",
	"print64":             "i64 ->",
	"printMem":            "i32 i32 ->",
	"printMemHex":         "i32 i32 ->",
	"printStorage":        "i32 ->",
	"printStorageHex":     "i32 ->",
}

// interfaceOf returns the functions of contracts. Those that only programs have are in table_wasi_test.go.
func interfaceOf() []*ewasm.Function {
	return slices.DeleteFunc(ewasm.Functions(), func(row *ewasm.Function) bool { return row.Module == ewasm.WASI })
}

func has(list []gethvm.OpCode, row *ewasm.Function) bool {
	for _, op := range list {
		if row.Instruction == op {
			return true
		}
	}
	return false
}

func isConstant(row *ewasm.Function) bool {
	k := &row.Constant
	return k.Bytes != nil || k.Amount != nil || k.Number != nil
}

func TestEveryNumberHasItsRow(t *testing.T) {
	names, modules := map[string]bool{}, map[string]int{}
	for i, row := range ewasm.Functions() {
		name := row.Module + "." + row.Name
		switch {
		case row.Name == "":
			t.Fatalf("function %d, which follows %s, has no row or no name", i, ewasm.Functions()[max(i-1, 0)].Name)
		case names[name]:
			t.Errorf("%s stands twice", name)
		case row.Number != gas.Operation(i):
			t.Errorf("%s has number %d and stands at %d", name, row.Number, i)
		case ewasm.Lookup(row.Module, row.Name) != row:
			t.Errorf("Lookup does not find %s", name)
		case !row.Works():
			t.Errorf("%s does nothing", name)
		case !strings.HasSuffix(row.Says, "."):
			t.Errorf("%s says no sentence: %q", name, row.Says)
		}
		names[name] = true
		modules[row.Module]++
	}
	if diff := cmp.Diff(
		map[string]int{"ethereum": 33 + 11, "bignum": 8, "debug": 6, ewasm.WASI: 46}, modules,
	); diff != "" {
		t.Error("functions by module:", diff)
	}
	if row := ewasm.Lookup("ethereum", "print32"); row != nil {
		t.Errorf("Lookup finds %s in the wrong module", row.Name)
	}
}

// useGas alone does what no instruction of the EVM does and stands in module ethereum all the same.
func TestEveryFunctionOfTheEVMNamesItsInstruction(t *testing.T) {
	of := map[gethvm.OpCode]string{}
	for _, row := range interfaceOf() {
		if want := row.Module == "ethereum" && row.Name != "useGas"; want != (row.Instruction != 0) {
			t.Errorf("%s.%s stands for instruction %v, want one: %v", row.Module, row.Name, row.Instruction, want)
		}
		twice := row.Instruction == 0 || row.Name == "getPrevRandao" // two forms of one instruction
		if other := of[row.Instruction]; other != "" && !twice {
			t.Errorf("%s stands for %v, and so does %s", row.Name, row.Instruction, other)
		}
		of[row.Instruction] = row.Name
	}
}

// The stack that tracers see is made of the operands, so that geth's own table of instructions proves these.
func TestTheOperandsMakeTheStackOfTheInstruction(t *testing.T) {
	instructions, err := gethvm.LookupInstructionSet(params.Rules{
		IsOsaka: true, IsPrague: true, IsCancun: true,
		IsMerge: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range interfaceOf() {
		if row.Instruction == 0 {
			if row.Unused != 0 {
				t.Errorf("%s stands for no instruction and leaves %d words of it unused", row.Name, row.Unused)
			}
			continue
		}
		words, none := row.Unused, make(ewasm.Args, len(row.Operands))
		for i, o := range row.Operands {
			if (o.Use != ewasm.Writes || o.Width == 0) && !row.IsCounter(i) && row.Has(i, none) {
				words++
			}
		}
		if want, _ := instructions[row.Instruction].Stack(); words != want {
			t.Errorf("%s: %d words of stack, and %v takes %d", row.Name, words, row.Instruction, want)
		}
		all := make(ewasm.Args, len(row.Operands))
		for i := range all {
			all[i] = 4
		}
		if want := map[bool]int{true: 4}[row.Instruction == gethvm.LOG0]; row.Counts(all) != want {
			t.Errorf("%s: %d counted operands, want %d", row.Name, row.Counts(all), want)
		}
	}
}

func TestEveryFactFollowsFromTheInstruction(t *testing.T) {
	for _, row := range interfaceOf() {
		for _, fact := range []struct {
			name       string
			have, want bool
		}{
			{"Writes", row.Writes, has(writers, row)},
			{"Calls", row.Calls, has(callers, row)},
			{"Computes", row.Computes, has(computes, row) || row.Module == "bignum"},
			{"Constant", isConstant(row), has(constants, row)},
		} {
			if fact.have != fact.want {
				t.Errorf("%s: %s is %v, want %v", row.Name, fact.name, fact.have, fact.want)
			}
		}
		since := gas.ByzantineEdition
		if has(later, row) && row.Name != "getBlockDifficulty" || row.Module == "bignum" {
			since = gas.OsakaEdition
		}
		if row.Since != since {
			t.Errorf("%s: Since is %v, want %v", row.Name, row.Since, since)
		}
		if want := endings[row.Instruction]; row.Ends != want {
			t.Errorf("%s: Ends is %v, want %v", row.Name, row.Ends, want)
		}
	}
}

func TestOperandsAreWhatTheInterfaceSays(t *testing.T) {
	for _, row := range interfaceOf() {
		signature := ""
		for _, p := range row.Params {
			signature += p.String() + " "
		}
		signature += "->"
		for _, r := range row.Results {
			signature += " " + r.String()
		}
		if want := signatures[row.Name]; signature != want {
			t.Errorf("%s has the signature %s, want %s", row.Name, signature, want)
		}
		operands := map[string]bool{}
		for _, o := range row.Operands {
			operands[o.Name] = true
		}
		for _, o := range row.Operands {
			isWindow := o.Use != ewasm.Number
			if isWindow != (o.Width > 0 || o.Length != "") {
				t.Errorf("%s: operand %s is a window: %v; width %d, length %q", row.Name, o.Name, isWindow, o.Width,
					o.Length)
			}
			if o.Length != "" && !operands[o.Length] || o.Counter != "" && !operands[o.Counter] {
				t.Errorf("%s: operand %s names %q and %q, which are not operands", row.Name, o.Name, o.Length,
					o.Counter)
			}
			if want := row.Name == "getBlockDifficulty"; o.Little != want {
				t.Errorf("%s: operand %s is little-endian: %v, want %v", row.Name, o.Name, o.Little, want)
			}
		}
	}
}

func TestEveryFunctionSaysWhyItTraps(t *testing.T) {
	for _, row := range interfaceOf() {
		want := reasons[row.Name]
		if row.Constant.Amount != nil {
			want = []error{ewasm.ErrWide}
		}
		if diff := cmp.Diff(want, row.Traps, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
			t.Errorf("%s traps, want (-) have (+):\n%s", row.Name, diff)
		}
	}
}
