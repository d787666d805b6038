#include "base.h"
// Thompson's construction: a pattern becomes a program, which all its states run at once.
enum { CHAR, ANY, SET, SPLIT, JUMP, BEGIN, END, MATCH };
typedef struct {
	u8 op, c;
	u16 x, y;
} inst;
static inst program[256];
static u32 sets[32][8], length, nsets;
static const char *p;
static void alternatives(void);
static void atom(void) {
	inst *i = &program[length++ & 255];
	switch (*p) {
		case '(':
			length--, p++, alternatives();
			if (*p) p++;
			return;
		case '.': i->op = ANY, p++; return;
		case '^': i->op = BEGIN, p++; return;
		case '$': i->op = END, p++; return;
		case '[': {
			u32 *s = sets[nsets & 31], negated = *++p == '^';
			i->op = SET, i->x = nsets++ & 31;
			if (negated) p++;
			for (; *p && *p != ']'; p++) {
				u8 from = (u8)*p, to = from;
				if (p[1] == '-' && p[2] && p[2] != ']') to = (u8)p[2], p += 2;
				for (u32 c = from; c <= to; c++) s[c / 32] |= 1u << c % 32;
			}
			if (*p) p++;
			for (int k = 0; negated && k < 8; k++) s[k] = ~s[k];
			return;
		}
		case '\\':
			if (p[1]) p++; // fall through
		default: i->op = CHAR, i->c = (u8)*p++;
	}
}
static void repeat(void) {
	u32 at = length;
	atom();
	for (; *p == '*' || *p == '+' || *p == '?'; p++) {
		if (*p == '+') {
			length++, program[(length - 1) & 255] = (inst){SPLIT, 0, (u16)at, (u16)length};
			continue;
		}
		for (u32 k = length++; k > at; k--) program[k & 255] = program[(k - 1) & 255];
		program[at & 255] = (inst){SPLIT, 0, (u16)(at + 1), (u16)(length + (*p == '*'))};
		if (*p == '*') program[length++ & 255] = (inst){JUMP, 0, (u16)at, 0};
	}
}
static void alternatives(void) {
	u32 at = length;
	while (*p && *p != '|' && *p != ')') repeat();
	while (*p == '|') {
		p++;
		for (u32 k = length++; k > at; k--) program[k & 255] = program[(k - 1) & 255];
		u32 jump = length++;
		program[at & 255] = (inst){SPLIT, 0, (u16)(at + 1), (u16)length};
		while (*p && *p != '|' && *p != ')') repeat();
		program[jump & 255] = (inst){JUMP, 0, (u16)length, 0};
	}
}
static u16 now[256], next[256], mark[256], generation;
static u32 follow(u16 *list, u32 n, u16 pc, const char *at, const char *from) {
	if (mark[pc & 255] == generation) return n;
	mark[pc & 255] = generation;
	inst *i = &program[pc & 255];
	switch (i->op) {
		case JUMP: return follow(list, n, i->x, at, from);
		case SPLIT: return follow(list, follow(list, n, i->x, at, from), i->y, at, from);
		case BEGIN: return at == from ? follow(list, n, pc + 1, at, from) : n;
		case END: return !*at ? follow(list, n, pc + 1, at, from) : n;
	}
	list[n++ & 255] = pc;
	return n;
}
EXPORT int run(const char *pattern, const char *text) {
	p = pattern, length = nsets = 0;
	alternatives();
	program[length & 255].op = MATCH;
	u32 n = 0;
	for (const char *t = text;; t++) {
		generation++;
		u32 m = 0;
		n = follow(now, n, 0, t, text);
		generation++;
		for (u32 k = 0; k < n; k++) {
			inst *i = &program[now[k & 255] & 255];
			u8 c = (u8)*t;
			if (i->op == MATCH) return (int)(t - text);
			if (c &&
			    (i->op == ANY || (i->op == CHAR && i->c == c) || (i->op == SET && sets[i->x][c / 32] >> c % 32 & 1)))
				m = follow(next, m, now[k & 255] + 1, t + 1, text);
		}
		if (!*t) return -1;
		for (u32 k = 0; k < m; k++) now[k & 255] = next[k & 255];
		n = m;
	}
}
