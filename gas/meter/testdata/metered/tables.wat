(module
  (type (;0;) (func (param i64)))
  (type (;1;) (func (result i32)))
  (type (;2;) (func (param i32) (result i32)))
  (type (;3;) (func (param i32 i32) (result i32)))
  (type (;4;) (func (param i32)))
  (import "env" "see" (func (type 0)))
  (import "hestia" "halt" (func (type 4)))
  (table 4 20 funcref)
  (table 2 9 externref)
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "switch" (func 4))
  (export "bulk" (func 5))
  (export "one by one" (func 6))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (elem func 2 3 0)
  (elem declare func 2)
  (func (;2;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 168
        i32.lt_s
        br_if 0
        global.get 0
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
          i32.const 1
        end
        local.get 0
        global.set 0
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
  (func (;3;) (type 1) (local i64)
    block
      block
        global.get 1
        i32.const 168
        i32.lt_s
        br_if 0
        global.get 0
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
          i32.const 2
        end
        local.get 0
        global.set 0
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
  (func (;4;) (type 2) (local i32) (local i64)
    block
      block
        global.get 1
        i32.const 272
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 14
          i64.sub
          local.set 2
          block
            block
              block
                block
                  local.get 0
                  br_table 3 2 1 2 0
                end
                local.get 2
                i64.const 3
                i64.sub
                local.set 2
                i32.const 40
                local.set 1
              end
              local.get 2
              i64.const 5
              i64.sub
              local.set 2
              local.get 1
              i32.const 30
              i32.add
              local.set 1
            end
            local.get 2
            i64.const 6
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 6
            i64.sub
            local.set 2
            local.get 1
            i32.const 20
            i32.add
            local.set 1
            local.get 1
            br_if 0
            i32.const 7
            local.get 2
            global.set 0
            return
          end
          local.get 2
          i64.const 2
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 2
          i64.sub
          local.set 2
          local.get 1
          i32.const 1
          i32.add
        end
        local.get 2
        global.set 0
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
  (func (;5;) (type 3) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 376
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 23
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 23
          i64.sub
          local.set 2
          local.get 0
          i32.const 3
          i32.and
          i32.const 0
          i32.const 2
          local.tee 4
          i64.extend_i32_u
          i64.const 1
          i64.mul
          local.tee 3
          local.get 2
          i64.gt_u
          br_if 2
          local.get 2
          local.get 3
          i64.sub
          local.set 2
          local.get 4
          table.init 0 0
          i32.const 0
          i32.const 1
          local.get 1
          i32.const 7
          i32.and
          local.tee 4
          i64.extend_i32_u
          i64.const 1
          i64.mul
          local.tee 3
          local.get 2
          i64.gt_u
          br_if 2
          local.get 2
          local.get 3
          i64.sub
          local.set 2
          local.get 4
          table.copy 0 0
          i32.const 1
          ref.func 2
          i32.const 2
          local.tee 4
          i64.extend_i32_u
          i64.const 1
          i64.mul
          local.tee 3
          local.get 2
          i64.gt_u
          br_if 2
          local.get 2
          local.get 3
          i64.sub
          local.set 2
          local.get 4
          table.fill 0
          elem.drop 0
          ref.null func
          local.get 1
          local.tee 4
          i64.extend_i32_u
          i64.const 1
          i64.mul
          i64.const 0
          local.get 4
          i64.extend_i32_u
          table.size 0
          i64.extend_i32_u
          i64.add
          i64.const 20
          i64.le_u
          select
          local.tee 3
          local.get 2
          i64.gt_u
          br_if 2
          local.get 2
          local.get 3
          i64.sub
          local.set 2
          local.get 4
          table.grow 0
          table.size 0
          i32.add
        end
        local.get 2
        global.set 0
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
  (func (;6;) (type 2) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 408
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 13
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          i32.const 1
          ref.func 2
          table.set 0
          i32.const 0
          i32.const 1
          table.get 1
          table.set 1
          local.get 0
          table.get 0
          ref.is_null
          if (result i32)
            global.get 0
            i64.const 3
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            ref.null extern
            local.get 0
            local.tee 2
            i64.extend_i32_u
            i64.const 1
            i64.mul
            i64.const 0
            local.get 2
            i64.extend_i32_u
            table.size 1
            i64.extend_i32_u
            i64.add
            i64.const 9
            i64.le_u
            select
            local.tee 1
            global.get 0
            i64.gt_u
            br_if 3
            global.get 0
            local.get 1
            i64.sub
            global.set 0
            local.get 2
            table.grow 1
          else
            local.get 0
            global.get 1
            i32.const 408
            i32.sub
            global.set 1
            call_indirect 0 (type 1)
            global.get 0
            i64.const 2
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            br_if 3
            global.get 1
            i32.const 408
            i32.add
            global.set 1
          end
        end
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
