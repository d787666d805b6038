;; Products of floats that are too small for their type.
(module
  (memory (export "memory") 1)
  (func (export "run") (param $n i32) (result i32) (local $x f64) (local $y f64) (local $z f64)
    (local.set $x (f64.const 0x1p-1040))
    (local.set $y (f64.const 0x1.8p-1030))
    (loop $again
      (local.set $z (f64.add (local.get $z) (f64.mul (local.get $x) (f64.const 1.5))))
      (local.set $z (f64.sub (local.get $z) (f64.mul (local.get $y) (f64.const 0.25))))
      (local.set $z (f64.add (local.get $z) (f64.mul (local.get $x) (f64.const 1.25))))
      (local.set $z (f64.sub (local.get $z) (f64.mul (local.get $y) (f64.const 0.75))))
      (local.set $x (f64.mul (local.get $x) (f64.const 1.01)))
      (local.set $x (f64.div (local.get $x) (f64.const 1.01)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (f64.store (i32.const 8) (local.get $z))
    (i32.load (i32.const 8))))
