package wasmtime_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"hestia/ewasm"
	"hestia/gas"
	"hestia/internal/wasm"
)

// A player is a contract whose calldata is a program: it calls the interface, and traps, as that says, so that a run
// needs nothing compiled. An instruction of a program is a byte, the row of a host function or one of those below,
// and its operands.

// The instructions that are no host functions.
const (
	doUnreachable = 200 + iota
	doDivide      // by its operand
	doLoad        // at its operand
	doStore       // its second operand at its first
	doGrow        // memory, by its operand
	doRecurse     // until something stops it
	doIndirect    // call entry number its operand of a table with one entry
	doSpin        // around a loop as many times as its operand says
	doCount       = iota
)

// Where things stand in a player's memory, of two pages: what it finishes with, zeros, addresses, the program.
const (
	playerOutput  = 4096
	playerZeros   = 256
	playerNames   = 512
	playerLists   = 1024 // of buffers and subscriptions
	playerPaths   = 1280
	playerProgram = 8192
	playerEnd     = 2 << 16
)

// player is the text of a player for a schedule, a program if that has them. If looping is set it copies calldata in a
// loop, so that its mirror has the second memory.
func player(s *gas.Schedule, looping bool) string {
	var w strings.Builder
	f := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	f("(module")
	rows := playable(s)
	for _, i := range rows {
		row := ewasm.Functions()[i]
		f("(import %q %q (func $h%d%s))", row.Module, row.Name, i, watType(row.Type()))
	}
	f(`(memory (export "memory") 2) (table 8 funcref) (elem (i32.const 0) $nothing) (global $p (mut i32)
		  (i32.const %d)) (global $sum (mut i64) (i64.const 0))
	(data (i32.const %d) "%s")
	(data (i32.const %d) "\00\01\00\00\09\00\00\00\00\02\00\00\28\00\00\00\00\00\00\00\00\00\00\00")
	(data (i32.const %d) "f\00d/g\00../f\00")
	(func $nothing)
	(func $word (result i32) (global.set $p (i32.add (global.get $p) (i32.const 4)))
	  (i32.load (i32.sub (global.get $p) (i32.const 4))))
	(func $long (result i64) (global.set $p (i32.add (global.get $p) (i32.const 8)))
	  (i64.load (i32.sub (global.get $p) (i32.const 8))))
	(func $add (param i64) (global.set $sum (i64.add (i64.rotl (global.get $sum) (i64.const 7)) (local.get 0))))
	(func $recurse (call $recurse) (call $add (i64.const 1)))
	(func $spin (param i32) (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (i32.gt_s (local.get 0)
	  (i32.const 0)))))`,
		playerProgram, playerNames, addresses(), playerLists, playerPaths)
	f("(func $do (param $op i32)")
	for _, i := range rows {
		row := ewasm.Functions()[i]
		call := fmt.Sprintf("call $h%d", i)
		for _, t := range row.Params {
			call += map[wasm.ValueType]string{wasm.I32: " (call $word)", wasm.I64: " (call $long)"}[t]
		}
		switch {
		case len(row.Results) == 0:
			call = "(" + call + ")"
		case row.Results[0] == wasm.I32:
			call = "(call $add (i64.extend_i32_u (" + call + ")))"
		default:
			call = "(call $add (" + call + "))"
		}
		f("(if (i32.eq (local.get $op) (i32.const %d)) (then %s))", i, call)
	}
	for i, act := range [doCount]string{
		"unreachable", "(call $add (i64.div_s (i64.const 7) (i64.extend_i32_u (call $word))))",
		"(call $add (i64.load (call $word)))",
		"(i64.store (call $word) (call $long))", "(call $add (i64.extend_i32_s (memory.grow (call $word))))",
		"(call $recurse)",
		"(call_indirect (call $word))", "(call $spin (call $word))",
	} {
		f("(if (i32.eq (local.get $op) (i32.const %d)) (then %s))", doUnreachable+i, act)
	}
	f(`)
	(func (export "%s") (local $end i32)
	  (local.set $end (i32.add (global.get $p) (call $h%d)))`, entryOf(s), rowNumber("getCallDataSize"))
	copyAll := fmt.Sprintf("(call $h%d (global.get $p) (i32.const 0) (i32.sub (local.get $end) (global.get $p)))",
		rowNumber("callDataCopy"))
	if looping {
		copyAll = "(loop " + copyAll + ")"
	}
	f("%s", copyAll)
	f(`(block (loop (br_if 1 (i32.ge_u (global.get $p) (local.get $end)))
	    (global.set $p (i32.add (global.get $p) (i32.const 1)))
	    (call $do (i32.load8_u (i32.sub (global.get $p) (i32.const 1)))) (br 0)))
	  (i64.store (i32.const 0) (global.get $sum))
	  (call $h%d (i32.const 0) (i32.const %d))))`, rowNumber("finish"), playerOutput)
	return w.String()
}

func entryOf(s *gas.Schedule) string {
	if s.Limits.Programs {
		return "_start"
	}
	return "main"
}

// playable are the rows that a player of a schedule imports.
func playable(s *gas.Schedule) (numbers []int) {
	for i, row := range ewasm.Functions() {
		if row.SoldBy(s) && row.Module != "debug" {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// dice choose; one operand of so many lies at an edge.
type dice struct {
	*rand.Rand
	edge int
}

// program writes a program of some instructions.
func program(random *rand.Rand, s *gas.Schedule) []byte {
	r := &dice{random, pick(random, 6, 40, 400)}
	rows := playable(s)
	var out []byte
	for range 1 + r.IntN(12) {
		if r.IntN(12) == 0 {
			out = appendOther(r, out)
			continue
		}
		i := rows[r.IntN(len(rows))]
		if r.IntN(2) == 0 { // what the mirror serves, more often than the rest
			i = rowNumber(pick(random, "useGas", "getGasLeft", "getCaller", "getCallValue", "callDataCopy",
				"getReturnDataSize", "returnDataCopy", "callStatic", "call", "callDelegate"))
		}
		out = append(out, byte(i))
		for _, operand := range ewasm.Functions()[i].Operands {
			switch {
			case ewasm.Functions()[i].Module == ewasm.WASI && r.IntN(r.edge) > 0:
				out = appendOfProgram(r, out, operand)
			case operand.Name == "gas" && r.IntN(r.edge) > 0:
				out = binary.LittleEndian.AppendUint64(out, pick[uint64](random, 20_000, 100_000, 1_000_000))
			case operand.Type == wasm.I64:
				out = binary.LittleEndian.AppendUint64(out, long(r))
			case operand.Name == "length" || operand.Name == "offset":
				out = binary.LittleEndian.AppendUint32(out, extent(r))
			case operand.Name == "topics":
				out = binary.LittleEndian.AppendUint32(out, uint32(r.IntN(6-min(1, r.IntN(r.edge)))))
			default:
				out = binary.LittleEndian.AppendUint32(out, place(r, operand))
			}
		}
	}
	if r.IntN(16) == 0 { // more than a mirror holds
		out = slices.Concat(out, make([]byte, 3000+r.IntN(2000)))
	}
	return out
}

// appendOfProgram chooses an operand of a function that only programs have, so that many calls do something.
func appendOfProgram(r *dice, out []byte, operand ewasm.Operand) []byte {
	word := func(n int) []byte { return binary.LittleEndian.AppendUint32(out, uint32(n)) }
	switch name := operand.Name; {
	case operand.Type == wasm.I64:
		return binary.LittleEndian.AppendUint64(out, pick[uint64](r.Rand, 0, 1, 5, 31, 32, 33, 100, 1<<30-1))
	case operand.Item > 0:
		return word(playerLists + 8*r.IntN(2))
	case strings.HasSuffix(name, "path"):
		return word(playerPaths + pick(r.Rand, 0, 0, 0, 2, 6))
	case operand.Use != ewasm.Number:
		return word(r.IntN(playerOutput))
	case strings.HasSuffix(name, "path_len"):
		return word(pick(r.Rand, 1, 1, 1, 3, 4))
	case strings.HasSuffix(name, "fd") || name == "to":
		return word(pick(r.Rand, 0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 6))
	case name == "code" || name == "signal":
		return word(min(1, r.IntN(4)))
	}
	return word(pick(r.Rand, 0, 0, 1, 1, 2, 3, 8, 9))
}

func appendOther(r *dice, out []byte) []byte {
	op := byte(doUnreachable + r.IntN(doCount))
	if (op == doUnreachable || op == doRecurse) && r.IntN(r.edge) > 0 {
		op = doSpin
	}
	out = append(out, op)
	switch op {
	case doGrow:
		return binary.LittleEndian.AppendUint32(out, pick[uint32](r.Rand, 0, 1, 1, 2, 30, 500, 600, 70_000))
	case doDivide:
		return binary.LittleEndian.AppendUint32(out, uint32(min(1, r.IntN(r.edge))))
	case doIndirect:
		return binary.LittleEndian.AppendUint32(out, uint32(1-min(1, r.IntN(r.edge))))
	case doSpin:
		return binary.LittleEndian.AppendUint32(out, uint32(r.IntN(1000)))
	case doLoad:
		return binary.LittleEndian.AppendUint32(out, place(r, ewasm.Operand{}))
	case doStore:
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(out, place(r, ewasm.Operand{})),
			r.Uint64())
	}
	return out
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// place is a pointer: mostly to what makes sense for the operand, often to an edge.
func place(r *dice, operand ewasm.Operand) uint32 {
	switch n := r.IntN(16); {
	case r.IntN(r.edge) > 0:
		break
	case n < 8:
		return uint32(playerEnd - pick(r.Rand, 0, 1, 4, 8, 15, 16, 17, 19, 20, 21, 31, 32, 33, 64))
	case n < 12:
		return uint32(-pick(r.Rand, 1, 4, 15, 16, 20, 31, 32, 100))
	default:
		return r.Uint32()
	}
	switch n := r.IntN(16); {
	case operand.Name == "address" || n == 0:
		return uint32(playerNames + 20*r.IntN(len(callees)))
	case operand.Name == "value" && n < 14:
		return playerZeros
	case operand.Name == "data" && n < 12:
		return uint32(playerProgram + r.IntN(40))
	}
	return uint32(r.IntN(playerOutput))
}

// extent is a length, or an offset in a source.
func extent(r *dice) uint32 {
	if r.IntN(2*r.edge) == 0 {
		return pick(r.Rand, 1000, 3839, 3840, 3841, 5000, 1<<16, playerEnd, playerEnd+1, 1<<31, 1<<32-1, 1<<32-4,
			r.Uint32())
	}
	if r.IntN(r.edge) == 0 {
		return uint32(r.IntN(120))
	}
	return pick[uint32](r.Rand, 0, 0, 0, 0, 1, 3, 4, 5, 8, 9, 16, 19, 20, 21)
}

// long is an amount of gas, or a block number.
func long(r *dice) uint64 {
	if r.IntN(r.edge) == 0 {
		return pick(r.Rand, 1<<40-1, 1<<40, 1<<40+1, 1<<50, 1<<63-1, 1<<63, 1<<64-1, r.Uint64())
	}
	return pick(r.Rand, 0, 1, 1000, 744, 743, uint64(r.IntN(3000)), uint64(r.IntN(300_000)))
}
