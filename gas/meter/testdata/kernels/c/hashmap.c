// Counts 1,000 numbers in a table with open addressing, n times.
static unsigned keys[1024], counts[1024];

__attribute__((noinline)) static void count(unsigned key) {
	unsigned at = key * 2654435761u >> 22;
	while (keys[at] && keys[at] != key) at = (at + 1) & 1023;
	keys[at] = key;
	counts[at]++;
}

__attribute__((export_name("run"))) int run(int n) {
	unsigned seed = 1;
	for (int t = 0; t < n; t++) {
		for (int i = 0; i < 1024; i++) keys[i] = counts[i] = 0;
		for (int i = 0; i < 1000; i++) {
			seed = seed * 1664525u + 1013904223u;
			count(1 + (seed >> 16) % 700);
		}
	}
	unsigned most = 0;
	for (int i = 0; i < 1024; i++) {
		if (counts[i] > most) most = counts[i];
	}
	return most;
}
