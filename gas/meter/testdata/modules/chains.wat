;; Chains of arithmetic on values with several uses, whose results are hidden from optimizers every so often.
(module
  (memory (export "memory") 1 1)
  (global $g (mut i64) (i64.const 3))

  (func (export "squares") (param $n i32) (param $q i32) (result i32) (local $x i64)
    (local.set $x (i64.or (i64.extend_i32_u (local.get $n)) (i64.const 5)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (i32.wrap_i64 (local.get $x)))

  (func (export "mixed") (param $x i32) (param $y i32) (result i32)
    (local.set $x (i32.add (local.get $x) (local.get $y)))
    (local.set $y (i32.xor (local.get $x) (local.get $y)))
    (local.set $x (i32.sub (local.get $x) (local.get $y)))
    (local.set $y (i32.or (local.get $x) (local.get $y)))
    (local.set $x (i32.mul (local.get $x) (local.get $y)))
    (local.set $y (i32.and (local.get $x) (local.get $y)))
    (local.set $x (i32.rotl (local.get $x) (local.get $y)))
    (local.set $y (i32.add (local.get $x) (local.get $y)))
    (i32.xor (local.get $x) (local.get $y)))

  ;; Optimizers look through globals, memory, and joins to which all edges bring the same value.
  (func (export "through") (param $n i32) (param $q i32) (result i32) (local $x i64)
    (global.set $g (i64.mul (global.get $g) (global.get $g)))
    (global.set $g (i64.mul (global.get $g) (global.get $g)))
    (local.set $x (i64.mul (global.get $g) (global.get $g)))
    (i64.store (i32.const 8) (i64.mul (local.get $x) (local.get $x)))
    (local.set $x (i64.mul (i64.load (i32.const 8)) (i64.load (i32.const 8))))
    (block
      (local.set $x (i64.mul (local.get $x) (local.get $x)))
      (br_if 0 (local.get $n)))
    (local.set $x (i64.mul (local.get $x) (local.get $x)))
    (i32.wrap_i64 (i64.mul (local.get $x) (local.get $x))))

  ;; They do not look through a join that may have another value.
  (func (export "joined") (param $n i32) (param $x i32) (result i32)
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (if (local.get $n) (then (local.set $x (i32.mul (local.get $x) (local.get $x)))))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.set $x (i32.mul (local.get $x) (local.get $x)))
    (local.get $x))

  ;; A sum of what is used once has one form that is computed once.
  (func (export "single") (param $n i32) (param $x i32) (result i32)
    (i32.add (i32.add (i32.add (i32.add (i32.add (i32.add (i32.add (i32.add
      (local.get $n) (local.get $x)) (local.get $n)) (local.get $x)) (local.get $n)) (local.get $x))
      (local.get $n)) (local.get $x)) (local.get $n))))
