;; Straight-line code is paid once, at the function's entry, and so are its locals.
(module
  (func (export "run") (param i32 i64) (result i64) (local i64 i32)
    local.get 0
    i64.extend_i32_u
    local.get 1
    i64.mul
    local.tee 2
    local.get 2
    i64.rotl
    i64.const 0x1234567890
    i64.xor))
