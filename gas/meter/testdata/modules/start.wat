;; A start function pays from the counter's initial value.
(module
  (global $n (mut i32) (i32.const 0))
  (start $init)
  (func $init (global.set $n (i32.const 42)))
  (func (export "run") (result i32) (global.get $n)))
