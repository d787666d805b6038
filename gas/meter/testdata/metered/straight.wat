(module
  (type (;0;) (func (param i32 i64) (result i64)))
  (type (;1;) (func (param i32)))
  (import "hestia" "halt" (func (type 1)))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "run" (func 1))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (func (;1;) (type 0) (local i64) (local i32) (local i64)
    block
      block
        global.get 1
        i32.const 280
        i32.lt_s
        br_if 0
        global.get 0
        local.set 4
        block (result i64)
          local.get 4
          i64.const 12
          i64.lt_s
          if
            br 3
          end
          local.get 4
          i64.const 12
          i64.sub
          local.set 4
          local.get 0
          i64.extend_i32_u
          local.get 1
          i64.mul
          local.tee 2
          local.get 2
          i64.rotl
          i64.const 78187493520
          i64.xor
        end
        local.get 4
        global.set 0
        return
      end
      i32.const 2
      call 0
      unreachable
    end
    i32.const 1
    call 0
    unreachable
  )
)
