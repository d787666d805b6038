;; Answers every call with what its constructor was given. The clients' suites read the built module keeper_deploy.wasm, which
;; carries this one, and a test holds it to this text and to keeper_deploy.wat.
(module
  (import "ethereum" "storageLoad" (func $storageLoad (param i32 i32)))
  (import "ethereum" "finish" (func $finish (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "main") (local $size i32) (local $at i32)
    ;; slot 0 is the size, each later one a word; keys at 0, the size at 32, words from 64 on
    (call $storageLoad (i32.const 0) (i32.const 32))
    (local.set $size (i32.load (i32.const 32)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $size)))
        (i32.store (i32.const 0) (i32.add (i32.div_u (local.get $at) (i32.const 32)) (i32.const 1)))
        (call $storageLoad (i32.const 0) (i32.add (i32.const 64) (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $next)))
    (call $finish (i32.const 64) (local.get $size))))
