;; Stores of floats that are NaNs or not, at random: no branch is taken.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x i32)
    (local.set $x (i32.load (i32.const 0)))
    (loop $again
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (f32.store offset=72 (i32.const 0) (f32.sqrt (f32.convert_i32_s (i32.shl (local.get $x) (i32.const 1)))))
      (f32.store offset=76 (i32.const 0) (f32.sqrt (f32.convert_i32_s (i32.shl (local.get $x) (i32.const 2)))))
      (f32.store offset=80 (i32.const 0) (f32.sqrt (f32.convert_i32_s (i32.shl (local.get $x) (i32.const 3)))))
      (f32.store offset=84 (i32.const 0) (f32.reinterpret_i32 (i32.or (i32.const 0x7f800000) (i32.shr_u (local.get $x) (i32.const 31)))))
      (f32.store offset=88 (i32.const 0) (f32.reinterpret_i32 (i32.or (i32.const 0x7f800000) (i32.and (local.get $x) (i32.const 0x1000000)))))
      (f32.store offset=92 (i32.const 0) (f32.reinterpret_i32 (i32.or (i32.const 0x7f800000) (i32.and (i32.shr_u (local.get $x) (i32.const 13)) (i32.const 1)))))
      (f32.store offset=96 (i32.const 0) (f32.reinterpret_i32 (i32.or (i32.const 0x7f800000) (i32.and (i32.shr_u (local.get $x) (i32.const 17)) (i32.const 1)))))
      (f32.store offset=100 (i32.const 0) (f32.reinterpret_i32 (i32.or (i32.const 0x7f800000) (i32.and (i32.shr_u (local.get $x) (i32.const 21)) (i32.const 1)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get $x))
    (local.get $x)))
