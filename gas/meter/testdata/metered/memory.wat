(module
  (type $0 (func (param i32) (result i32)))
  (type $1 (func (param i32 i32) (result i32)))
  (type $2 (func (param i32 i32) (result i64)))
  (type $3 (func (param i32)))
  (import "hestia" "halt" (func (type $3)))
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
  (func (;1;) (type $0) (local i32) (local i64)
    global.get 2
    i32.const 208
    i32.sub
    global.set 2
    global.get 2
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 1
      i64.const 100200
      i64.sub
      global.set 1
      global.get 1
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 0
      local.tee 1
      i64.extend_i32_u
      i64.const 1000000
      i64.mul
      local.tee 2
      global.get 1
      i64.gt_u
      if
        i32.const 1
        call 0
        unreachable
      end
      global.get 1
      local.get 2
      i64.sub
      global.set 1
      local.get 1
      memory.grow
      memory.size
      i32.const 100
      i32.mul
      i32.add
    end
    global.get 2
    i32.const 208
    i32.add
    global.set 2
  )
  (func (;2;) (type $1) (local i32) (local i64)
    global.get 2
    i32.const 240
    i32.sub
    global.set 2
    global.get 2
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 1
      i64.const 4260
      i64.sub
      global.set 1
      global.get 1
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      global.get 0
      i32.const 8
      local.get 0
      local.tee 2
      i64.extend_i32_u
      i64.const 3
      i64.mul
      local.tee 3
      global.get 1
      i64.gt_u
      if
        i32.const 1
        call 0
        unreachable
      end
      global.get 1
      local.get 3
      i64.sub
      global.set 1
      local.get 2
      memory.copy
      i32.const 300
      local.get 1
      local.get 0
      i32.const 255
      i32.and
      local.tee 2
      i64.extend_i32_u
      i64.const 3
      i64.mul
      local.tee 3
      global.get 1
      i64.gt_u
      if
        i32.const 1
        call 0
        unreachable
      end
      global.get 1
      local.get 3
      i64.sub
      global.set 1
      local.get 2
      memory.fill
      i32.const 301
      i32.load8_s offset=0 align=1
    end
    global.get 2
    i32.const 240
    i32.add
    global.set 2
  )
  (func (;3;) (type $2) (local i32) (local i64)
    global.get 2
    i32.const 224
    i32.sub
    global.set 2
    global.get 2
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i64)
      global.get 1
      i64.const 60
      i64.sub
      global.set 1
      global.get 1
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 1
      if
        global.get 1
        i64.const 3000
        i64.sub
        global.set 1
        global.get 1
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
        data.drop 1
      end
      global.get 1
      i64.const 3210
      i64.sub
      global.set 1
      global.get 1
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      i32.const 200
      i32.const 1
      local.get 0
      local.tee 2
      i64.extend_i32_u
      i64.const 3
      i64.mul
      local.tee 3
      global.get 1
      i64.gt_u
      if
        i32.const 1
        call 0
        unreachable
      end
      global.get 1
      local.get 3
      i64.sub
      global.set 1
      local.get 2
      memory.init 1
      i32.const 50
      global.set 0
      i32.const 199
      i64.load offset=1 align=1
    end
    global.get 2
    i32.const 224
    i32.add
    global.set 2
  )
  (func (;4;) (type $0) (local i32) (local i64)
    global.get 2
    i32.const 208
    i32.sub
    global.set 2
    global.get 2
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 1
      i64.const 60
      i64.sub
      global.set 1
      global.get 1
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 0
      i32.const 15
      i32.and
      local.set 0
      loop
        global.get 1
        i64.const 2250
        i64.sub
        global.set 1
        global.get 1
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
        local.get 0
        local.get 0
        local.get 0
        local.tee 1
        i64.extend_i32_u
        i64.const 3
        i64.mul
        local.tee 2
        global.get 1
        i64.gt_u
        if
          i32.const 1
          call 0
          unreachable
        end
        global.get 1
        local.get 2
        i64.sub
        global.set 1
        local.get 1
        memory.fill
        local.get 0
        local.get 0
        i32.store16 offset=2 align=2
        local.get 0
        i32.const 1
        i32.shr_u
        local.tee 0
        br_if 0
        global.get 1
        i64.const 110
        i64.sub
        global.set 1
        global.get 1
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
      end
      i32.const 1
      i32.load offset=0 align=4
    end
    global.get 2
    i32.const 208
    i32.add
    global.set 2
  )
  (data (offset (i32.const 8)) "some words to copy")
  (data "passive words")
)
