;; Looks for the first zero byte of 4,096, n times: a loop whose trip count is not known on entry.
(module
  (memory (export "memory") 1 1)
  (func (export "run") (param $n i32) (result i32) (local $at i32) (local $sum i32)
    (memory.fill (i32.const 0) (i32.const 7) (i32.const 4096))
    (loop $again
      (local.set $at (i32.const 0))
      (block $found
        (loop $byte
          (br_if $found (i32.eqz (i32.load8_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $byte)))
      (local.set $sum (i32.add (local.get $sum) (local.get $at)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
