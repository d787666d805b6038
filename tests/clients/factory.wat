;; Creates a contract from calldata: create if the first byte is 0, or else create2 with that byte as the end of its salt. The
;; creation data follows the byte. It answers with the address as a word, and reverts if the creation failed.
(module
  (import "ethereum" "getCallDataSize" (func $size (result i32)))
  (import "ethereum" "callDataCopy" (func $copy (param i32 i32 i32)))
  (import "ethereum" "create" (func $create (param i32 i32 i32 i32) (result i32)))
  (import "ethereum" "create2" (func $create2 (param i32 i32 i32 i32 i32) (result i32)))
  (import "ethereum" "finish" (func $finish (param i32 i32)))
  (import "ethereum" "revert" (func $revert (param i32 i32)))
  (memory (export "memory") 1)
  ;; the value at 0, the salt at 32 to 63, the answer at 64 to 95, calldata from 128 on
  (func (export "main") (local $length i32)
    (local.set $length (i32.sub (call $size) (i32.const 1)))
    (call $copy (i32.const 128) (i32.const 0) (call $size))
    (i32.store8 (i32.const 63) (i32.load8_u (i32.const 128)))
    (if (result i32) (i32.load8_u (i32.const 128))
      (then (call $create2 (i32.const 0) (i32.const 129) (local.get $length) (i32.const 32) (i32.const 76)))
      (else (call $create (i32.const 0) (i32.const 129) (local.get $length) (i32.const 76))))
    (if (then (call $revert (i32.const 64) (i32.const 0))))
    (call $finish (i32.const 64) (i32.const 32))))
