(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i32 i32) (result i32)))
  (type (;2;) (func (param i32)))
  (import "hestia" "halt" (func (type 2)))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "one" (func 1))
  (export "two" (func 2))
  (export "skip" (func 3))
  (export "escape" (func 4))
  (export "returns" (func 5))
  (export "dead" (func 6))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (func (;1;) (type 0) (local i64)
    block
      block
        global.get 1
        i32.const 240
        i32.lt_s
        br_if 0
        global.get 0
        local.set 1
        block (result i32)
          local.get 1
          i64.const 8
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 8
          i64.sub
          local.set 1
          local.get 0
          i32.const 1
          i32.and
          if
            local.get 1
            i64.const 5
            i64.lt_s
            if
              br 4
            end
            local.get 1
            i64.const 5
            i64.sub
            local.set 1
            local.get 0
            i32.const 3
            i32.mul
            local.set 0
          end
          local.get 0
          i32.const 7
          i32.add
        end
        local.get 1
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
  (func (;2;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 232
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 9
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 9
          i64.sub
          local.set 2
          local.get 0
          local.get 1
          i32.lt_s
          if (result i32)
            local.get 1
            local.get 0
            i32.sub
          else
            local.get 0
            local.get 1
            i32.div_s
          end
        end
        local.get 2
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
  (func (;3;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 256
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 6
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 6
          i64.sub
          local.set 2
          block
            local.get 0
            i32.eqz
            br_if 0
            local.get 2
            i64.const 8
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 8
            i64.sub
            local.set 2
            local.get 1
            local.get 0
            i32.xor
            local.set 1
            local.get 1
            i32.const 100
            i32.gt_u
            br_if 0
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
            i32.const 11
            i32.add
            local.set 1
          end
          local.get 1
        end
        local.get 2
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
  (func (;4;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 248
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 13
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 13
          i64.sub
          local.set 2
          block
            block
              local.get 0
              i32.eqz
              br_if 0
              local.get 0
              local.get 1
              i32.eq
              br_if 1
              local.get 2
              i64.const 7
              i64.sub
              local.set 2
              i32.const 5
              local.set 1
            end
            local.get 2
            i64.const 1
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 1
            i64.sub
            local.set 2
            local.get 0
            local.get 1
            i32.add
            local.set 0
          end
          local.get 0
          local.get 0
          i32.mul
        end
        local.get 2
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
  (func (;5;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 256
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 4
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 4
          i64.sub
          local.set 2
          local.get 0
          if
            i32.const 1
            local.get 2
            global.set 0
            return
          end
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
          block (result i32)
            local.get 1
            local.get 1
            i32.const 1
            i32.eq
            br_if 0
            local.get 2
            i64.const 2
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 2
            i64.sub
            local.set 2
            drop
            i32.const 2
            local.get 2
            global.set 0
            return
            i32.add
          end
        end
        local.get 2
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
  (func (;6;) (type 0) (local i64)
    block
      block
        global.get 1
        i32.const 184
        i32.lt_s
        br_if 0
        global.get 0
        local.set 1
        block (result i32)
          local.get 1
          i64.const 6
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 6
          i64.sub
          local.set 1
          block
            br 0
            block
              local.get 0
              br_if 1
              loop
                br 0
              end
            end
            unreachable
          end
          local.get 0
          if
            i32.const 3
            local.get 1
            global.set 0
            return
            nop
          else
            unreachable
            i32.const 4
            drop
          end
          i32.const 9
        end
        local.get 1
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
