(module
  (type (;0;) (func (param i32) (result i32 i64)))
  (type (;1;) (func (param i32 i64) (result i64 i32)))
  (type (;2;) (func (param i32) (result i64 i32)))
  (type (;3;) (func (param i64 i32) (result i64 i32)))
  (type (;4;) (func (result i32 i32)))
  (type (;5;) (func (param i32)))
  (type (;6;) (func (result i64 i32)))
  (type (;7;) (func (result i64 i32)))
  (import "env" "pair" (func (type 0)))
  (import "hestia" "halt" (func (type 5)))
  (global funcref (ref.func 2))
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "imported" (func 0))
  (export "swap" (func 2))
  (export "both" (func 3))
  (export "nothing" (func 4))
  (export "__gas_left" (global 2))
  (export "__stack_left" (global 3))
  (func (;2;) (type 1) (local i64)
    block
      block
        global.get 3
        i32.const 232
        i32.lt_s
        br_if 0
        global.get 2
        local.set 2
        block (type 6)
          local.get 2
          i64.const 5
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 5
          i64.sub
          local.set 2
          local.get 0
          if
            local.get 1
            i32.const 5
            local.get 2
            global.set 2
            return
          end
          local.get 1
          local.get 0
        end
        local.get 2
        global.set 2
        return
      end
      i32.const 2
      call 1
      unreachable
    end
    i32.const 1
    call 1
    unreachable
  )
  (func (;3;) (type 2)
    block
      block
        global.get 3
        i32.const 296
        i32.lt_s
        br_if 0
        block (type 7)
          global.get 2
          i64.const 2
          i64.sub
          global.set 2
          global.get 2
          i64.const 0
          i64.lt_s
          br_if 2
          local.get 0
          global.get 3
          i32.const 296
          i32.sub
          global.set 3
          call 0
          global.get 2
          i64.const 7
          i64.sub
          global.set 2
          call 2
          local.get 0
          if (type 3)
            i32.const 1
            i32.add
          else
            global.get 2
            i64.const 2
            i64.sub
            global.set 2
            global.get 2
            i64.const 0
            i64.lt_s
            br_if 3
            drop
            i64.const 4
            i64.add
            i32.const 6
          end
        end
        global.get 3
        i32.const 296
        i32.add
        global.set 3
        return
      end
      i32.const 2
      call 1
      unreachable
    end
    i32.const 1
    call 1
    unreachable
  )
  (func (;4;) (type 4) (local i64)
    block
      block
        global.get 3
        i32.const 208
        i32.lt_s
        br_if 0
        global.get 2
        local.set 0
        block (type 4)
          local.get 0
          i64.const 5
          i64.lt_s
          if
            br 3
          end
          local.get 0
          i64.const 5
          i64.sub
          local.set 0
          block (type 4)
            i32.const 1
            i32.const 2
            br 0
          end
        end
        local.get 0
        global.set 2
        return
      end
      i32.const 2
      call 1
      unreachable
    end
    i32.const 1
    call 1
    unreachable
  )
)
