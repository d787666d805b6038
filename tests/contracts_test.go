package tests

import (
	"encoding/json"
	"fmt"
	"time"

	"hestia/internal/wat"
)

// Loops that take long, each with what it does. All their gas is used up, unless the node gives them up.
var slowLoops = map[string]string{
	"a store across pages far apart": `(local.set $i (i32.add (i32.mul (local.get $i) (i32.const 1664525))
	  (i32.const 1013904223)))
	  (i64.store (i32.or (i32.and (local.get $i) (i32.const 0x1ffe000)) (i32.const 0xffc)) (i64.const 1))`,
	"memory.grow that is refused": `(drop (memory.grow (i32.const 65535)))`,
	"nothing":                     ``,
}

// contractAttacks are contracts, and code for contracts, that want a node's time.
func contractAttacks() map[string]attackCase {
	all := map[string]attackCase{
		"segments out of bounds": {
			nil, func(v *victim) string {
				code := wat.Assemble(v.t, `(module (memory (export "memory") 1) (data (i32.const 65536) "x") (func
					(export "main")))`)
				return v.atOnce(8, "eth_estimateGas", fmt.Sprintf(`[{"data":"0x%x"}]`, code), time.Minute)
			}, "segment out of bounds",
		},
		"prints": {
			func(v *victim) { v.code(target, printLoop(prints["printMemHex"])) },
			func(v *victim) string {
				return v.send(target, 0) + v.atOnce(times(4, 16), "eth_call", `[{"to":"`+target+`"}]`, time.Minute)
			}, "error",
		},
	}
	for name, text := range compileBombs() {
		all["creation: "+name] = attackCase{nil, func(v *victim) string {
			for n := range times(2, 20) {
				v.create(numbered(wat.Assemble(v.t, text), n))
			}
			return v.ask("eth_blockNumber", "[]", time.Minute)
		}, "result"}
	}
	for name, body := range slowLoops {
		text := `(module (memory (export "memory") 512) (func (export "main") (local $i i32) (loop ` + body +
			` (br 0))))`
		all["calls of "+name] = attackCase{
			func(v *victim) { v.code(target, text) }, func(v *victim) string {
				return v.atOnce(times(4, 16), "eth_call", `[{"to":"`+target+`"}]`, time.Minute)
			}, "error",
		}
		all["transactions of "+name] = attackCase{
			func(v *victim) { v.code(target, text) }, func(v *victim) string {
				for n := range times(2, 8) { // nothing waits for them: the node is told to end while they run
					v.send(target, n)
				}
				return v.ask("eth_blockNumber", "[]", time.Minute)
			}, "result",
		}
	}
	return all
}

// send sends a transaction with much gas, and does not wait long.
func (v *victim) send(to string, nonce int) string {
	return v.ask("eth_sendTransaction", fmt.Sprintf(
		`[{"from":%q,"to":%q,"gas":"0xe00000","nonce":"0x%x"}]`, sender, to, nonce,
	), time.Second)
}

// create sends creation data.
func (v *victim) create(data []byte) {
	text, err := json.Marshal([]map[string]string{{
		"from": sender, "data": fmt.Sprintf("0x%x", data), "gas": "0xe00000",
	}})
	check(v.t, err)
	v.ask("eth_sendTransaction", string(text), time.Minute)
}
