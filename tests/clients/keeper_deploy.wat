;; The constructor of keeper.wat: it stores its calldata. What it finishes with does not matter, because the creation data has a
;; section "runtime" behind this module.
(module
  (import "ethereum" "getCallDataSize" (func $size (result i32)))
  (import "ethereum" "callDataCopy" (func $copy (param i32 i32 i32)))
  (import "ethereum" "storageStore" (func $store (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "main") (local $at i32)
    (i32.store (i32.const 32) (call $size))
    (call $copy (i32.const 64) (i32.const 0) (call $size))
    (call $store (i32.const 0) (i32.const 32))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (call $size)))
        (i32.store (i32.const 0) (i32.add (i32.div_u (local.get $at) (i32.const 32)) (i32.const 1)))
        (call $store (i32.const 0) (i32.add (i32.const 64) (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $next)))))
