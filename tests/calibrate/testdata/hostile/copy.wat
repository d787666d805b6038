;; 15 MiB copied, further than caches reach.
(module
  (memory (export "memory") 512)
  (func (export "run") (param $n i32) (result i32) (local $x i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (memory.copy (i32.const 0x1000000) (i32.const 64) (i32.const 0xf00000))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
