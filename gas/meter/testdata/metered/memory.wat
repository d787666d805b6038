(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i32 i32) (result i32)))
  (type (;2;) (func (param i32 i32) (result i64)))
  (type (;3;) (func (param i32)))
  (import "hestia" "halt" (func (type 3)))
  (memory 1 4)
  (global (mut i32) (i32.const 100))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "memory" (memory 0))
  (export "grow" (func 1))
  (export "copy" (func 2))
  (export "init" (func 3))
  (export "loop" (func 4))
  (export "__gas_left" (global 1))
  (export "__stack_left" (global 2))
  (func (;1;) (type 0) (local i64) (local i64) (local i32)
    block
      block
        global.get 2
        i32.const 256
        i32.lt_s
        br_if 0
        global.get 1
        local.set 1
        block (result i32)
          local.get 1
          i64.const 7
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 7
          i64.sub
          local.set 1
          local.get 0
          local.tee 3
          i64.extend_i32_u
          i64.const 1000
          i64.mul
          i64.const 0
          local.get 3
          i64.extend_i32_u
          memory.size
          i64.extend_i32_u
          i64.add
          i64.const 4
          i64.le_u
          select
          local.tee 2
          local.get 1
          i64.gt_u
          br_if 2
          local.get 1
          local.get 2
          i64.sub
          local.set 1
          local.get 3
          memory.grow
          memory.size
          i32.const 100
          i32.mul
          i32.add
        end
        local.get 1
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
  (func (;2;) (type 1) (local i64) (local i64) (local i32)
    block
      block
        global.get 2
        i32.const 320
        i32.lt_s
        br_if 0
        global.get 1
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
          global.get 0
          i32.const 8
          local.get 0
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
          memory.copy
          i32.const 300
          local.get 1
          local.get 0
          i32.const 255
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
          memory.fill
          i32.const 301
          i32.load8_s offset=0 align=1
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
  (func (;3;) (type 2) (local i64) (local i64) (local i32)
    block
      block
        global.get 2
        i32.const 288
        i32.lt_s
        br_if 0
        global.get 1
        local.set 2
        block (result i64)
          local.get 2
          i64.const 11
          i64.lt_s
          if
            br 3
          end
          local.get 2
          i64.const 11
          i64.sub
          local.set 2
          local.get 1
          if
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
            data.drop 1
          end
          i32.const 200
          i32.const 1
          local.get 0
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
          memory.init 1
          i32.const 50
          global.set 0
          i32.const 199
          i64.load offset=1 align=1
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
  (func (;4;) (type 0) (local i64) (local i64) (local i32)
    block
      block
        global.get 2
        i32.const 352
        i32.lt_s
        br_if 0
        global.get 1
        local.set 1
        block (result i32)
          local.get 1
          i64.const 21
          i64.lt_s
          if
            br 3
          end
          local.get 1
          i64.const 21
          i64.sub
          local.set 1
          local.get 0
          i32.const 15
          i32.and
          local.set 0
          loop
            local.get 0
            local.get 0
            local.get 0
            local.tee 3
            i64.extend_i32_u
            i64.const 1
            i64.mul
            local.tee 2
            local.get 1
            i64.gt_u
            br_if 3
            local.get 1
            local.get 2
            i64.sub
            local.set 1
            local.get 3
            memory.fill
            local.get 0
            local.get 0
            local.get 0
            i32.const 2
            i32.add
            i32.const 4095
            i32.and
            i32.const 4094
            i32.gt_u
            if
              local.get 1
              i64.const 400
              i64.lt_s
              if
                br 5
              end
              local.get 1
              i64.const 400
              i64.sub
              local.set 1
            end
            i32.store16 offset=2 align=2
            local.get 0
            i32.const 1
            i32.shr_u
            local.tee 0
            i32.eqz
            local.set 3
            block
              local.get 3
              br_if 0
              local.get 1
              i64.const 12
              i64.sub
              local.set 1
              local.get 1
              i64.const 0
              i64.ge_s
              br_if 1
              br 4
            end
          end
          i32.const 1
          i32.load offset=0 align=4
        end
        local.get 1
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
  (data (offset (i32.const 8)) "some words to copy")
  (data "passive words")
)
