package tests

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/gorilla/websocket"
)

// target is the account that attacks give code.
const target = "0x00000000000000000000000000000000000000aa"

// sender is the first account that the node signs for.
const sender = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"

// Contracts that make a node keep much.
const (
	// calls an account without code with 4 MiB of input, again and again
	longCalls = `(module (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (memory (export "memory") 65) (func (export "main")
	    (i32.store8 (i32.const 19) (i32.const 0xbb))
	    (loop (drop (call $call (i64.const 1000) (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 4194304)))
	      (br 0))))`
	// finishes with 32 MiB
	longOutput = `(module (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 512) (func (export "main") (call $finish (i32.const 0) (i32.const 33554432))))`
	// finishes with 1 MiB
	output = `(module (import "ethereum" "finish" (func $finish (param i32 i32)))
	  (memory (export "memory") 16) (func (export "main") (call $finish (i32.const 0) (i32.const 1048576))))`
	// logs 4 MiB, five times
	longLogs = `(module (import "ethereum" "log" (func $log (param i32 i32 i32 i32 i32 i32 i32)))
	  (memory (export "memory") 65) (func (export "main") (local $i i32) (loop
	    (call $log (i32.const 0) (i32.const 4194304) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
	      (i32.const 0))
	    (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))))`
)

// overBudget is part of the answers that say which limit.
const overBudget = "limited to"

// attacks are patterns of requests that want a node's memory or time.
func attacks() map[string]attackCase {
	all := map[string]attackCase{
		"calls of 100 outputs": {
			func(v *victim) { v.code(target, longOutput) },
			func(v *victim) string {
				calls := strings.TrimSuffix(strings.Repeat(`{"to":"`+target+`"},`, 100), ",")
				return v.atOnce(
					times(2, 8), "eth_simulateV1", `[{"blockStateCalls":[{"calls":[`+calls+`]}]}]`, time.Minute,
				)
			}, overBudget,
		},
		"logs by bytes": {
			func(v *victim) {
				v.code(target, longLogs)
				v.must("evm_setAutomine", false)
				for range times(2, 6) {
					v.must("eth_sendTransaction", map[string]string{"from": sender, "to": target, "gas": "0xd000000"})
					v.must("evm_mine")
				}
			},
			func(v *victim) string {
				return v.atOnce(4, "eth_getLogs", `[{"fromBlock":"0x0","address":"`+target+`"}]`, time.Minute)
			}, overBudget,
		},
		"a block of much excess blob gas": {
			nil, func(v *victim) string {
				return v.atOnce(8, "debug_traceBlock", fmt.Sprintf("[%q]", v.foreign(math.MaxUint64)), 3*time.Second)
			}, "invalid block",
		},
		"subscriptions":             {nil, subscriptions, overBudget},
		"a socket that is not read": {func(v *victim) { v.code(target, output) }, unread, ""},
		"a long decimal number": {
			nil, func(v *victim) string {
				digits := strings.Repeat("7", times(4, 15)<<20)
				v.atOnce(4, "anvil_setBalance", `["`+target+`","`+digits+`"]`, time.Minute)
				return v.atOnce(
					4, "eth_signTypedData_v4", typed(`"chainId":"`+digits+`"`, "uint256", `"1"`), time.Minute,
				) +
					v.atOnce(4, "eth_signTypedData_v4", typed(`"name":"x"`, "uint256", digits), time.Minute)
			}, "digits",
		},
		"a chain of typed data": {
			nil, func(v *victim) string { return v.atOnce(2, "eth_signTypedData_v4", chained(800), time.Minute) },
			"result",
		},
		"edits between blocks": {nil, edits, ""},
		"tracers in tracers": {
			nil, func(v *victim) string {
				const deep = 5000
				inner := strings.Repeat(`{"muxTracer":`, deep) + `{}` + strings.Repeat("}", deep)
				return v.ask(
					"debug_traceCall", `[{"to":"`+target+`"},"latest",{"tracer":"muxTracer","tracerConfig":`+inner+`}]`,
					time.Minute,
				)
			}, "tracers",
		},
		"rounds of blake2f with another gas limit": {
			nil, func(v *victim) string {
				return v.atOnce(8, "eth_call", `[{"to":"0x0000000000000000000000000000000000000009","gas":`+
					`"0xffffffffffff",`+
					`"data":"0xffffffff`+strings.Repeat("00", 209)+
					`"},"latest",{},{"gasLimit":"0xffffffffffff"}]`, time.Minute)
			}, "error",
		},
		"rounds of blake2f": {
			nil, func(v *victim) string {
				return v.atOnce(8, "eth_call", `[{"to":"0x0000000000000000000000000000000000000009",`+
					`"data":"0x0fff0000`+strings.Repeat("00", 209)+`"}]`, time.Minute)
			}, "aborted",
		},
		"many silent connections": {
			nil, func(v *victim) string {
				address := strings.TrimPrefix(v.url, "http://")
				return silent(v, 1100, "tcp", address, "") +
					silent(v, 1100, "tcp", address, "POST / HTTP/1.1\r\nHost: a")
			}, "",
		},
		"many silent WebSockets":    {nil, silentSockets, ""},
		"answers that are not read": {func(v *victim) { v.code(target, output) }, unreadAnswers, ""},
		"bodies that stop":          {nil, bodies, ""},
		"a message without end": {
			nil, func(v *victim) string {
				conn, err := net.Dial("unix", v.ipc)
				check(v.t, err)
				defer conn.Close()
				_, _ = io.WriteString(conn, `"`+strings.Repeat("z", times(100, 1000)<<20)) // the node hangs up
				return v.askIPC()
			}, "0x0",
		},
		"many silent local sockets": {
			nil, func(v *victim) string { return silent(v, 1100, "unix", v.ipc, "") + v.askIPC() }, "0x0",
		},
	}
	for _, tracer := range []string{"callTracer", "flatCallTracer", "muxTracer", "hestiaTracer"} {
		config := `{"tracer":"` + tracer + `"}`
		if tracer == "muxTracer" {
			config = `{"tracer":"muxTracer","tracerConfig":{"callTracer":{},"flatCallTracer":{},"prestateTracer":{}}}`
		}
		all[tracer+" of long calls"] = attackCase{
			func(v *victim) { v.code(target, longCalls) },
			func(v *victim) string {
				return v.atOnce(
					times(2, 8), "debug_traceCall", `[{"to":"`+target+`"},"latest",`+config+`]`, time.Minute,
				)
			}, overBudget,
		}
	}
	all["trace_call of long calls"] = attackCase{
		func(v *victim) { v.code(target, longCalls) },
		func(v *victim) string {
			return v.atOnce(
				times(2, 8), "trace_call", `[{"to":"`+target+`"},["trace","stateDiff"],"latest"]`, time.Minute,
			)
		}, overBudget,
	}
	maps.Copy(all, contractAttacks())
	for name, text := range bombs() {
		all["a state of "+name] = attackCase{nil, func(v *victim) string {
			return v.ask("anvil_loadState", `["`+hexutil.Encode(zip(text))+`"]`, time.Minute)
		}, "error"}
	}
	return all
}

// foreign returns the bytes of a block after the first one, with an excess of blob gas.
func (v *victim) foreign(excess uint64) hexutil.Bytes {
	var raw hexutil.Bytes
	v.must("evm_mine")
	check(v.t, json.Unmarshal(v.must("debug_getRawBlock", "latest"), &raw))
	block := new(types.Block)
	check(v.t, rlp.DecodeBytes(raw, block))
	header := block.Header()
	header.ExcessBlobGas = &excess
	var tx types.LegacyTx
	raw, err := rlp.EncodeToBytes(block.WithSeal(header).WithBody(types.Body{
		Transactions: types.Transactions{types.NewTx(&tx)}, Withdrawals: types.Withdrawals{},
	}))
	check(v.t, err)
	return raw
}

// dial opens a WebSocket.
func (v *victim) dial() *websocket.Conn {
	v.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(v.url, "http", "ws", 1), nil)
	check(v.t, err)
	v.t.Cleanup(func() { conn.Close() })
	return conn
}

// subscriptions makes many subscriptions over one socket and returns the last answer.
func subscriptions(v *victim) string {
	conn, n := v.dial(), times(5000, 100_000)
	go func() {
		for range n {
			ask := `{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}`
			if conn.WriteMessage(websocket.TextMessage, []byte(ask)) != nil {
				return
			}
		}
	}()
	var last []byte
	for range n {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return err.Error()
		}
		last = text
	}
	conn.Close()
	return string(last)
}

// unread asks for much over sockets that it does not read, subscribed to all that happens.
func unread(v *victim) string {
	ask := `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"` + target + `"}]}`
	subscribe := `{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["logs",{}]}`
	var all sync.WaitGroup
	for range times(2, 20) {
		conn := v.dial()
		all.Go(func() {
			_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second)) // by then it is not read any more either
			for i := 0; i < times(1000, 5000); i++ {
				if conn.WriteMessage(websocket.TextMessage, []byte([]string{subscribe, ask}[min(i, 1)])) != nil {
					return
				}
			}
		})
	}
	all.Wait()
	time.Sleep(2 * time.Second)
	peak := v.memory("VmRSS")
	time.Sleep(time.Duration(times(10, 15)) * time.Second) // until they are given up
	return fmt.Sprintf("%d MB while they wait", peak>>20)
}

// unreadAnswers asks for much over HTTP and reads no answer.
func unreadAnswers(v *victim) string {
	ask := `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"` + target + `"}]}`
	for range times(300, 1000) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(v.url, "http://"))
		check(v.t, err)
		defer conn.Close()
		_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
			"Content-Length: %d\r\n\r\n%s", len(ask), ask) // the node may hang up
	}
	time.Sleep(3 * time.Second)
	return fmt.Sprintf("%d MB while they wait", v.memory("VmRSS")>>20)
}

// bodies sends nearly all of many long bodies and messages.
func bodies(v *victim) string {
	const long = 12 << 20
	half := strings.Repeat("z", long-1000)
	for range times(30, 100) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(v.url, "http://"))
		check(v.t, err)
		defer conn.Close()
		// the node may hang up
		_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
			"Content-Length: %d\r\n\r\n%s", long, half)
		socket := v.dial()
		defer socket.Close()
		if message, err := socket.NextWriter(websocket.TextMessage); err == nil {
			_, _ = io.WriteString(message, half)
		}
	}
	return fmt.Sprintf("%d MB while they wait", v.memory("VmRSS")>>20)
}

// silentSockets opens many WebSockets over which nothing is said.
func silentSockets(v *victim) string {
	for range 1100 {
		v.dial()
	}
	return ""
}

// askIPC asks for the number of the block over the local socket.
func (v *victim) askIPC() string {
	conn, err := net.DialTimeout("unix", v.ipc, 5*time.Second)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(conn, `{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}`) // the answer tells
	answer := make([]byte, 1000)
	n, _ := conn.Read(answer)
	return string(answer[:n])
}

// edits makes many edits after one block. It returns how much longer the last hundred take than the first.
func edits(v *victim) string {
	n := times(1500, 3000)
	conn := v.dial()
	first, last := time.Duration(0), time.Duration(0)
	for i := 0; i < n; i += 100 {
		began := time.Now()
		for j := range 100 {
			ask := fmt.Sprintf(
				`{"jsonrpc":"2.0","id":1,"method":"anvil_setStorageAt","params":[%q,"%d","0x%064x"]}`, target, i+j, 1,
			)
			check(v.t, conn.WriteMessage(websocket.TextMessage, []byte(ask)))
			_, _, err := conn.ReadMessage()
			check(v.t, err)
		}
		if last = time.Since(began); i == 0 {
			first = last
		}
	}
	if last > 5*first+100*time.Millisecond {
		v.t.Errorf("a hundred edits take %v at first and %v after %d", first, last, n)
	}
	return fmt.Sprintf("%v at first, %v at last", first, last)
}

// typed returns the parameters of eth_signTypedData for a message of one field.
func typed(domain, kind, value string) string {
	return `["` + sender + `",{"types":{"M":[{"name":"a","type":"` + kind + `"}]},` +
		`"primaryType":"M","domain":{` + domain + `},"message":{"a":` + value + `}}]`
}

// chained returns the parameters of eth_signTypedData for types of which each names the next.
func chained(n int) string {
	var kinds strings.Builder
	for i := range n {
		fmt.Fprintf(&kinds, `"T%d":[{"name":"a","type":"T%d"}],`, i, i+1)
	}
	fmt.Fprintf(&kinds, `"T%d":[{"name":"a","type":"uint256"}]`, n)
	value := strings.Repeat(`{"a":`, n) + `{"a":1}` + strings.Repeat("}", n)
	return `["` + sender + `",{"types":{` + kinds.String() +
		`},"primaryType":"T0","domain":{"name":"x"},"message":` + value + `}]`
}

// bombs are state files that want more memory than they are long.
func bombs() map[string]string {
	header := `{"format":"hestia state","version":1,"schedule":"development","devnet":true,"blocks":1,`
	n := times(80, 600) << 20
	return map[string]string{
		"spaces":  strings.Repeat(" ", n),
		"edits":   header + `"edits":[` + strings.Repeat("{},", n/8) + "{}]}\n",
		"plans":   header + `"schedules":[` + strings.Repeat("{},", n/8) + "{}]}\n",
		"a digit": header + `"genesis":{"difficulty":"` + strings.Repeat("9", n/16) + "\"}}\n",
	}
}

// zip returns a text compressed.
func zip(text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, text) // a buffer never fails
	_ = w.Close()
	return out.Bytes()
}
