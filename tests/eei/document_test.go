package eei

import (
	_ "embed"
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

// preface is what the page says before the functions.
//
//go:embed testdata/preface.md
var preface string

func printDocument() string {
	var out strings.Builder
	out.WriteString(preface)
	module := ""
	for _, row := range interfaceOf() {
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
	for _, s := range []*gas.Schedule{gas.Byzantium(), gas.Default(), gas.Development()} {
		// The other prices of development are the default's.
		if row.SoldBy(s) && (s.Family != "development" || row.Module == "debug") {
			fmt.Fprintf(out, "- gas, `%s`: %s\n", s.Family, priceText(row, s))
		}
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
	ewasm.ErrNegative:    "a negative operand of gas",
	ewasm.ErrSource:      "reading past the end of the source; the EVM would fill with zeros",
	ewasm.ErrTopics:      "more than 4 topics",
	ewasm.ErrWide:        "an amount of more than 128 bits",
	ewasm.ErrWideBalance: "a value under `byzantium`, if the account's own balance is 2^128 wei or more",
	ewasm.ErrInitcode:    "creation data over the limit of the schedule",
	ewasm.ErrSentry:      "2,300 gas or less left, under `default`",
	ewasm.ErrStatic:      "a value that is not zero, in static mode",
	ewasm.ErrOutput:      "more than 1 MiB of standard output, or of standard error",
	ewasm.ErrRaised:      "always",
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
		text := trapTexts[trap]
		if row.Number == gas.Create && trap == ewasm.ErrWideBalance {
			text = strings.Replace(text, "a value under", "under", 1)
		}
		parts = append(parts, text)
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
			return s.Family
		}
	}
	return gas.Development().Family
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
