#include "base.h"
// Points of the curve in Jacobian coordinates over eight limbs of 32 bits, doubled and added in a ladder.
typedef struct {
	u32 n[8];
} fe;
typedef struct {
	fe x, y, z;
} point;
static void reduce(fe *r, u32 p[17]) {
	for (int pass = 0; pass < 2; pass++) {
		u64 carry = 0, above = 0;
		UNROLL for (int i = 0; i < 8; i++) {
			u64 high = p[8 + i];
			carry += high * 977 + p[i] + above, above = high;
			p[i] = (u32)carry, p[8 + i] = 0, carry >>= 32;
		}
		carry += above;
		p[8] = (u32)carry, p[9] = (u32)(carry >> 32);
	}
	UNROLL for (int i = 0; i < 8; i++) r->n[i] = p[i];
}
static __attribute__((noinline)) void mul(fe *r, const fe *a, const fe *b) {
	u32 p[17] = {0};
	UNROLL for (int i = 0; i < 8; i++) {
		u64 carry = 0;
		UNROLL for (int j = 0; j < 8; j++) {
			carry += (u64)a->n[i] * b->n[j] + p[i + j];
			p[i + j] = (u32)carry, carry >>= 32;
		}
		p[i + 8] = (u32)carry;
	}
	reduce(r, p);
}
static void add(fe *r, const fe *a, const fe *b) {
	u32 p[17] = {0};
	u64 carry = 0;
	UNROLL for (int i = 0; i < 8; i++) carry += (u64)a->n[i] + b->n[i], p[i] = (u32)carry, carry >>= 32;
	p[8] = (u32)carry;
	reduce(r, p);
}
static void sub(fe *r, const fe *a, const fe *b) {
	static const fe twice = {{0xfffff85e, 0xfffffffd, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u}};
	fe t;
	i64 carry = 0;
	UNROLL for (int i = 0; i < 8; i++) carry += (i64)twice.n[i] - b->n[i], t.n[i] = (u32)carry, carry >>= 32;
	add(r, a, &t);
}
static void twofold(point *r, const point *p) {
	fe a, b, c, d, e, f;
	mul(&a, &p->x, &p->x), mul(&b, &p->y, &p->y), mul(&c, &b, &b);
	add(&d, &p->x, &b), mul(&d, &d, &d), sub(&d, &d, &a), sub(&d, &d, &c), add(&d, &d, &d);
	add(&e, &a, &a), add(&e, &e, &a), mul(&f, &e, &e);
	mul(&r->z, &p->y, &p->z), add(&r->z, &r->z, &r->z);
	sub(&r->x, &f, &d), sub(&r->x, &r->x, &d), sub(&d, &d, &r->x), mul(&d, &d, &e);
	for (int i = 0; i < 3; i++) add(&c, &c, &c);
	sub(&r->y, &d, &c);
}
static void plus(point *r, const point *p, const point *q) {
	fe zz, u, s, h, i, j, v, t;
	mul(&zz, &p->z, &p->z), mul(&u, &q->x, &zz), mul(&s, &q->y, &p->z), mul(&s, &s, &zz);
	sub(&h, &u, &p->x), add(&i, &h, &h), mul(&i, &i, &i), mul(&j, &h, &i);
	sub(&t, &s, &p->y), add(&t, &t, &t), mul(&v, &p->x, &i);
	mul(&r->z, &p->z, &h), add(&r->z, &r->z, &r->z);
	fe y = p->y;
	mul(&r->x, &t, &t), sub(&r->x, &r->x, &j), sub(&r->x, &r->x, &v), sub(&r->x, &r->x, &v);
	sub(&v, &v, &r->x), mul(&v, &v, &t), mul(&y, &y, &j), sub(&v, &v, &y), sub(&r->y, &v, &y);
}
EXPORT void run(point *r, const point *p, const u32 k[8]) {
	point sum = *p;
	for (int i = 254; i >= 0; i--) {
		point t;
		twofold(&t, &sum);
		if (k[i / 32] >> i % 32 & 1) plus(&sum, &t, p);
		else sum = t;
	}
	*r = sum;
}
