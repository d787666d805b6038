;; Follows a list of 1,024 addresses through memory, n times: every load waits for the one before.
(module
  (memory (export "memory") 1 1)
  (func (export "run") (param $n i32) (result i32) (local $at i32) (local $sum i32)
    (loop $build
      (i32.store (i32.shl (local.get $at) (i32.const 2))
        (i32.shl (i32.and (i32.add (i32.mul (local.get $at) (i32.const 5)) (i32.const 1)) (i32.const 1023)) (i32.const 2)))
      (br_if $build (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 1024))))
    (loop $again
      (local.set $at (i32.const 0))
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
        (br_if $next (local.tee $at (i32.load (local.get $at)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
