;; A back edge of a branch pays for the next iteration; the branch's other edges lead to code that pays for itself.
(module
  (import "env" "ask" (func $look (param i32 i64) (result i32)))
  ;; A dispatching loop: one code takes the back edge, another goes to the loop around.
  (func (export "dispatch") (param i32 i32) (result i32) (local i32)
    (local.set 0 (i32.and (local.get 0) (i32.const 31)))
    (block $done
      (loop $outer
        (local.set 2 (i32.add (local.get 2) (i32.const 7)))
        (loop $next
          (br_if $done (i32.eqz (local.get 0)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (block $three
            (block $two
              (br_table $next $outer $two $three $next
                (i32.and (local.tee 1 (i32.rotr (local.get 1) (i32.const 3))) (i32.const 7))))
            (local.set 2 (i32.mul (local.get 2) (i32.const 3)))
            (br $next))
          (local.set 2 (i32.xor (local.get 2) (local.get 1)))
          (br $next))))
    (local.get 2))
  ;; Between two observations, a loop with exits before and in the middle of an iteration: it pays once an iteration,
  ;; and the counter stays in a local.
  (func (export "half") (param i32 i32) (result i32) (local i32 i32)
    (local.set 2 (call $look (local.get 0) (i64.const 1)))
    (local.set 0 (i32.and (local.get 0) (i32.const 15)))
    (if (local.get 0) (then
      (loop $rounds
        (block $left
          (if (i32.eq (i32.and (local.get 2) (i32.const 3)) (local.get 0)) (then (local.set 3 (i32.const 5)) (br $left)))
          (local.set 3 (i32.add (i32.mul (local.get 3) (local.get 2)) (local.get 1)))
          (local.set 2 (i32.shr_u (local.get 2) (i32.const 1)))
          (br_if $rounds (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))))))
    (call $look (local.get 3) (i64.const 2)))
  ;; A call without observation, in the preheader of a loop that keeps the counter in a local.
  (func $quiet (param i32) (result i32) (i32.mul (local.get 0) (i32.const 5)))
  (func (export "after") (param i32 i32) (result i32)
    (local.set 0 (i32.and (call $quiet (local.get 0)) (i32.const 63)))
    (loop $rounds
      (if (i32.and (local.get 0) (i32.const 1)) (then (local.set 1 (i32.add (local.get 1) (i32.const 1)))))
      (br_if $rounds (local.tee 0 (i32.shr_u (local.get 0) (i32.const 1)))))
    (local.get 1))
  ;; Charges that are tested at the returns of the function, one of which is in the middle.
  (func (export "leaves") (param i32 i32) (result i32)
    (loop $rounds
      (if (i32.and (local.get 0) (i32.const 1)) (then (return (i32.add (local.get 0) (local.get 1)))))
      (if (i32.and (local.get 0) (i32.const 2)) (then (local.set 1 (i32.add (local.get 1) (i32.const 1)))))
      (br_if $rounds (local.tee 0 (i32.shr_u (local.get 0) (i32.const 2)))))
    (local.get 1)))
