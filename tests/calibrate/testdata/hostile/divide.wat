;; Divisions with large quotients, each of which waits for the one before.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x i64)
    (local.set $x (i64.load (i32.const 0)))
    (loop $again
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (local.set $x (i64.div_s (i64.sub (i64.const 0x7fffffffffffff00) (local.get $x)) (i64.extend_i32_u (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.store (i32.const 0) (local.get $x))
    (i32.wrap_i64 (local.get $x))))
