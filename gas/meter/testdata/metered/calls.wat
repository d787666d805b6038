(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i64)))
  (type (;2;) (func (param i32 i64) (result i32)))
  (type (;3;) (func))
  (type (;4;) (func (param i32 i32) (result i32)))
  (type (;5;) (func (param i32)))
  (import "env" "see" (func (type 1)))
  (import "env" "ask" (func (type 2)))
  (import "env" "done" (func (type 3)))
  (import "hestia" "halt" (func (type 5)))
  (table 4 16384 funcref)
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "even" (func 5))
  (export "fib" (func 7))
  (export "indirect" (func 8))
  (export "hosts" (func 9))
  (export "traps" (func 10))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (elem (offset (i32.const 0)) func 4 5 1)
  (func (;4;) (type 0) (local i64)
    block
      block
        global.get 1
        i32.const 208
        i32.lt_s
        br_if 0
        global.get 0
        local.set 1
        block (result i32)
          local.get 1
          i64.const 4
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 4
          i64.sub
          local.set 1
          local.get 0
          i32.const 1
          i32.shl
        end
        local.get 1
        global.set 0
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;5;) (type 0)
    block
      block
        global.get 1
        i32.const 232
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 6
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          local.get 0
          i32.eqz
          if (result i32)
            i32.const 1
          else
            global.get 0
            i64.const 5
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            local.get 0
            i32.const 1
            i32.sub
            global.get 1
            i32.const 232
            i32.sub
            global.set 1
            call 6
            global.get 0
            i64.const 2
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            global.get 1
            i32.const 232
            i32.add
            global.set 1
          end
        end
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;6;) (type 0)
    block
      block
        global.get 1
        i32.const 232
        i32.lt_s
        br_if 0
        block (result i32)
          local.get 0
          i32.eqz
          if
            global.get 0
            i64.const 1
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            i32.const 0
            return
          end
          global.get 1
          i32.const 232
          i32.sub
          global.set 1
          call 2
          global.get 0
          i64.const 4
          i64.sub
          global.set 0
          local.get 0
          i32.const 1
          i32.sub
          call 5
          global.get 0
          i64.const 1
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
        end
        global.get 1
        i32.const 232
        i32.add
        global.set 1
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;7;) (type 0)
    block
      block
        global.get 1
        i32.const 296
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 10
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          local.get 0
          i32.const 7
          i32.and
          local.set 0
          local.get 0
          i32.const 2
          i32.lt_u
          if
            local.get 0
            return
          end
          global.get 0
          i64.const 8
          i64.sub
          global.set 0
          local.get 0
          i32.const 1
          i32.sub
          global.get 1
          i32.const 296
          i32.sub
          global.set 1
          call 7
          local.get 0
          i32.const 2
          i32.sub
          call 7
          i32.add
        end
        global.get 1
        i32.const 296
        i32.add
        global.set 1
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;8;) (type 4)
    block
      block
        global.get 1
        i32.const 280
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 5
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          local.get 0
          local.get 1
          i32.const 3
          i32.and
          global.get 1
          i32.const 280
          i32.sub
          global.set 1
          call_indirect 0 (type 0)
          global.get 0
          i64.const 1
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
        end
        global.get 1
        i32.const 280
        i32.add
        global.set 1
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;9;) (type 0) (local i64)
    block
      block
        global.get 1
        i32.const 400
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 3
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          i64.const 1
          global.get 1
          i32.const 400
          i32.sub
          global.set 1
          call 0
          global.get 0
          i64.const 4
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          block
            local.get 0
            i64.const 5
            call 1
            global.get 0
            i64.const 8
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            i32.eqz
            br_if 0
            local.get 1
            i64.const 77
            i64.add
            local.set 1
            local.get 1
            call 0
            global.get 0
            i64.const 7
            i64.sub
            global.set 0
          end
          global.get 0
          i64.const 6
          i64.sub
          global.set 0
          local.get 1
          i64.const 3
          i64.mul
          local.set 1
          loop
            global.get 0
            i64.const 2
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            local.get 0
            i32.const 1
            i32.shr_u
            local.set 0
            local.get 0
            if
              local.get 0
              i64.extend_i32_u
              call 0
              global.get 0
              i64.const 10
              i64.sub
              global.set 0
              global.get 0
              i64.const 0
              i64.lt_s
              br_if 4
            else
              global.get 0
              i64.const 9
              i64.sub
              global.set 0
              global.get 0
              i64.const 0
              i64.lt_s
              br_if 4
              i64.const 9
              local.set 1
            end
            local.get 0
            br_if 0
          end
          local.get 1
          i64.eqz
          if (result i32)
            global.get 0
            i64.const 1
            i64.sub
            global.set 0
            i32.const 4
            call 4
          else
            i32.const 2
          end
          call 2
          global.get 0
          i64.const 1
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
        end
        global.get 1
        i32.const 400
        i32.add
        global.set 1
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
  (func (;10;) (type 0)
    block
      block
        global.get 1
        i32.const 224
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 2
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          i64.const 2
          global.get 1
          i32.const 224
          i32.sub
          global.set 1
          call 0
          global.get 0
          i64.const 6
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          i32.const 1
          local.get 0
          i32.div_u
          drop
          i64.const 3
          call 0
          global.get 0
          i64.const 1
          i64.sub
          global.set 0
          unreachable
        end
        return
      end
      i32.const 2
      call 3
      unreachable
    end
    i32.const 1
    call 3
    unreachable
  )
)
