// The length of a string of 4,096 bytes, n times.
static char text[4100];

__attribute__((noinline)) static int length(const char *s) {
	int n = 0;
	while (s[n]) n++;
	return n;
}

__attribute__((export_name("run"))) int run(int n) {
	int sum = 0;
	for (int i = 0; i < 4096; i++) text[i] = 'a' + i % 26;
	for (int t = 0; t < n; t++) sum += length(text + t % 16);
	return sum;
}
