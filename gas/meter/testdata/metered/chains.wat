(module
  (type (;0;) (func (param i32 i32) (result i32)))
  (type (;1;) (func (param i32)))
  (import "hestia" "halt" (func (type 1)))
  (memory 1 1)
  (global (mut i64) (i64.const 3))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "memory" (memory 0))
  (export "squares" (func 1))
  (export "mixed" (func 2))
  (export "through" (func 3))
  (export "joined" (func 4))
  (export "single" (func 5))
  (export "__gas_left" (global 1))
  (export "__stack_left" (global 2))
  (func (;1;) (type 0) (local i64) (local i64)
    block
      block
        global.get 2
        i32.const 320
        i32.lt_s
        br_if 0
        global.get 1
        local.set 3
        block (result i32)
          local.get 3
          i64.const 41
          i64.lt_s
          if
            br 3
          end
          local.get 3
          i64.const 41
          i64.sub
          local.set 3
          local.get 0
          i64.extend_i32_u
          i64.const 5
          i64.or
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          i64.const 77
          global.get 2
          i32.const 0
          i32.ge_s
          select
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          local.set 2
          local.get 2
          i32.wrap_i64
        end
        local.get 3
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
  (func (;2;) (type 0) (local i64)
    block
      block
        global.get 2
        i32.const 280
        i32.lt_s
        br_if 0
        global.get 1
        local.set 2
        block (result i32)
          local.get 2
          i64.const 36
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 36
          i64.sub
          local.set 2
          local.get 0
          local.get 1
          i32.add
          local.set 0
          local.get 0
          local.get 1
          i32.xor
          local.set 1
          local.get 0
          local.get 1
          i32.sub
          local.set 0
          local.get 0
          local.get 1
          i32.or
          local.set 1
          local.get 0
          local.get 1
          i32.mul
          local.set 0
          local.get 0
          local.get 1
          i32.and
          local.set 1
          local.get 0
          local.get 1
          i32.rotl
          i32.const 77
          global.get 2
          i32.const 0
          i32.ge_s
          select
          local.set 0
          local.get 0
          local.get 1
          i32.add
          i32.const 77
          global.get 2
          i32.const 0
          i32.ge_s
          select
          local.set 1
          local.get 0
          local.get 1
          i32.xor
        end
        local.get 2
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
  (func (;3;) (type 0) (local i64) (local i64)
    block
      block
        global.get 2
        i32.const 448
        i32.lt_s
        br_if 0
        global.get 1
        local.set 3
        block (result i32)
          local.get 3
          i64.const 40
          i64.lt_s
          if
            br 3
          end
          local.get 3
          i64.const 40
          i64.sub
          local.set 3
          global.get 0
          global.get 0
          i64.mul
          global.set 0
          global.get 0
          global.get 0
          i64.mul
          global.set 0
          global.get 0
          global.get 0
          i64.mul
          local.set 2
          i32.const 8
          local.get 2
          local.get 2
          i64.mul
          i64.store offset=0 align=8
          i32.const 8
          i64.load offset=0 align=8
          i32.const 8
          i64.load offset=0 align=8
          i64.mul
          local.set 2
          block
            local.get 2
            local.get 2
            i64.mul
            local.set 2
            local.get 0
            br_if 0
            local.get 3
            i64.const 1
            i64.lt_s
            if
              br 4
            end
            local.get 3
            i64.const 1
            i64.sub
            local.set 3
          end
          local.get 2
          local.get 2
          i64.mul
          i64.const 77
          global.get 2
          i32.const 0
          i32.ge_s
          select
          local.set 2
          local.get 2
          local.get 2
          i64.mul
          i32.wrap_i64
        end
        local.get 3
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
  (func (;4;) (type 0) (local i64)
    block
      block
        global.get 2
        i32.const 272
        i32.lt_s
        br_if 0
        global.get 1
        local.set 2
        block (result i32)
          local.get 2
          i64.const 32
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 32
          i64.sub
          local.set 2
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 0
          if
            local.get 2
            i64.const 5
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 5
            i64.sub
            local.set 2
            local.get 1
            local.get 1
            i32.mul
            local.set 1
          end
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
          local.get 1
          i32.mul
          local.set 1
          local.get 1
        end
        local.get 2
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
  (func (;5;) (type 0) (local i64)
    block
      block
        global.get 2
        i32.const 272
        i32.lt_s
        br_if 0
        global.get 1
        local.set 2
        block (result i32)
          local.get 2
          i64.const 18
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 18
          i64.sub
          local.set 2
          local.get 0
          local.get 1
          i32.add
          local.get 0
          i32.add
          local.get 1
          i32.add
          local.get 0
          i32.add
          local.get 1
          i32.add
          local.get 0
          i32.add
          local.get 1
          i32.add
          local.get 0
          i32.add
        end
        local.get 2
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
