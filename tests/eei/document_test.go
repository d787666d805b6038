package eei

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/google/go-cmp/cmp"

	"hestia/ewasm"
	"hestia/gas"
)

var update = flag.Bool("update", false, "write docs/eei.md and contracts/src/eei.h from the table")

const document = "../../docs/eei.md"

// TestTheDocumentIsPrintedFromTheTable keeps docs/eei.md in step with the table, its operands, traps and prices.
func TestTheDocumentIsPrintedFromTheTable(t *testing.T) {
	want := printDocument()
	if *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	sameSections(t, "docs/eei.md", string(have), want, "\n### ")
}

// sameSections compares two texts section by section and names those that differ. A section begins with mark and its
// name.
func sameSections(t *testing.T, file, have, want, mark string) {
	t.Helper()
	if have == want {
		return
	}
	t.Errorf("%s is not what the table says: run go test ./tests/eei -run Document -update", file)
	written := map[string]string{}
	for _, section := range strings.Split(have, mark) {
		name, _, _ := strings.Cut(section, "\n")
		written[name] = section
	}
	for _, section := range strings.Split(want, mark) {
		name, _, _ := strings.Cut(section, "\n")
		if diff := cmp.Diff(strings.Split(written[name], "\n"), strings.Split(section, "\n")); diff != "" {
			t.Errorf("%s, %s: written (-), the table's (+):\n%s", file, name, diff)
		}
	}
}

const preface = `# The Ethereum Environment Interface

What a contract can import. A test prints this page from the table in ` + "`ewasm/table.go`" + ` and from the gas schedules, and
compares it. The tests of the functions are in ` + "`tests/conformance`" + `.

## Conventions

- Pointers are unsigned i32 into the contract's own memory. A window outside it, or an offset and length that wrap, is a
  trap. Traps end the frame, undo what it did and burn all of its gas.
- An **address** is 20 bytes. A **bytes32** (keys and values of storage, hashes, topics, salts, numbers of module
  ` + "`bignum`" + `) is 32 bytes as they are. A **u128** (values, balances, fees) is 16 bytes, little-endian. A **u256** is
  32 bytes, little-endian; there is one, in ` + "`getBlockDifficulty`" + `.
- Numbers of ` + "`bignum`" + ` are big-endian, as all else of 32 bytes that a contract holds: words of ABI calldata and output,
  slots that Solidity or its tools wrote, topics, hashes, salts. Arithmetic takes and leaves them without a swap of
  bytes, and a number compares as its bytes do. The u128 of the first functions stay little-endian, as published.
- Gas is charged first: the base price, then static mode is checked, then operands are read from left to right. Prices
  by the word or byte are counted in 64 bits and charged before memory is read.
- A function that is **refused in static mode** traps in a frame that a ` + "`callStatic`" + ` began, and in every frame below.
- The first access of an account or slot in a transaction is **cold**, later ones are **warm**. Sender, recipient,
  coinbase, precompiles and what the transaction's access list names are warm from the start. What a frame has warmed
  is cold again if the frame is undone.
- Contracts of schedule ` + "`byzantium`" + ` have the functions of the published interface. The later ones came with schedule
  ` + "`default`" + `, whose rules are Osaka's. Schedule ` + "`development`" + ` is the default one with module ` + "`debug`" + `.

## Calls and creation

All answer 0 for success, 1 for failure and 2 for a revert. They clear the return data and fill it with the callee's
output; a successful creation leaves it empty. A callee gets the gas asked for, at most all but one 64th of what is
left; a creation gets all but one 64th. With a value, call and callCode give a stipend of 2,300 gas. At depth 1,024,
with a value above the balance, or with the creator's nonce at its end, nothing runs and the answer is 1. Under
` + "`default`" + ` a call with value that is not run has cost what it costs in the EVM, and the stipend is given back. Under
` + "`byzantium`" + ` the depth is checked first, and the price of the value is lost.

Creation data is a module whose ` + "`main`" + ` runs as the constructor; its output is the new account's code. Creation data of
no bytes makes an account without code, as in the EVM.

## Why the later functions cost what they do

One gas stands for 100 ns of the reference machine. Functions that the EVM also has cost what the EVM charges, so that
the same work is not cheaper in one kind of code. Module ` + "`bignum`" + ` and the exponent's byte cost what they take by way of
Go, which is how they run under a tracer; otherwise they and keccak256 are done in C. Measured on two shared cores, best
of three runs (` + "`go test ./tests/eei -run '^$' -bench HostCall`" + `; in C and by way of Go
` + "`go test ./vm/wasmtime -run '^$' -bench WorkInC`" + `):

| function | measured, ns | in C, ns | price, gas | reason |
|---|---|---|---|---|
| any call of the host | 122 | | | what leaving the module takes |
| add, sub, mul, div, mod, addmod | 129 to 160 | 17 to 46 | 2 | measured by way of Go, rounded up |
| mulmod | 235 | 78 | 2 | measured by way of Go |
| exp | 130 + 82 a byte | 20 + 90 a byte | 2 + 1 a byte | measured |
| getChainId, getBaseFee, getPrevRandao, getBlobBaseFee, getBlobHash | 120 to 128 | | 2 or 3 | the EVM's, and measured |
| getSelfBalance | 156 | | 5 | the EVM's |
| keccak256 of 32 bytes | 590 | 247 | 36 | the EVM's; 1 MiB takes 2.2 ms, copying it included, and costs 196,638 |
| transientLoad, transientStore | 142, 166 | | 100 | the EVM's: the journal that undoes them is memory until the transaction ends |
| getExternalCodeHash, warm | 952 | | 100 | the EVM's access price, which pays for reading the account |
| create2 | | | 32,000 | the EVM's: an account that stays |
`

func printDocument() string {
	var out strings.Builder
	out.WriteString(preface)
	module := ""
	for _, row := range ewasm.Functions() {
		if row.Module != module {
			module = row.Module
			fmt.Fprintf(&out, "\n## Module `%s`\n", module)
		}
		printFunction(&out, row)
	}
	return out.String()
}

func printFunction(out *strings.Builder, row *ewasm.Function) {
	fmt.Fprintf(out, "\n### %s\n\n```\n%s\n", row.Name, signatureOf(row))
	out.WriteString(drawing(row))
	fmt.Fprintf(out, "```\n\n%s\n\n", row.Says)
	if row.Module != "debug" {
		for _, s := range []*gas.Schedule{gas.Byzantium(), gas.Default()} {
			if row.SoldBy(s) {
				fmt.Fprintf(out, "- gas, `%s`: %s\n", s.Name, priceText(row, s))
			}
		}
	} else {
		out.WriteString("- gas: free\n")
	}
	fmt.Fprintf(out, "- traps: %s\n", trapText(row))
	fmt.Fprintf(out, "- static mode: %s\n", staticText(row))
	fmt.Fprintf(out, "- since: `%s`\n", since(row))
}

func signatureOf(row *ewasm.Function) string {
	var operands []string
	for _, o := range row.Operands {
		operands = append(operands, fmt.Sprintf("%s: %v", o.Name, o.Type))
	}
	text := fmt.Sprintf("%s(%s)", row.Name, strings.Join(operands, ", "))
	for _, r := range row.Results {
		text += fmt.Sprintf(" -> %v", r)
	}
	return text
}

// drawing shows the windows of memory that a function touches, before and after.
func drawing(row *ewasm.Function) string {
	head, before, after := "        ", "before  ", "after   "
	drawn := false
	for _, o := range row.Operands {
		if o.Use == ewasm.Number {
			continue
		}
		drawn = true
		content, then := contentOf(o), "the same"
		if o.Use == ewasm.Writes {
			content, then = "anything", content
		}
		width := max(len(content), len(then), len(o.Name))
		head += fmt.Sprintf("%-*s      ", width, o.Name)
		before += fmt.Sprintf("[ %-*s ]  ", width, content)
		after += fmt.Sprintf("[ %-*s ]  ", width, then)
	}
	if !drawn {
		return ""
	}
	trim := func(line string) string { return strings.TrimRight(line, " ") + "\n" }
	return "\n" + trim(head) + trim(before) + trim(after)
}

// contentOf names what a window holds.
func contentOf(o ewasm.Operand) string {
	switch {
	case o.Little:
		return "u256, 32 bytes"
	case o.Width == 0:
		return o.Length + " bytes"
	case o.Width == 16:
		return "u128, 16 bytes"
	case o.Width == 20:
		return "address, 20 bytes"
	default:
		return "bytes32"
	}
}

func number3(n uint64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func priceText(row *ewasm.Function, s *gas.Schedule) string {
	price := s.Host[row.Number]
	parts := []string{}
	add := func(n uint64, what string) {
		if n > 0 {
			parts = append(parts, number3(n)+what)
		}
	}
	add(price.Base, "")
	add(price.Word, " for each 32 bytes begun")
	if row.Number == gas.BignumExp {
		add(price.Byte, " for each byte of the exponent")
	} else {
		add(price.Byte, " for each byte")
	}
	add(price.Topic, " for each topic")
	parts = append(parts, stateText(row, &s.State)...)
	if len(parts) == 0 {
		return "free"
	}
	return strings.Join(parts, "; ")
}

// namesAccount reports whether a function pays for the access of the account at its address.
func namesAccount(row *ewasm.Function) bool {
	return row.Ends == ewasm.Returns && slices.ContainsFunc(row.Operands, func(o ewasm.Operand) bool {
		return o.Use == ewasm.Reads && o.Width == common.AddressLength
	})
}

// stateText says what a function pays beside its price, by the state it meets.
func stateText(row *ewasm.Function, p *gas.State) (parts []string) {
	add := func(format string, amounts ...uint64) {
		spelt := []any{}
		for _, n := range amounts {
			spelt = append(spelt, number3(n))
		}
		parts = append(parts, fmt.Sprintf(format, spelt...))
	}
	if namesAccount(row) && p.AccountCold > 0 {
		add("%s for a cold account, %s for a warm one", p.AccountCold, p.AccountWarm)
	}
	switch row.Number {
	case gas.UseGas:
		parts = append(parts, "its operand")
	case gas.Call:
		add("%s with value", p.CallValue)
		add("%s with value to a dead account", p.NewAccount)
	case gas.CallCode:
		add("%s with value", p.CallValue)
	case gas.Create, gas.Create2:
		if p.InitcodeWord > 0 {
			add("%s for each 32 bytes of data begun", p.InitcodeWord)
		}
		if p.Compilation > 0 {
			add("%s for each microsecond that compiling data or code is estimated at", p.Compilation)
		}
		add("%s for each byte of code, paid by the constructor", p.CodeDeposit)
	case gas.StorageLoad:
		if p.SlotCold > 0 {
			add("%s for a cold slot, %s for a warm one", p.SlotCold, p.SlotWarm)
		}
	case gas.StorageStore:
		parts = append(parts, storeText(p)...)
	case gas.SelfDestruct:
		parts = append(parts, destructText(p)...)
	}
	return parts
}

func storeText(p *gas.State) []string {
	if !p.NetMetering {
		return []string{
			number3(p.SlotSet) + " for zero to non-zero", number3(p.SlotReset) + " for anything else",
			"refunds " + number3(p.ClearRefund) + " for non-zero to zero",
		}
	}
	return []string{
		number3(p.SlotCold) + " for a cold slot",
		number3(p.SlotSet) + " for the transaction's first change of a slot that is zero",
		number3(p.SlotReset) + " for its first change of another",
		number3(p.SlotWarm) + " for no change or a later one",
		"refunds " + number3(p.ClearRefund) + " for a slot that becomes zero, taken back if it does not stay zero, " +
			"and the price of the first change less " + number3(p.SlotWarm) + " if the slot is again what it was",
	}
}

func destructText(p *gas.State) (parts []string) {
	if p.AccountCold > 0 {
		parts = append(parts, number3(p.AccountCold)+" for a cold heir")
	}
	when := "that gets something"
	if p.NewAccountAlways {
		when = "even if it gets nothing"
	}
	parts = append(parts, number3(p.NewAccount)+" for a dead heir "+when)
	if p.SelfDestructRefund > 0 {
		parts = append(parts, "refunds "+number3(p.SelfDestructRefund)+", once for an account")
	}
	if p.SelfDestructNewOnly {
		return append(parts, "deletes only what the same transaction created")
	}
	return append(parts, "deletes the account with the transaction")
}

// trapTexts say in which case a function traps.
var trapTexts = map[error]string{
	ewasm.ErrNegative: "a negative operand of gas",
	ewasm.ErrSource:   "reading past the end of the source; the EVM would fill with zeros",
	ewasm.ErrTopics:   "more than 4 topics",
	ewasm.ErrWide:     "an amount of more than 128 bits",
	ewasm.ErrInitcode: "creation data over the limit of the schedule",
	ewasm.ErrSentry:   "2,300 gas or less left, under `default`",
	ewasm.ErrStatic:   "a value that is not zero, in static mode",
}

func trapText(row *ewasm.Function) string {
	parts := []string{}
	for _, o := range row.Operands {
		if o.Use != ewasm.Number {
			parts = append(parts, "a window outside memory")
			break
		}
	}
	for _, trap := range row.Traps {
		parts = append(parts, trapTexts[trap])
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "; ")
}

func staticText(row *ewasm.Function) string {
	switch {
	case row.Writes:
		return "refused"
	case slices.ContainsFunc(row.Traps, func(err error) bool { return errors.Is(err, ewasm.ErrStatic) }):
		return "refused with value"
	default:
		return "allowed"
	}
}

// since names the first schedule that sells a function.
func since(row *ewasm.Function) string {
	for _, s := range []*gas.Schedule{gas.Byzantium(), gas.Default()} {
		if row.SoldBy(s) {
			return s.Name
		}
	}
	return gas.Development().Name
}

func TestEveryTrapOfTheTableHasWords(t *testing.T) {
	for _, row := range ewasm.Functions() {
		for _, trap := range row.Traps {
			if trapTexts[trap] == "" {
				t.Errorf("%s: no words for %v", row.Name, trap)
			}
		}
	}
}
