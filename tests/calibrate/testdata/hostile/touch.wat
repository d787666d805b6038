;; Memory grown and written to, a page at a time.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x i32) (local $p i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (local.set $p (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
      (loop $touch
        (i32.store offset=64 (local.get $p) (i32.const 1))
        (br_if $touch (i32.and (local.tee $p (i32.add (local.get $p) (i32.const 4096))) (i32.const 0xffff))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
