#include "base.h"
// A first-fit allocator with boundary tags that joins what is free.
typedef struct block {
	u32 size, before;
	struct block *next, *last;
} block;
static u8 memory[65536] __attribute__((aligned(16)));
static block *head;
static block *after(block *b) { return (block *)((u8 *)b + (b->size & ~1u)); }
static void unlink(block *b) {
	if (b->last) b->last->next = b->next;
	else head = b->next;
	if (b->next) b->next->last = b->last;
}
static void link(block *b) {
	b->last = 0, b->next = head;
	if (head) head->last = b;
	head = b;
}
static void *take(u32 n) {
	n = (n + 8 + 15) & ~15u;
	for (block *b = head; b; b = b->next) {
		if (b->size < n) continue;
		unlink(b);
		if (b->size - n >= 32) {
			block *rest = (block *)((u8 *)b + n);
			rest->size = b->size - n, rest->before = n;
			if ((u8 *)after(rest) < memory + sizeof memory) after(rest)->before = rest->size;
			link(rest);
			b->size = n;
		}
		b->size |= 1;
		return &b->next;
	}
	return 0;
}
static void give(void *p) {
	block *b = (block *)((u8 *)p - 8);
	b->size &= ~1u;
	block *n = after(b);
	if ((u8 *)n < memory + sizeof memory && !(n->size & 1)) unlink(n), b->size += n->size;
	if (b->before && !(((block *)((u8 *)b - b->before))->size & 1)) {
		block *f = (block *)((u8 *)b - b->before);
		unlink(f), f->size += b->size, b = f;
	}
	if ((u8 *)after(b) < memory + sizeof memory) after(b)->before = b->size;
	link(b);
}
EXPORT u32 run(const u16 *sizes, u32 n) {
	void *held[64] = {0};
	u32 failed = 0;
	head = 0;
	block *all = (block *)memory;
	all->size = sizeof memory, all->before = 0;
	link(all);
	for (u32 i = 0; i < n; i++) {
		void **h = &held[sizes[i] & 63];
		if (*h) give(*h), *h = 0;
		else if (!(*h = take(sizes[i] >> 4))) failed++;
	}
	return failed;
}
