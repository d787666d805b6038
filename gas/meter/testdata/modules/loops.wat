;; Loops are paid at their headers, at each iteration.
(module
  (func (export "sum") (param i32) (result i64) (local i64)
    (local.set 0 (i32.and (local.get 0) (i32.const 63)))
    (block
      (loop
        (br_if 1 (i32.eqz (local.get 0)))
        (local.set 1 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br 0)))
    (local.get 1))
  (func (export "rotated") (param i32) (result i32) (local i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 31)))
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (local.get 0))))
      (br_if 0 (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func (export "nested") (param i32 i32) (result i32) (local i32 i32 i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 7)))
    (local.set 1 (i32.and (local.get 1) (i32.const 7)))
    (loop $rows
      (local.set 3 (i32.const 0))
      (loop $columns
        (if (i32.and (i32.xor (local.get 2) (local.get 3)) (i32.const 1))
          (then (local.set 4 (i32.add (local.get 4) (i32.const 1))))
          (else (local.set 4 (i32.mul (local.get 4) (i32.const 3)))))
        (br_if $columns (i32.le_u (local.tee 3 (i32.add (local.get 3) (i32.const 1))) (local.get 1))))
      (br_if $rows (i32.le_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (local.get 0))))
    (local.get 4))
  (func (export "never") (param i32)
    (loop (br_if 0 (local.get 0))))
  (func (export "traps") (param i32) (result i32) (local i32)
    (local.set 1 (i32.const 5))
    (loop
      (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
      (local.set 0 (i32.div_u (local.get 0) (local.get 1)))
      (br_if 0 (local.get 0)))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "parameters") (param i32) (result i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 15)))
    (i32.const 1)
    (loop (param i32) (result i32)
      (i32.mul (i32.const 3))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if 0 (i32.gt_s (local.get 0) (i32.const 0)))))
  ;; All of this is one number: loops in loops, all with constant trip counts.
  (func (export "constant") (param i32) (result i32) (local i32 i32 i32)
    (loop $rows
      (local.set 2 (i32.const 10))
      (loop $columns
        (local.set 3 (i32.add (local.get 3) (i32.mul (local.get 1) (local.get 2))))
        (br_if $columns (i32.gt_s (local.tee 2 (i32.sub (local.get 2) (i32.const 3))) (i32.const 0))))
      (br_if $rows (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 5))))
    (i32.add (local.get 0) (local.get 3)))
  ;; Nothing of this is: a local that is set in a block before, and one that an iteration of the outer loop leaves.
  (func (export "set") (param i32) (result i32) (local i32)
    (if (i32.and (local.get 0) (i32.const 1)) (then (local.set 1 (i32.const 3))))
    (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 9))))
    (local.get 1))
  (func (export "again") (param i32) (result i32) (local i32)
    (loop $outer
      (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 5))))
      (br_if $outer (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1)))))
    (local.get 1))

  ;; A loop that does next to nothing pays for the jump.
  (func (export "idle") (param $n i32) (param $q i32) (result i32)
    (if (local.get $n) (then (return (local.get $q))))
    (loop $again (block (nop)) (br $again))
    (unreachable))
  (func (export "idle_operand") (param $n i32) (param $q i32) (result i32)
    (if (local.get $n) (then (return (local.get $q))))
    (local.get $q)
    (loop $again (param i32) (result i32) (br $again))))
