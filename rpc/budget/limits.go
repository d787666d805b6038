package budget

import (
	"fmt"
	"strings"
	"time"
)

// What one request, one connection and the node may keep for answers, in bytes as they stand in an answer: two for each
// byte that is shown in hex. The memory it takes is a few times that.
const (
	RequestBytes    = 64 << 20
	ConnectionBytes = 128 << 20
	NodeBytes       = 256 << 20
)

// What one message may be and ask for.
const (
	BodyBytes       = 16 << 20 // a creation of 1 MiB is 2 MiB of hex
	FreeBodyBytes   = 128 << 10
	BatchItems      = 1000
	BatchReplyBytes = 64 << 20
)

// What connections may be.
const (
	Connections       = 1024
	OpenRequests      = 256  // of a connection that is not closed after each answer
	NodeOpenRequests  = 1024 // of all of them; once there are more, each has the least
	LeastOpenRequests = 8
	Subscriptions     = 1000
	NodeSubscriptions = 4096
	QueuedBlocks      = 256
	QueuedBytes       = 32 << 20 // the blocks and their receipts
	WriteTime         = 10 * time.Second
	WriteBytesASecond = 1 << 20
)

// What single methods may be asked for.
const (
	Logs          = 20_000
	Filters       = 1000
	StateBytes    = 64 << 20 // of the file unpacked
	Tracers       = 16
	TypedDataWork = 4 << 20
)

// limits is the table of all of them, as docs/rpc.md shows it.
var limits = []struct {
	what  string
	most  string
	after string
}{
	{"bytes that a request keeps for its answer", mebibytes(RequestBytes), tooMuch},
	{"bytes that the requests of a connection keep", mebibytes(ConnectionBytes), tooMuch},
	{"bytes that all requests keep", mebibytes(NodeBytes), tooMuch},
	{"a body or message", mebibytes(BodyBytes), "HTTP 413, or the connection is closed"},
	{"requests in a batch", number(BatchItems), "error -32600"},
	{"answers of a batch", mebibytes(BatchReplyBytes), "error -32003"},
	{"connections", number(Connections), "the one that was idle longest gives way"},
	{
		"requests of a WebSocket or local socket without an answer", fmt.Sprintf(
			"%d; %d while all have %s", OpenRequests, LeastOpenRequests, number(NodeOpenRequests),
		), "the next is not read",
	},
	{"subscriptions of a connection", number(Subscriptions), tooMuch},
	{"subscriptions in all", number(NodeSubscriptions), tooMuch},
	{"blocks that wait for a subscriber", fmt.Sprintf("%d or %s", QueuedBlocks, mebibytes(QueuedBytes)), "it ends"},
	{
		"time for a message to a WebSocket or local socket", fmt.Sprintf(
			"%v and a second for each %s", WriteTime, mebibytes(WriteBytesASecond),
		), "the connection is closed",
	},
	{"logs of an answer", number(Logs), tooMuch},
	{"filters", number(Filters), "error -32000"},
	{"a state file of anvil_loadState, unpacked", mebibytes(StateBytes), "error -32602"},
	{"tracers of a muxTracer", number(Tracers), "error -32602"},
	{"types of typed data, each with all that it names", mebibytes(TypedDataWork), "error -32602"},
}

// tooMuch is the answer to a request that asks for too much.
const tooMuch = "error -32005"

// Document returns the table of limits in Markdown.
func Document() string {
	var text strings.Builder
	text.WriteString("| of | at most | above |\n|---|---|---|\n")
	for _, l := range limits {
		fmt.Fprintf(&text, "| %s | %s | %s |\n", l.what, l.most, l.after)
	}
	return text.String()
}

// mebibytes writes a number of bytes.
func mebibytes(n int) string { return fmt.Sprintf("%d MiB", n>>20) }

// number writes a number with commas.
func number(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", number(n/1000), n%1000)
}
