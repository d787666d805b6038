// Walks a list of 1,024 nodes, n times: every load waits for the one before.
typedef struct node { struct node *next; int value; } node;
static node nodes[1024];

__attribute__((noinline)) static int total(const node *at) {
	int sum = 0;
	for (; at; at = at->next) sum += at->value;
	return sum;
}

__attribute__((export_name("run"))) int run(int n) {
	for (int i = 0; i < 1024; i++) {
		int next = (i * 5 + 1) & 1023;
		nodes[i].next = next ? &nodes[next] : 0;
		nodes[i].value = i;
	}
	int sum = 0;
	for (int t = 0; t < n; t++) sum += total(nodes);
	return sum;
}
