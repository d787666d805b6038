// Copies 4,096 bytes one at a time, n times.
static unsigned char memory[8192];

__attribute__((noinline)) static void copy(unsigned char *to, const unsigned char *from, int size) {
	for (int i = 0; i < size; i++) to[i] = from[i];
}

__attribute__((export_name("run"))) int run(int n) {
	for (int t = 0; t < n; t++) {
		memory[5] = t;
		copy(memory + 4096, memory, 4096);
	}
	return memory[4101];
}
