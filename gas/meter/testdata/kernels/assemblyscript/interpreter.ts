// A loop over a switch that interprets a small program, n times.
const PUSH: u8 = 0, ADD: u8 = 1, MUL: u8 = 2, XOR: u8 = 3, DUP: u8 = 4, SWAP: u8 = 5, DROP: u8 = 6, SHIFT: u8 = 7
const LOAD: u8 = 8, STORE: u8 = 9, LOOP: u8 = 10, STOP: u8 = 11
const code: StaticArray<u8> = [
  PUSH, 7, PUSH, 50, DUP, STORE, 1, SWAP, PUSH, 3, ADD, DUP, SHIFT, 5, XOR, PUSH, 9, MUL, LOAD, 1, ADD,
  SWAP, LOOP, 4, DROP, STOP
]
const cells = new StaticArray<u32>(16)
const stack = new StaticArray<u32>(16)

function interpret(seed: u32): u32 {
  let sp = 0, pc = 0
  stack[sp++] = seed
  while (true) {
    switch (code[pc++]) {
      case PUSH: stack[sp++] = code[pc++]; break
      case ADD: sp--; stack[sp - 1] += stack[sp]; break
      case MUL: sp--; stack[sp - 1] *= stack[sp]; break
      case XOR: sp--; stack[sp - 1] ^= stack[sp]; break
      case DUP: stack[sp] = stack[sp - 1]; sp++; break
      case SWAP: {
        const t = stack[sp - 1]
        stack[sp - 1] = stack[sp - 2]
        stack[sp - 2] = t
        break
      }
      case DROP: sp--; break
      case SHIFT: stack[sp - 1] >>= code[pc++]; break
      case LOAD: stack[sp++] = cells[code[pc++]]; break
      case STORE: cells[code[pc++]] = stack[--sp]; break
      case LOOP: pc = --stack[sp - 1] ? code[pc] : pc + 1; break
      default: return stack[sp - 1]
    }
  }
  return 0
}

export function run(n: i32): u32 {
  let r: u32 = 1
  for (let i = 0; i < n; i++) r = interpret(r)
  return r
}
