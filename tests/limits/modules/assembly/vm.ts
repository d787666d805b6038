// A stack machine with a switch over its instructions.
export function run(code: usize, length: i32, memory: usize): i64 {
  const stack = new StaticArray<i64>(64)
  let sp = 0, pc = 0, steps = 100000
  while (pc < length && steps-- > 0 && sp >= 2 || pc == 0) {
    if (sp > 60) return -1
    switch (load<u8>(code + pc++)) {
      case 0: return stack[0]
      case 1: stack[sp++] = load<i64>(code + pc); pc += 8; break
      case 2: sp--; stack[sp - 1] += stack[sp]; break
      case 3: sp--; stack[sp - 1] -= stack[sp]; break
      case 4: sp--; stack[sp - 1] *= stack[sp]; break
      case 5: sp--; stack[sp - 1] = stack[sp] ? stack[sp - 1] / (stack[sp] | 1) : 0; break
      case 6: sp--; stack[sp - 1] &= stack[sp]; break
      case 7: sp--; stack[sp - 1] |= stack[sp]; break
      case 8: sp--; stack[sp - 1] ^= stack[sp]; break
      case 9: sp--; stack[sp - 1] <<= stack[sp]; break
      case 10: sp--; stack[sp - 1] >>= stack[sp]; break
      case 11: sp--; stack[sp - 1] = i64(u64(stack[sp - 1]) >> u64(stack[sp])); break
      case 12: stack[sp - 1] = ~stack[sp - 1]; break
      case 13: sp--; stack[sp - 1] = i64(stack[sp - 1] == stack[sp]); break
      case 14: sp--; stack[sp - 1] = i64(stack[sp - 1] < stack[sp]); break
      case 15: stack[sp] = stack[sp - 1]; sp++; break
      case 16: { const t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break }
      case 17: sp--; break
      case 18: pc = i32(stack[--sp]); break
      case 19: sp -= 2; if (stack[sp + 1]) pc = i32(stack[sp]); break
      case 20: stack[sp - 1] = load<i64>(memory + usize(stack[sp - 1] & 0xfff8)); break
      case 21: sp -= 2; store<i64>(memory + usize(stack[sp] & 0xfff8), stack[sp + 1]); break
      case 22: stack[sp - 1] = popcnt(stack[sp - 1]); break
      case 23: stack[sp - 1] = clz(stack[sp - 1]); break
      default: return -2
    }
  }
  return stack[max(sp - 1, 0)]
}
