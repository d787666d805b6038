(module
  (type (;0;) (func (param i32) (result i64)))
  (type (;1;) (func (param i32) (result i32)))
  (type (;2;) (func (param i32 i32) (result i32)))
  (type (;3;) (func (param i32)))
  (type (;4;) (func (param i32)))
  (import "hestia" "halt" (func (type 4)))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "sum" (func 1))
  (export "rotated" (func 2))
  (export "nested" (func 3))
  (export "never" (func 4))
  (export "traps" (func 5))
  (export "parameters" (func 6))
  (export "constant" (func 7))
  (export "set" (func 8))
  (export "again" (func 9))
  (export "idle" (func 10))
  (export "idle_operand" (func 11))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (func (;1;) (type 0) (local i64) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 328
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i64)
          local.get 2
          i64.const 12
          i64.sub
          local.set 2
          local.get 0
          i32.const 63
          i32.and
          local.set 0
          block
            local.get 0
            i32.const 0
            i32.sub
            i64.extend_i32_u
            i64.const 13
            i64.mul
            local.tee 3
            local.get 2
            i64.gt_s
            br_if 3
            local.get 2
            local.get 3
            i64.sub
            local.set 2
            loop
              local.get 0
              i32.eqz
              br_if 1
              local.get 1
              local.get 0
              i64.extend_i32_u
              i64.add
              local.set 1
              local.get 0
              i32.const 1
              i32.sub
              local.set 0
              br 0
            end
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
  (func (;2;) (type 1) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 336
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 20
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 20
          i64.sub
          local.set 2
          local.get 0
          i32.const 31
          i32.and
          local.set 0
          loop
            local.get 1
            local.get 0
            local.get 0
            i32.mul
            i32.add
            local.set 1
            local.get 0
            i32.const 1
            i32.shr_u
            local.tee 0
            i32.eqz
            local.set 4
            block
              local.get 4
              br_if 0
              local.get 2
              i64.const 11
              i64.sub
              local.set 2
              local.get 2
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
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
  (func (;3;) (type 2) (local i32) (local i32) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 528
        i32.lt_s
        br_if 0
        global.get 0
        local.set 5
        block (result i32)
          local.get 5
          i64.const 44
          i64.lt_s
          if
            br 3
          end
          local.get 5
          i64.const 44
          i64.sub
          local.set 5
          local.get 0
          i32.const 7
          i32.and
          local.set 0
          local.get 1
          i32.const 7
          i32.and
          local.set 1
          loop
            i32.const 0
            local.set 3
            loop
              local.get 2
              local.get 3
              i32.xor
              i32.const 1
              i32.and
              if
                local.get 4
                i32.const 1
                i32.add
                local.set 4
              else
                local.get 4
                i32.const 3
                i32.mul
                local.set 4
              end
              local.get 3
              i32.const 1
              i32.add
              local.tee 3
              local.get 1
              i32.le_u
              i32.eqz
              local.set 7
              block
                local.get 7
                br_if 0
                local.get 5
                i64.const 18
                i64.sub
                local.set 5
                local.get 5
                i64.const 0
                i64.ge_s
                br_if 1
                br 5
              end
            end
            local.get 2
            i32.const 1
            i32.add
            local.tee 2
            local.get 0
            i32.le_u
            i32.eqz
            local.set 7
            block
              local.get 7
              br_if 0
              local.get 5
              i64.const 29
              i64.sub
              local.set 5
              local.get 5
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
          end
          local.get 4
        end
        local.get 5
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
  (func (;4;) (type 3) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 224
        i32.lt_s
        br_if 0
        global.get 0
        local.set 1
        block
          local.get 1
          i64.const 5
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 5
          i64.sub
          local.set 1
          loop
            local.get 0
            i32.eqz
            local.set 3
            block
              local.get 3
              br_if 0
              local.get 1
              i64.const 2
              i64.sub
              local.set 1
              local.get 1
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
          end
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
  (func (;5;) (type 1) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 312
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 19
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 19
          i64.sub
          local.set 2
          i32.const 5
          local.set 1
          loop
            local.get 1
            i32.const 1
            i32.sub
            local.set 1
            local.get 0
            local.get 1
            i32.div_u
            local.set 0
            local.get 0
            i32.eqz
            local.set 4
            block
              local.get 4
              br_if 0
              local.get 2
              i64.const 10
              i64.sub
              local.set 2
              local.get 2
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
          end
          local.get 0
          local.get 1
          i32.add
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
  (func (;6;) (type 1) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 344
        i32.lt_s
        br_if 0
        global.get 0
        local.set 1
        block (result i32)
          local.get 1
          i64.const 8
          i64.sub
          local.set 1
          local.get 0
          i32.const 15
          i32.and
          local.set 0
          i32.const 1
          local.get 0
          i32.const -1
          i32.add
          i32.const 0
          i32.sub
          i64.extend_i32_u
          i64.const 0
          local.get 0
          i32.const -1
          i32.add
          i32.const 0
          i32.gt_s
          select
          i64.const 10
          i64.mul
          i64.const 10
          i64.add
          local.tee 2
          local.get 1
          i64.gt_s
          br_if 2
          local.get 1
          local.get 2
          i64.sub
          local.set 1
          loop (type 1)
            i32.const 3
            i32.mul
            local.get 0
            i32.const 1
            i32.sub
            local.set 0
            local.get 0
            i32.const 0
            i32.gt_s
            br_if 0
          end
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
  (func (;7;) (type 1) (local i32) (local i32) (local i32) (local i64)
    block
      block
        global.get 1
        i32.const 480
        i32.lt_s
        br_if 0
        global.get 0
        local.set 4
        block (result i32)
          local.get 4
          i64.const 324
          i64.lt_s
          if
            br 3
          end
          local.get 4
          i64.const 324
          i64.sub
          local.set 4
          loop
            i32.const 10
            local.set 2
            loop
              local.get 3
              local.get 1
              local.get 2
              i32.mul
              i32.add
              local.set 3
              local.get 2
              i32.const 3
              i32.sub
              local.tee 2
              i32.const 0
              i32.gt_s
              br_if 0
            end
            local.get 1
            i32.const 1
            i32.add
            local.tee 1
            i32.const 5
            i32.lt_u
            br_if 0
          end
          local.get 0
          local.get 3
          i32.add
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
  (func (;8;) (type 1) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 328
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 16
          i64.sub
          local.set 2
          local.get 0
          i32.const 1
          i32.and
          if
            local.get 2
            i64.const 3
            i64.sub
            local.set 2
            i32.const 3
            local.set 1
          end
          i32.const 9
          local.get 1
          i32.const 1
          i32.add
          i32.sub
          i64.extend_i32_u
          i64.const 0
          local.get 1
          i32.const 1
          i32.add
          i32.const 9
          i32.lt_u
          select
          i64.const 7
          i64.mul
          local.tee 3
          local.get 2
          i64.gt_s
          br_if 2
          local.get 2
          local.get 3
          i64.sub
          local.set 2
          loop
            local.get 1
            i32.const 1
            i32.add
            local.tee 1
            i32.const 9
            i32.lt_u
            br_if 0
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
  (func (;9;) (type 1) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 384
        i32.lt_s
        br_if 0
        global.get 0
        local.set 2
        block (result i32)
          local.get 2
          i64.const 19
          i64.sub
          local.set 2
          loop
            i32.const 5
            local.get 1
            i32.const 1
            i32.add
            i32.sub
            i64.extend_i32_u
            i64.const 0
            local.get 1
            i32.const 1
            i32.add
            i32.const 5
            i32.lt_u
            select
            i64.const 7
            i64.mul
            local.tee 3
            local.get 2
            i64.gt_s
            br_if 3
            local.get 2
            local.get 3
            i64.sub
            local.set 2
            loop
              local.get 1
              i32.const 1
              i32.add
              local.tee 1
              i32.const 5
              i32.lt_u
              br_if 0
            end
            local.get 0
            i32.const 1
            i32.shr_u
            local.tee 0
            i32.eqz
            local.set 4
            block
              local.get 4
              br_if 0
              local.get 2
              i64.const 14
              i64.sub
              local.set 2
              local.get 2
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
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
  (func (;10;) (type 2) (local i64) (local i64) (local i32)
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
            local.get 1
            local.get 2
            global.set 0
            return
          end
          loop
            block
              nop
            end
            local.get 2
            i64.const 40
            i64.sub
            local.set 2
            local.get 2
            i64.const 0
            i64.ge_s
            br_if 0
            br 3
          end
          unreachable
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
  (func (;11;) (type 2) (local i64) (local i64) (local i32)
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
            local.get 1
            local.get 2
            global.set 0
            return
          end
          local.get 1
          loop (type 1)
            local.get 2
            i64.const 40
            i64.sub
            local.set 2
            local.get 2
            i64.const 0
            i64.ge_s
            br_if 0
            br 3
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
)
