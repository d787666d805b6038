(module
  (type (;0;) (func))
  (type (;1;) (func (result i32)))
  (type (;2;) (func (param i32)))
  (import "hestia" "halt" (func (type 2)))
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "run" (func 2))
  (export "__gas_left" (global 1))
  (export "__stack_left" (global 2))
  (start 1)
  (func (;1;) (type 0) (local i64)
    block
      block
        global.get 2
        i32.const 160
        i32.lt_s
        br_if 0
        global.get 1
        local.set 0
        block
          local.get 0
          i64.const 3
          i64.lt_s
          if
            br 3
          end
          local.get 0
          i64.const 3
          i64.sub
          local.set 0
          i32.const 42
          global.set 0
        end
        local.get 0
        global.set 1
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
  (func (;2;) (type 1) (local i64)
    block
      block
        global.get 2
        i32.const 168
        i32.lt_s
        br_if 0
        global.get 1
        local.set 0
        block (result i32)
          local.get 0
          i64.const 2
          i64.lt_s
          if
            br 3
          end
          local.get 0
          i64.const 2
          i64.sub
          local.set 0
          global.get 0
        end
        local.get 0
        global.set 1
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
