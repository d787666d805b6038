#include "base.h"
// A token's ledger in an open hash table of 256-bit balances.
typedef struct {
	u64 n[4];
} amount;
typedef struct {
	u8 address[20];
	u32 used;
	amount balance, allowance;
} account;
static account table[256];
static account *find(const u8 address[20]) {
	u32 h = 2166136261;
	UNROLL for (int i = 0; i < 20; i++) h = (h ^ address[i]) * 16777619;
	for (u32 k = 0;; k++) {
		account *a = &table[(h + k) & 255];
		u32 same = 1;
		for (int i = 0; i < 20; i++) same &= a->address[i] == address[i];
		if (!a->used || k == 256) {
			for (int i = 0; i < 20; i++) a->address[i] = address[i];
			a->used = 1;
			return a;
		}
		if (same) return a;
	}
}
static int add(amount *r, const amount *a, const amount *b) {
	u64 carry = 0;
	UNROLL for (int i = 0; i < 4; i++) {
		u64 s = a->n[i] + b->n[i], c = s < a->n[i];
		r->n[i] = s + carry, carry = c | (r->n[i] < s);
	}
	return (int)carry;
}
static int sub(amount *r, const amount *a, const amount *b) {
	u64 borrow = 0;
	UNROLL for (int i = 0; i < 4; i++) {
		u64 d = a->n[i] - b->n[i], c = a->n[i] < b->n[i];
		u64 e = d - borrow;
		borrow = c | (d < borrow), r->n[i] = e;
	}
	return (int)borrow;
}
static int move(const u8 *from, const u8 *to, const amount *v) {
	account *a = find(from), *b = find(to);
	amount x, y;
	if (sub(&x, &a->balance, v)) return 1;
	a->balance = x;
	if (add(&y, &b->balance, v)) return 2;
	b->balance = y;
	return 0;
}
EXPORT int run(const u8 *input, const u8 *caller, amount *out) {
	u32 selector = (u32)input[0] << 24 | input[1] << 16 | input[2] << 8 | input[3];
	amount v;
	for (int i = 0; i < 4; i++) {
		v.n[3 - i] = 0;
		for (int k = 0; k < 8; k++) v.n[3 - i] = v.n[3 - i] << 8 | input[36 + 8 * i + k];
	}
	const u8 *who = input + 16;
	switch (selector) {
		case 0x70a08231: *out = find(who)->balance; return 0;
		case 0xa9059cbb: return move(caller, who, &v);
		case 0x095ea7b3: find(who)->allowance = v; return 0;
		case 0x23b872dd: {
			account *a = find(caller);
			amount left;
			if (sub(&left, &a->allowance, &v)) return 3;
			a->allowance = left;
			return move(who, input + 80, &v);
		}
		case 0x40c10f19: {
			account *a = find(who);
			return add(&a->balance, &a->balance, &v);
		}
		case 0x42966c68: {
			account *a = find(caller);
			return sub(&a->balance, &a->balance, &v);
		}
		default: return -1;
	}
}
