package eei

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"testing"

	"hestia/ewasm"
	"hestia/gas"
)

const documentOfWASI = "../../docs/wasi.md"

// TestTheDocumentOfProgramsIsPrintedFromTheTable keeps docs/wasi.md in step with the table and its prices.
func TestTheDocumentOfProgramsIsPrintedFromTheTable(t *testing.T) {
	want := printWASI()
	if *update {
		if err := os.WriteFile(documentOfWASI, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(documentOfWASI)
	if err != nil {
		t.Fatal(err)
	}
	sameSections(t, "docs/wasi.md", string(have), want, "\n### ")
}

// prefaceOfWASI is what the page says before the functions.
//
//go:embed testdata/wasi.md
var prefaceOfWASI string

func printWASI() string {
	var out strings.Builder
	out.WriteString(prefaceOfWASI)
	for _, row := range ewasm.Functions() {
		if row.Module != ewasm.WASI {
			continue
		}
		fmt.Fprintf(&out, "\n### %s\n\n```\n%s\n```\n\n%s\n\n", row.Name, signatureOf(row), row.Says)
		fmt.Fprintf(&out, "- gas: %s\n", priceOfWASI(row, gas.Default()))
		fmt.Fprintf(&out, "- traps: %s\n", trapText(row))
	}
	return out.String()
}

// movers say what each function moves by the word.
var movers = map[gas.Operation]string{
	gas.WASIArgsGet: "pointers and text", gas.WASIEnvironGet: "pointers and text",
	gas.WASIFDRead: "the list and what is read", gas.WASIFDPread: "the list and what is read",
	gas.WASIFDWrite: "the list and what is written", gas.WASIFDPwrite: "the list and what is written",
	gas.WASISockRecv: "the list", gas.WASISockSend: "the list",
	gas.WASIPathCreateDirectory: "the path", gas.WASIPathFilestatGet: "the path", gas.WASIPathOpen: "the path",
	gas.WASIPathUnlinkFile: "the path", gas.WASIPathRename: "the paths and the file",
	gas.WASIPollOneoff: "80 bytes a subscription", gas.WASIRandomGet: "what is drawn",
}

// touchers say what each function reads and writes of files.
var touchers = map[gas.Operation]string{
	gas.WASIFDRead: "of a file: its slot, and the slots read", gas.WASIFDPread: "its slot, and the slots read",
	gas.WASIFDWrite:  "to a file: its slot, and the slots written",
	gas.WASIFDPwrite: "its slot, and the slots written", gas.WASIFDSeek: "from the end: its slot",
	gas.WASIFDFilestatGet: "of a file: its slot", gas.WASIFDFilestatSetSize: "its slot, and the slots cleared",
	gas.WASIPathCreateDirectory: "the hash, and its slot", gas.WASIPathFilestatGet: "the hash, and its slot",
	gas.WASIPathOpen:       "the hash, and its slot; if it is emptied, the slots cleared",
	gas.WASIPathUnlinkFile: "the hash, its slot, and the slots cleared",
	gas.WASIPathRename:     "both hashes, both slots, and the slots read, written and cleared",
}

func priceOfWASI(row *ewasm.Function, s *gas.Schedule) string {
	price := s.Host[row.Number]
	text := number3(price.Base)
	if what := movers[row.Number]; what != "" {
		text += fmt.Sprintf("; %s for each 32 bytes begun of %s", number3(price.Word), what)
	}
	if what := touchers[row.Number]; what != "" {
		text += "; " + what
	}
	return text
}
