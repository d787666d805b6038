;; Globals counted up.
(module
  (memory (export "memory") 1)
  (global $a (mut i64) (i64.const 0)) (global $b (mut i64) (i64.const 0))
  (func $count (global.set $a (i64.add (global.get $a) (i64.const 1))) (global.set $b (i64.add (global.get $b) (global.get $a))))
  (func (export "run") (param $n i32) (result i32) (local $x i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (call $count)
      (call $count)
      (call $count)
      (call $count)
      (call $count)
      (call $count)
      (call $count)
      (call $count)
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
