;; Stores that may be in two pages of 4 KiB, asked for together in a block, and stores that cannot.
(module
  (memory (export "memory") 1 1)
  (global $stack (mut i32) (i32.const 8192))
  (global $lost (mut i32) (i32.const 8192))

  ;; One question for all stores through a parameter, of whatever width and offset.
  (func (export "group") (param $p i32) (param $q i32)
    (local.set $p (i32.and (local.get $p) (i32.const 0xfff)))
    (i64.store (local.get $p) (i64.const 1))
    (i32.store offset=4094 (local.get $p) (i32.const 2))
    (i64.store offset=8 (local.get $p) (i64.const 3))
    (i32.store16 (i32.add (local.get $p) (i32.const 4095)) (i32.const 4))
    (i32.store8 offset=4095 (local.get $p) (i32.const 5))
    (local.set $p (i32.add (local.get $p) (local.get $p)))
    (i64.store32 offset=4093 (local.get $p) (i64.const 6)))

  ;; An address that is in no local is put into one.
  (func (export "single") (param $p i32) (param $q i32)
    (i64.store offset=4090 (i32.and (local.get $p) (i32.const 7)) (i64.const 1))
    (i32.store16 (i32.or (i32.and (local.get $p) (i32.const 7)) (i32.const 4088)) (local.get $p)))

  ;; Multiples of what is written are within a page: through the stack pointer, an index, a counter.
  (func (export "aligned") (param $n i32) (param $q i32) (local $frame i32) (local $i i32)
    (global.set $stack (local.tee $frame (i32.sub (global.get $stack) (i32.const 64))))
    (i64.store offset=8 (local.get $frame) (i64.const 1))
    (i32.store (i32.add (local.get $frame) (i32.shl (i32.and (local.get $n) (i32.const 7)) (i32.const 2))) (local.get $n))
    (loop $next
      (i64.store offset=4096 (local.get $i) (i64.const 2))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 64))))
    (i64.store (i32.const 4088) (i64.const 3))
    (global.set $stack (i32.add (local.get $frame) (i32.const 64))))

  ;; A local or global that may be anything, on some path, is not aligned.
  (func (export "lost") (param $n i32) (param $q i32) (local $i i32)
    (if (local.get $n) (then (local.set $i (i32.const 4090))))
    (i64.store (local.get $i) (i64.const 1))
    (global.set $lost (i32.and (local.get $n) (i32.const 0xffff)))
    (i32.store (i32.and (global.get $lost) (i32.const 0xfff)) (local.get $n))
    (local.set $i (i32.const 0))
    (loop $next
      (i64.store offset=4080 (local.get $i) (i64.const 2))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 3))) (i32.const 30)))))

  ;; A constant address is in two pages or not.
  (func (export "constant") (param $n i32) (param $q i32)
    (i64.store offset=1 (i32.const 4088) (i64.const 1))
    (i64.store offset=1 (i32.const 4087) (i64.const 1))))
