// Looks for eight short words in 2,048 letters, n times, letter by letter.
static char text[2049];
static const char words[8][6] = {"abcab", "zzzzz", "cabba", "acabc", "bbbba", "aaaca", "bacab", "ccccc"};

__attribute__((noinline)) static int find(const char *in, const char *word) {
	for (int i = 0; in[i]; i++) {
		int k = 0;
		while (word[k] && in[i + k] == word[k]) k++;
		if (!word[k]) return i;
	}
	return -1;
}

__attribute__((export_name("run"))) int run(int n) {
	unsigned seed = 7;
	for (int i = 0; i < 2048; i++) {
		seed = seed * 1664525u + 1013904223u;
		text[i] = 'a' + (seed >> 24) % 3;
	}
	int sum = 0;
	for (int t = 0; t < n; t++) {
		for (int w = 0; w < 8; w++) sum += find(text + t % 64, words[w]);
	}
	return sum;
}
