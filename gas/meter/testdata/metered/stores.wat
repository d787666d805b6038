(module
  (type (;0;) (func (param i32 i32)))
  (type (;1;) (func (param i32)))
  (import "hestia" "halt" (func (type 1)))
  (memory 1 1)
  (global (mut i32) (i32.const 8192))
  (global (mut i32) (i32.const 8192))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "memory" (memory 0))
  (export "group" (func 1))
  (export "single" (func 2))
  (export "aligned" (func 3))
  (export "lost" (func 4))
  (export "constant" (func 5))
  (export "__gas_left" (global 2))
  (export "__stack_left" (global 3))
  (func (;1;) (type 0) (local i64) (local i64) (local i32)
    block
      block
        global.get 3
        i32.const 376
        i32.lt_s
        br_if 0
        global.get 2
        local.set 2
        block
          local.get 2
          i64.const 29
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 29
          i64.sub
          local.set 2
          local.get 0
          i32.const 4095
          i32.and
          local.set 0
          local.get 0
          i64.const 1
          local.get 0
          i32.const 4095
          i32.and
          i32.const 4080
          i32.gt_u
          if
            i32.const 4096
            local.get 0
            i32.const 4095
            i32.and
            i32.sub
            local.tee 4
            i32.const 7
            i32.and
            i32.eqz
            i64.const 3
            local.get 4
            i32.const 3
            i32.shr_u
            i64.extend_i32_u
            i64.shr_u
            i32.wrap_i64
            i32.const 1
            i32.and
            i32.lt_u
            if
              local.get 2
              i64.const 400
              i64.lt_s
              if
                br 5
              end
              local.get 2
              i64.const 400
              i64.sub
              local.set 2
            end
          end
          i64.store offset=0 align=8
          local.get 0
          i32.const 2
          local.get 0
          i32.const 4094
          i32.add
          i32.const 4095
          i32.and
          i32.const 4092
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          i32.store offset=4094 align=4
          local.get 0
          i64.const 3
          i64.store offset=8 align=8
          local.get 0
          i32.const 4095
          i32.add
          i32.const 4
          local.get 0
          i32.const 4095
          i32.add
          i32.const 4095
          i32.and
          i32.const 4094
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          i32.store16 offset=0 align=2
          local.get 0
          i32.const 5
          i32.store8 offset=4095 align=1
          local.get 0
          local.get 0
          i32.add
          local.set 0
          local.get 0
          i64.const 6
          local.get 0
          i32.const 4093
          i32.add
          i32.const 4095
          i32.and
          i32.const 4092
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          i64.store32 offset=4093 align=4
        end
        local.get 2
        global.set 2
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
  (func (;2;) (type 0) (local i64) (local i64) (local i32) (local i64) (local i32)
    block
      block
        global.get 3
        i32.const 280
        i32.lt_s
        br_if 0
        global.get 2
        local.set 2
        block
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
          local.get 0
          i32.const 7
          i32.and
          i64.const 1
          local.set 5
          local.set 4
          local.get 4
          i32.const 4090
          i32.add
          i32.const 4095
          i32.and
          i32.const 4088
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          local.get 4
          local.get 5
          i64.store offset=4090 align=8
          local.get 0
          i32.const 7
          i32.and
          i32.const 4088
          i32.or
          local.get 0
          local.set 6
          local.set 4
          local.get 4
          i32.const 4095
          i32.and
          i32.const 4094
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          local.get 4
          local.get 6
          i32.store16 offset=0 align=2
        end
        local.get 2
        global.set 2
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
  (func (;3;) (type 0) (local i32) (local i32) (local i64)
    block
      block
        global.get 3
        i32.const 528
        i32.lt_s
        br_if 0
        global.get 2
        local.set 4
        block
          local.get 4
          i64.const 109
          i64.lt_s
          if
            br 3
          end
          local.get 4
          i64.const 109
          i64.sub
          local.set 4
          global.get 0
          i32.const 64
          i32.sub
          local.tee 2
          global.set 0
          local.get 2
          i64.const 1
          i64.store offset=8 align=8
          local.get 2
          local.get 0
          i32.const 7
          i32.and
          i32.const 2
          i32.shl
          i32.add
          local.get 0
          i32.store offset=0 align=4
          loop
            local.get 3
            i64.const 2
            i64.store offset=4096 align=8
            local.get 3
            i32.const 8
            i32.add
            local.tee 3
            i32.const 64
            i32.ne
            br_if 0
          end
          i32.const 4088
          i64.const 3
          i64.store offset=0 align=8
          local.get 2
          i32.const 64
          i32.add
          global.set 0
        end
        local.get 4
        global.set 2
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
  (func (;4;) (type 0) (local i32) (local i64) (local i64) (local i32) (local i32)
    block
      block
        global.get 3
        i32.const 432
        i32.lt_s
        br_if 0
        global.get 2
        local.set 3
        block
          local.get 3
          i64.const 30
          i64.sub
          local.set 3
          local.get 0
          if
            local.get 3
            i64.const 3
            i64.sub
            local.set 3
            i32.const 4090
            local.set 2
          end
          local.get 3
          i64.const 90
          i64.lt_s
          if
            br 3
          end
          local.get 3
          i64.const 90
          i64.sub
          local.set 3
          local.get 2
          i64.const 1
          local.get 2
          i32.const 4095
          i32.and
          i32.const 4088
          i32.gt_u
          if
            local.get 3
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 3
            i64.const 400
            i64.sub
            local.set 3
          end
          i64.store offset=0 align=8
          local.get 0
          i32.const 65535
          i32.and
          global.set 1
          global.get 1
          i32.const 4095
          i32.and
          local.get 0
          local.set 6
          local.set 5
          local.get 5
          i32.const 4095
          i32.and
          i32.const 4092
          i32.gt_u
          if
            local.get 3
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 3
            i64.const 400
            i64.sub
            local.set 3
          end
          local.get 5
          local.get 6
          i32.store offset=0 align=4
          i32.const 0
          local.set 2
          loop
            local.get 2
            i64.const 2
            local.get 2
            i32.const 4080
            i32.add
            i32.const 4095
            i32.and
            i32.const 4088
            i32.gt_u
            if
              local.get 3
              i64.const 400
              i64.lt_s
              if
                br 5
              end
              local.get 3
              i64.const 400
              i64.sub
              local.set 3
            end
            i64.store offset=4080 align=8
            local.get 2
            i32.const 3
            i32.add
            local.tee 2
            i32.const 30
            i32.lt_u
            br_if 0
          end
        end
        local.get 3
        global.set 2
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
  (func (;5;) (type 0) (local i64) (local i64) (local i32) (local i64)
    block
      block
        global.get 3
        i32.const 256
        i32.lt_s
        br_if 0
        global.get 2
        local.set 2
        block
          local.get 2
          i64.const 7
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 7
          i64.sub
          local.set 2
          i32.const 4088
          i64.const 1
          local.set 5
          local.set 4
          local.get 4
          i32.const 1
          i32.add
          i32.const 4095
          i32.and
          i32.const 4088
          i32.gt_u
          if
            local.get 2
            i64.const 400
            i64.lt_s
            if
              br 4
            end
            local.get 2
            i64.const 400
            i64.sub
            local.set 2
          end
          local.get 4
          local.get 5
          i64.store offset=1 align=8
          i32.const 4087
          i64.const 1
          i64.store offset=1 align=8
        end
        local.get 2
        global.set 2
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
