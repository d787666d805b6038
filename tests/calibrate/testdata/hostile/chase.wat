;; Each load waits for the one before, which the nearest cache has.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (local.set $x (i32.load offset=1024 (local.get $x)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
