#include "base.h"
// A treap, a red-black tree's rotations and a trie, in one arena.
typedef struct node {
	u32 key, value, priority;
	struct node *left, *right;
} node;
static node arena[1024];
static u32 used, seed = 1;
static node *rotate(node *n, int right) {
	node *r = right ? n->left : n->right;
	if (right) n->left = r->right, r->right = n;
	else n->right = r->left, r->left = n;
	return r;
}
static node *insert(node *n, u32 key, u32 value) {
	if (!n) {
		n = &arena[used++ & 1023];
		seed = seed * 1664525 + 1013904223;
		*n = (node){key, value, seed, 0, 0};
	} else if (key == n->key) n->value = value;
	else if (key < n->key) {
		n->left = insert(n->left, key, value);
		if (n->left->priority > n->priority) n = rotate(n, 1);
	} else {
		n->right = insert(n->right, key, value);
		if (n->right->priority > n->priority) n = rotate(n, 0);
	}
	return n;
}
static node *erase(node *n, u32 key) {
	if (!n) return 0;
	if (key < n->key) n->left = erase(n->left, key);
	else if (key > n->key) n->right = erase(n->right, key);
	else if (!n->left) return n->right;
	else if (!n->right) return n->left;
	else if (n->left->priority > n->right->priority) n = rotate(n, 1), n->right = erase(n->right, key);
	else n = rotate(n, 0), n->left = erase(n->left, key);
	return n;
}
static u64 sum(const node *n, u32 low, u32 high) {
	if (!n) return 0;
	u64 s = 0;
	if (n->key > low) s += sum(n->left, low, high);
	if (n->key >= low && n->key <= high) s += n->value;
	if (n->key < high) s += sum(n->right, low, high);
	return s;
}
static u16 trie[512][16], words;
static void add(const u8 *w, size n) {
	u16 at = 0;
	for (size i = 0; i < 2 * n; i++) {
		u8 nibble = i & 1 ? w[i / 2] & 15 : w[i / 2] >> 4;
		if (!trie[at][nibble]) trie[at][nibble] = (u16)(++words & 511);
		at = trie[at][nibble];
	}
}
EXPORT u64 run(const u32 *in, size n) {
	node *root = 0;
	for (size i = 0; i < n; i++) {
		if (in[i] & 1) root = insert(root, in[i], (u32)i);
		else root = erase(root, in[i] + 1);
		add((const u8 *)&in[i], 4);
	}
	return sum(root, 100, 1u << 30) + words;
}
