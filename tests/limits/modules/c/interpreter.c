#include "base.h"
enum {
	HALT,
	PUSH,
	ADD,
	SUB,
	MUL,
	DIV,
	MOD,
	AND,
	OR,
	XOR,
	SHL,
	SHR,
	SAR,
	NOT,
	EQ,
	LT,
	GT,
	SLT,
	JUMP,
	JUMPI,
	DUP,
	SWAP,
	POP,
	LOAD,
	STORE,
	LOAD8,
	STORE8,
	CALL,
	RET,
	PC,
	SIZE,
	ROTL,
	CLZ,
	CTZ,
	COUNT,
	MIN,
	MAX,
	ABS,
	SEL,
	NEG
};
EXPORT i64 run(const u8 *code, u32 size_of_code, u8 *memory, u64 gas) {
	u64 stack[64], *sp = stack;
	u32 pc = 0, returns[16], depth = 0;
	while (pc < size_of_code && gas--) {
		u8 op = code[pc++];
		if (sp > stack + 60 || (sp < stack + 3 && op > PUSH && op != JUMP)) return -1;
		switch (op) {
			case HALT: return (i64)sp[-1];
			case PUSH: {
				u64 v = 0;
				for (int i = 0; i < 8; i++) v = v << 8 | code[pc++];
				*sp++ = v;
				break;
			}
			case ADD: sp--, sp[-1] += *sp; break;
			case SUB: sp--, sp[-1] -= *sp; break;
			case MUL: sp--, sp[-1] *= *sp; break;
			case DIV: sp--, sp[-1] = *sp ? sp[-1] / *sp : 0; break;
			case MOD: sp--, sp[-1] = *sp ? sp[-1] % *sp : 0; break;
			case AND: sp--, sp[-1] &= *sp; break;
			case OR: sp--, sp[-1] |= *sp; break;
			case XOR: sp--, sp[-1] ^= *sp; break;
			case SHL: sp--, sp[-1] <<= *sp & 63; break;
			case SHR: sp--, sp[-1] >>= *sp & 63; break;
			case SAR: sp--, sp[-1] = (u64)((i64)sp[-1] >> (*sp & 63)); break;
			case NOT: sp[-1] = ~sp[-1]; break;
			case EQ: sp--, sp[-1] = sp[-1] == *sp; break;
			case LT: sp--, sp[-1] = sp[-1] < *sp; break;
			case GT: sp--, sp[-1] = sp[-1] > *sp; break;
			case SLT: sp--, sp[-1] = (i64)sp[-1] < (i64)*sp; break;
			case JUMP: pc = (u32) * --sp; break;
			case JUMPI:
				sp -= 2;
				if (sp[1]) pc = (u32)sp[0];
				break;
			case DUP: *sp = sp[-1 - (i32)(code[pc++] & 1)], sp++; break;
			case SWAP: {
				u64 t = sp[-1];
				sp[-1] = sp[-2], sp[-2] = t;
				break;
			}
			case POP: sp--; break;
			case LOAD: sp[-1] = *(u64 *)(memory + (sp[-1] & 0xfff8)); break;
			case STORE: sp -= 2, *(u64 *)(memory + (sp[0] & 0xfff8)) = sp[1]; break;
			case LOAD8: sp[-1] = memory[sp[-1] & 0xffff]; break;
			case STORE8: sp -= 2, memory[sp[0] & 0xffff] = (u8)sp[1]; break;
			case CALL:
				if (depth == 16) return -2;
				returns[depth++] = pc, pc = (u32) * --sp;
				break;
			case RET:
				if (!depth) return (i64)sp[-1];
				pc = returns[--depth];
				break;
			case PC: *sp++ = pc; break;
			case SIZE: *sp++ = size_of_code; break;
			case ROTL: sp--, sp[-1] = rol64(sp[-1], (int)*sp & 63); break;
			case CLZ: sp[-1] = (u64)__builtin_clzll(sp[-1] | 1); break;
			case CTZ: sp[-1] = (u64)__builtin_ctzll(sp[-1] | 1); break;
			case COUNT: sp[-1] = (u64)__builtin_popcountll(sp[-1]); break;
			case MIN:
				sp--;
				if (*sp < sp[-1]) sp[-1] = *sp;
				break;
			case MAX:
				sp--;
				if (*sp > sp[-1]) sp[-1] = *sp;
				break;
			case ABS:
				if ((i64)sp[-1] < 0) sp[-1] = -sp[-1];
				break;
			case SEL: sp -= 2, sp[-1] = sp[-1] ? sp[0] : sp[1]; break;
			case NEG: sp[-1] = -sp[-1]; break;
			default: return -3;
		}
	}
	return -4;
}
