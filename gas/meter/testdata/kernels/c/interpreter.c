// A loop over a switch that interprets a small program, n times.
enum { PUSH, ADD, MUL, XOR, DUP, SWAP, DROP, SHIFT, LOAD, STORE, LOOP, STOP };
static const unsigned char code[] = {
	PUSH, 7, PUSH, 50, DUP, STORE, 1, SWAP, PUSH, 3, ADD, DUP, SHIFT, 5, XOR, PUSH, 9, MUL, LOAD, 1, ADD,
	SWAP, LOOP, 4, DROP, STOP,
};
static unsigned memory[16];

static unsigned interpret(unsigned seed) {
	unsigned stack[16], sp = 0, pc = 0, t;
	stack[sp++] = seed;
	for (;;) {
		switch (code[pc++]) {
		case PUSH: stack[sp++] = code[pc++]; break;
		case ADD: sp--; stack[sp - 1] += stack[sp]; break;
		case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
		case XOR: sp--; stack[sp - 1] ^= stack[sp]; break;
		case DUP: stack[sp] = stack[sp - 1]; sp++; break;
		case SWAP: t = stack[sp - 1]; stack[sp - 1] = stack[sp - 2]; stack[sp - 2] = t; break;
		case DROP: sp--; break;
		case SHIFT: stack[sp - 1] >>= code[pc++]; break;
		case LOAD: stack[sp++] = memory[code[pc++]]; break;
		case STORE: memory[code[pc++]] = stack[--sp]; break;
		case LOOP: pc = --stack[sp - 1] ? code[pc] : pc + 1; break;
		case STOP: return stack[sp - 1];
		}
	}
}

__attribute__((export_name("run"))) int run(int n) {
	unsigned r = 1;
	for (int i = 0; i < n; i++) r = interpret(r);
	return r;
}
