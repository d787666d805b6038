;; Branches that go either way, at random.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 9)) (i32.const 1)) (then (i32.store offset=72 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 13)) (i32.const 1)) (then (i32.store offset=104 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 17)) (i32.const 1)) (then (i32.store offset=136 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 21)) (i32.const 1)) (then (i32.store offset=168 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 24)) (i32.const 1)) (then (i32.store offset=192 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 26)) (i32.const 1)) (then (i32.store offset=208 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 28)) (i32.const 1)) (then (i32.store offset=224 (i32.const 64) (local.get $n))))
      (if (i32.and (i32.shr_u (local.get $x) (i32.const 30)) (i32.const 1)) (then (i32.store offset=240 (i32.const 64) (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
