(module
  (type (;0;) (func (param i32 i64) (result i32)))
  (type (;1;) (func (param i32 i32) (result i32)))
  (type (;2;) (func (param i32) (result i32)))
  (type (;3;) (func (param i32)))
  (import "env" "ask" (func (type 0)))
  (import "hestia" "halt" (func (type 3)))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "dispatch" (func 2))
  (export "half" (func 3))
  (export "after" (func 5))
  (export "leaves" (func 6))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (func (;2;) (type 1) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 464
        i32.lt_s
        br_if 0
        global.get 0
        local.set 3
        block (result i32)
          local.get 3
          i64.const 17
          i64.sub
          local.set 3
          local.get 0
          i32.const 31
          i32.and
          local.set 0
          block
            loop
              local.get 2
              i32.const 7
              i32.add
              local.set 2
              loop
                local.get 3
                i64.const 0
                i64.lt_s
                br_if 5
                local.get 0
                i32.eqz
                br_if 2
                local.get 3
                i64.const 21
                i64.sub
                local.set 3
                local.get 0
                i32.const 1
                i32.sub
                local.set 0
                block
                  block
                    local.get 1
                    i32.const 3
                    i32.rotr
                    local.tee 1
                    i32.const 7
                    i32.and
                    local.set 5
                    block
                      local.get 5
                      br_table 3 0 1 2 3
                    end
                    local.get 3
                    i64.const 5
                    i64.sub
                    local.set 3
                    local.get 3
                    i64.const 0
                    i64.ge_s
                    br_if 3
                    br 7
                  end
                  local.get 3
                  i64.const 5
                  i64.sub
                  local.set 3
                  local.get 2
                  i32.const 3
                  i32.mul
                  local.set 2
                  br 1
                end
                local.get 3
                i64.const 5
                i64.sub
                local.set 3
                local.get 2
                local.get 1
                i32.xor
                local.set 2
                br 0
              end
            end
          end
          local.get 2
        end
        local.get 3
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
  (func (;3;) (type 1) (local i32) (local i32) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 448
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
          i64.const 1
          global.get 1
          i32.const 448
          i32.sub
          global.set 1
          call 0
          global.get 0
          i64.const 10
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          local.set 2
          local.get 0
          i32.const 15
          i32.and
          local.set 0
          local.get 0
          if
            global.get 0
            local.set 4
            local.get 4
            i64.const 13
            i64.lt_s
            if
              br 4
            end
            local.get 4
            i64.const 13
            i64.sub
            local.set 4
            loop
              block
                local.get 2
                i32.const 3
                i32.and
                local.get 0
                i32.eq
                if
                  i32.const 5
                  local.set 3
                  br 1
                end
                local.get 4
                i64.const 15
                i64.sub
                local.set 4
                local.get 3
                local.get 2
                i32.mul
                local.get 1
                i32.add
                local.set 3
                local.get 2
                i32.const 1
                i32.shr_u
                local.set 2
                local.get 0
                i32.const 1
                i32.sub
                local.tee 0
                i32.const 0
                i32.gt_s
                i32.eqz
                local.set 6
                block
                  local.get 6
                  br_if 0
                  local.get 4
                  i64.const 9
                  i64.sub
                  local.set 4
                  local.get 4
                  i64.const 0
                  i64.ge_s
                  br_if 2
                  br 6
                end
              end
            end
            local.get 4
            i64.const 0
            i64.lt_s
            if
              br 4
            end
            local.get 4
            global.set 0
          end
          local.get 3
          i64.const 2
          call 0
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
        i32.const 448
        i32.add
        global.set 1
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
  (func (;4;) (type 2)
    local.get 0
    i32.const 5
    i32.mul
  )
  (func (;5;) (type 1) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 552
        i32.lt_s
        br_if 0
        block (result i32)
          global.get 0
          i64.const 22
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          br_if 2
          local.get 0
          call 4
          global.get 0
          local.set 2
          i32.const 63
          i32.and
          local.set 0
          loop
            local.get 0
            i32.const 1
            i32.and
            if
              local.get 2
              i64.const 5
              i64.sub
              local.set 2
              local.get 1
              i32.const 1
              i32.add
              local.set 1
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
              i64.const 9
              i64.sub
              local.set 2
              local.get 2
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
          end
          local.get 2
          i64.const 0
          i64.lt_s
          if
            br 3
          end
          local.get 2
          global.set 0
          local.get 1
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
  (func (;6;) (type 1) (local i64) (local i64) (local i32)
    block
      block
        global.get 1
        i32.const 344
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
          loop
            local.get 0
            i32.const 1
            i32.and
            if
              local.get 0
              local.get 1
              i32.add
              local.get 2
              global.set 0
              return
            end
            local.get 2
            i64.const 8
            i64.sub
            local.set 2
            local.get 0
            i32.const 2
            i32.and
            if
              local.get 2
              i64.const 5
              i64.sub
              local.set 2
              local.get 1
              i32.const 1
              i32.add
              local.set 1
            end
            local.get 0
            i32.const 2
            i32.shr_u
            local.tee 0
            i32.eqz
            local.set 4
            block
              local.get 4
              br_if 0
              local.get 2
              i64.const 5
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
        i64.const 0
        i64.lt_s
        if
          br 2
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
)
