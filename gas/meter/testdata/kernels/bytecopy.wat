;; Copies 4,096 bytes one at a time, n times: the tightest loop that does something.
(module
  (memory (export "memory") 1 1)
  (func (export "run") (param $n i32) (result i32) (local $from i32) (local $to i32)
    (loop $again
      (local.set $from (i32.const 0))
      (local.set $to (i32.const 8192))
      (loop $byte
        (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br_if $byte (i32.ne (local.tee $from (i32.add (local.get $from) (i32.const 1))) (i32.const 4096))))
      (i32.store8 (i32.const 5) (local.get $n))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.load8_u (i32.const 8197))))
