(module
  (type $0 (func (param i32) (result i64)))
  (type $1 (func (param i32) (result i32)))
  (type $2 (func (param i32 i32) (result i32)))
  (type $3 (func (param i32)))
  (type $4 (func (param i32)))
  (import "hestia" "halt" (func (type $4)))
  (global (mut i64) (i64.const 1000000))
  (global (mut i32) (i32.const 1048576))
  (export "sum" (func 1))
  (export "rotated" (func 2))
  (export "nested" (func 3))
  (export "never" (func 4))
  (export "traps" (func 5))
  (export "parameters" (func 6))
  (export "__gas_left" (global 0))
  (export "__stack_left" (global 1))
  (func (;1;) (type $0) (local i64)
    global.get 1
    i32.const 208
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i64)
      global.get 0
      i64.const 80
      i64.sub
      global.set 0
      global.get 0
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 0
      i32.const 63
      i32.and
      local.set 0
      block
        loop
          global.get 0
          i64.const 110
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          if
            i32.const 1
            call 0
            unreachable
          end
          local.get 0
          i32.eqz
          br_if 1
          global.get 0
          i64.const 180
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          if
            i32.const 1
            call 0
            unreachable
          end
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
      global.get 0
      i64.const 10
      i64.sub
      global.set 0
      global.get 0
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 1
    end
    global.get 1
    i32.const 208
    i32.add
    global.set 1
  )
  (func (;2;) (type $1) (local i32)
    global.get 1
    i32.const 224
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 0
      i64.const 80
      i64.sub
      global.set 0
      global.get 0
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 0
      i32.const 31
      i32.and
      local.set 0
      loop
        global.get 0
        i64.const 290
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
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
        br_if 0
        global.get 0
        i64.const 10
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
      end
      local.get 1
    end
    global.get 1
    i32.const 224
    i32.add
    global.set 1
  )
  (func (;3;) (type $2) (local i32) (local i32) (local i32)
    global.get 1
    i32.const 256
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 0
      i64.const 180
      i64.sub
      global.set 0
      global.get 0
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      local.get 0
      i32.const 7
      i32.and
      local.set 0
      local.get 1
      i32.const 7
      i32.and
      local.set 1
      loop
        global.get 0
        i64.const 20
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
        i32.const 0
        local.set 3
        loop
          global.get 0
          i64.const 140
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          if
            i32.const 1
            call 0
            unreachable
          end
          local.get 2
          local.get 3
          i32.xor
          i32.const 1
          i32.and
          if
            global.get 0
            i64.const 90
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            if
              i32.const 1
              call 0
              unreachable
            end
            local.get 4
            i32.const 1
            i32.add
            local.set 4
          else
            global.get 0
            i64.const 120
            i64.sub
            global.set 0
            global.get 0
            i64.const 0
            i64.lt_s
            if
              i32.const 1
              call 0
              unreachable
            end
            local.get 4
            i32.const 3
            i32.mul
            local.set 4
          end
          global.get 0
          i64.const 170
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          if
            i32.const 1
            call 0
            unreachable
          end
          local.get 3
          i32.const 1
          i32.add
          local.tee 3
          local.get 1
          i32.le_u
          br_if 0
          global.get 0
          i64.const 170
          i64.sub
          global.set 0
          global.get 0
          i64.const 0
          i64.lt_s
          if
            i32.const 1
            call 0
            unreachable
          end
        end
        local.get 2
        i32.const 1
        i32.add
        local.tee 2
        local.get 0
        i32.le_u
        br_if 0
        global.get 0
        i64.const 10
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
      end
      local.get 4
    end
    global.get 1
    i32.const 256
    i32.add
    global.set 1
  )
  (func (;4;) (type $3)
    global.get 1
    i32.const 160
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block
      loop
        global.get 0
        i64.const 60
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
        local.get 0
        br_if 0
      end
    end
    global.get 1
    i32.const 160
    i32.add
    global.set 1
  )
  (func (;5;) (type $1) (local i32)
    global.get 1
    i32.const 208
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 0
      i64.const 40
      i64.sub
      global.set 0
      global.get 0
      i64.const 0
      i64.lt_s
      if
        i32.const 1
        call 0
        unreachable
      end
      i32.const 5
      local.set 1
      loop
        global.get 0
        i64.const 850
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
        local.get 1
        i32.const 1
        i32.sub
        local.set 1
        local.get 0
        local.get 1
        i32.div_u
        local.set 0
        local.get 0
        br_if 0
        global.get 0
        i64.const 50
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
      end
      local.get 0
      local.get 1
      i32.add
    end
    global.get 1
    i32.const 208
    i32.add
    global.set 1
  )
  (func (;6;) (type $1)
    global.get 1
    i32.const 208
    i32.sub
    global.set 1
    global.get 1
    i32.const 0
    i32.lt_s
    if
      i32.const 2
      call 0
      unreachable
    end
    block (result i32)
      global.get 0
      i64.const 70
      i64.sub
      global.set 0
      global.get 0
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
      i32.const 1
      loop (type $1)
        global.get 0
        i64.const 280
        i64.sub
        global.set 0
        global.get 0
        i64.const 0
        i64.lt_s
        if
          i32.const 1
          call 0
          unreachable
        end
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
    global.get 1
    i32.const 208
    i32.add
    global.set 1
  )
)
