package tests

import "fmt"

// hostilePrograms are WASI programs that want a node's time or memory. At 0 lies a list of one buffer, of 1 MiB; at 64
// a path of 1,000 bytes, at 2000 the address of self, at 2048 nothing.
func hostilePrograms() map[string]string {
	const head = `(module
	  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
	  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
	  (import "wasi_snapshot_preview1" "path_open"
	    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
	  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
	  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
	  (import "ethereum" "getAddress" (func $self (param i32)))
	  (import "ethereum" "call" (func $call (param i64 i32 i32 i32 i32) (result i32)))
	  (memory (export "memory") 18)
	  (data (i32.const 0) "\00\00\01\00\00\00\10\00")
	  (func $again (call $self (i32.const 2000))
	    (drop (call $call (i64.const 0x7fffffffffffffff) (i32.const 2000) (i32.const 2048) (i32.const 0)
	      (i32.const 0))))
	  (func $file (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 1000) (i32.const 1)
	    (i64.const 0x3fffffff) (i64.const 0) (i32.const 0) (i32.const 16))))
	  (func $size (param i64) (drop (call $resize (i32.const 4) (local.get 0))))
	  (func (export "_start") (local $i i32)
	    (memory.fill (i32.const 64) (i32.const 97) (i32.const 1000)) (memory.fill (i32.const 65536) (i32.const 10)
	      (i32.const 1048576)) %s))`
	programs := map[string]string{}
	for name, body := range map[string]string{
		"output at every depth": `(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
			(drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16))) (call $again)`,
		"output of many calls": `(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
			(if (i32.eqz (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 1000) (i32.const 0)
			  (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16))) (then (return)))
			(call $file) (drop (call $write (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 16)))
			(loop (call $again) (br 0))`,
		"descriptors at every depth": `(loop (br_if 0 (i32.eqz (call $open (i32.const 3) (i32.const 0) (i32.const 64)
			(i32.const 1000) (i32.const 2) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16))))) (call $again)`,
		"a large file cleared": `(call $file) (loop (call $size (i64.const 16777216)) (call $size (i64.const 0))
			(br 0))`,
		"a large file moved": `(call $file) (call $size (i64.const 16777216))
			(loop (drop (call $rename (i32.const 3) (i32.const 64) (i32.const 1000) (i32.const 3) (i32.const 64)
			  (i32.const 999))) (br 0))`,
		"a large file written": `(call $file) (loop (drop (call $write (i32.const 4) (i32.const 0) (i32.const 1)
			(i32.const 16))) (br 0))`,
		"randomness": `(loop (drop (call $random (i32.const 65536) (i32.const 1048576))) (br 0))`,
	} {
		programs[name] = fmt.Sprintf(head, body)
	}
	return programs
}
