package rpc_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"hestia/chain/miner"
	"hestia/internal/wat"
	"hestia/rpc"
)

// endlessly is where requests that run into an endless loop find it, by their overrides of the state.
const endlessly = `"0x00000000000000000000000000000000000e0d1e"`

// endlessCode is that loop; it needs days for the gas that endlessServer grants.
func endlessCode(t testing.TB) string {
	t.Helper()
	code := wat.Assemble(t, `(module (memory (export "memory") 1) (func (export "main") (loop (br 0))))`)
	return fmt.Sprintf(`{%s:{"code":%q}}`, endlessly, hexutil.Encode(code))
}

func endlessServer(t testing.TB, timeout time.Duration) *server {
	t.Helper()
	return start(t, miner.Instant, rpc.Config{GasCap: 1 << 46, Timeout: timeout})
}

const hugeGas = `"0x400000000000"`

func TestRequestsEndWithTheirTime(t *testing.T) {
	s := endlessServer(t, 100*time.Millisecond)
	overrides := endlessCode(t)
	call := fmt.Sprintf(`{"to":%s,"gas":%s}`, endlessly, hugeGas)
	for _, row := range []struct{ method, params, want string }{
		{"eth_call", call + `,"latest",` + overrides, "execution aborted (timeout = 100ms)"},
		{"eth_estimateGas", `{"to":` + endlessly + `},"latest",` + overrides, "execution aborted (timeout = 100ms)"},
		{"eth_createAccessList", call + `,"latest",` + overrides, "execution aborted (timeout = 100ms)"},
		{
			"eth_simulateV1",
			fmt.Sprintf(
				`{"blockStateCalls":[{"blockOverrides":{"gasLimit":%s},"stateOverrides":%s,"calls":[%s]}]},"latest"`,
				hugeGas, overrides, call,
			),
			"execution aborted (timeout = 100ms)",
		},
		{
			"debug_traceCall",
			call + `,"latest",{"timeout":"100ms","tracer":"callTracer","stateOverrides":` + overrides + `}`,
			"execution timeout",
		},
		{
			"debug_traceCall", call + `,"latest",{"timeout":"100ms","stateOverrides":` + overrides + `}`,
			"execution timeout",
		},
	} {
		t.Run(row.method, func(t *testing.T) {
			fault := s.call(t, nil, row.method, row.params)
			if fault == nil || !strings.Contains(fault.Message, row.want) {
				t.Fatalf("got %+v, want %q", fault, row.want)
			}
		})
	}
	var number string
	s.must(t, &number, "eth_blockNumber", "")
}

// More clients than there are places ask for something endless and go away; the one after them still gets an answer,
// long before the time of their requests is up.
func TestRequestsEndWithTheirClients(t *testing.T) {
	s := endlessServer(t, 24*time.Hour)
	body := fmt.Sprintf(
		`{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":%s,"gas":%s},"latest",%s]}`, endlessly, hugeGas,
		endlessCode(t),
	)
	ctx, leave := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for range 4*runtime.GOMAXPROCS(0) + 1 {
		clients.Go(func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewBufferString(body))
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("Content-Type", "application/json")
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Close()
				t.Error("an endless call was answered")
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // most of them are running by then; the test holds for any that are
	leave()
	clients.Wait()
	s.must(t, nil, "eth_call", fmt.Sprintf(`{"to":%q},"latest"`, bob.Hex()))
}
